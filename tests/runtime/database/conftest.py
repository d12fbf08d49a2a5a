"""A deployment over each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.database.deployment import Deployment
from tests.runtime.store.implementations import IMPLEMENTATIONS, Implementation


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.name)
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Deployment]:
    implementation = request.param
    assert isinstance(implementation, Implementation)
    store = implementation.open(tmp_path)
    yield Deployment(store)
    store.close()
