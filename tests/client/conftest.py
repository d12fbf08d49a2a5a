"""The servers of `tests/clients`, and the Python client that we generate for them."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.clients.conftest import (
    backend,
    issuer,
    mortal_backend,
    project,
    proxy,
    shared_backend,
    variables,
)
from tests.fixtures.projects import convexgen

__all__ = ["backend", "issuer", "mortal_backend", "project", "proxy", "shared_backend", "variables"]

PACKAGE = "live_client_under_test"


@pytest.fixture(scope="package")
def generated(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client of the project that the server runs."""
    folder = tmp_path_factory.mktemp("generated") / "clients"
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("node_modules", "_generated", "bundled"))
    with (folder / "pyproject.toml").open("a") as settings:
        settings.write(f'\n[[tool.convexgen.outputs]]\nkind = "python"\npath = "{PACKAGE}"\n')
    done = convexgen("generate", cwd=folder)
    assert done.code == 0, done.stderr
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(PACKAGE)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]
