"""The servers of `tests/clients`, for the Python client that we generate."""

from __future__ import annotations

from tests.clients.conftest import (
    backend,
    issuer,
    mortal_backend,
    project,
    proxy,
    shared_backend,
    variables,
)

__all__ = ["backend", "issuer", "mortal_backend", "project", "proxy", "shared_backend", "variables"]
