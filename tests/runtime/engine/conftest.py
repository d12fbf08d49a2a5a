"""An engine over each kind of store, with the program of these tests live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.runtime.store import Store
from tests.runtime.engine.backend import _moments
from tests.runtime.engine.served import Served, program
from tests.runtime.store.implementations import IMPLEMENTATIONS, Implementation


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    assert isinstance(request.param, Implementation)
    store = request.param.open(tmp_path)
    yield store
    store.close()


@pytest.fixture
def served(store: Store) -> Iterator[Served]:
    served = Served(store)
    served.deploy(program())
    yield served
    _moments.during.clear()
