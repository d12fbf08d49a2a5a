"""Stores to test: one of each kind, empty and with the two indexes of the model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.runtime.store.contract import Store
from tests.runtime.store.implementations import IMPLEMENTATIONS, Implementation
from tests.runtime.store.model import BY_END, BY_START, with_indexes


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.name)
def implementation(request: pytest.FixtureRequest) -> Implementation:
    assert isinstance(request.param, Implementation)
    return request.param


@pytest.fixture
def empty_store(implementation: Implementation, tmp_path: Path) -> Iterator[Store]:
    store = implementation.open(tmp_path)
    yield store
    store.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    return with_indexes(empty_store, BY_START, BY_END)
