"""A deployment over each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.database.deployment import Deployment
from tests.runtime.store.implementations import IMPLEMENTATIONS, Implementation


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.name)
def implementation(request: pytest.FixtureRequest) -> Implementation:
    assert isinstance(request.param, Implementation)
    return request.param


@pytest.fixture
def deployment(implementation: Implementation, tmp_path: Path) -> Iterator[Deployment]:
    store = implementation.open(tmp_path)
    yield Deployment(store)
    store.close()
