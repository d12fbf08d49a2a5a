"""The program of the engine's tests, with the functions of the system beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from convexgen.runtime.store import Store
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.system import SYSTEM_FUNCTIONS
from convexgen.runtime.system.functions import by_path
from convexgen.runtime.system.system_engine import SystemEngine
from tests.runtime.engine.served import Served, program


@pytest.fixture
def store() -> Iterator[Store]:
    store = MemoryStore()
    yield store
    store.close()


@pytest.fixture
def served(store: Store) -> Served:
    served = Served(store)
    served.deploy(program())
    return served


@pytest.fixture
def engine(served: Served) -> SystemEngine:
    return SystemEngine(served.engine, served.engine, by_path(SYSTEM_FUNCTIONS))
