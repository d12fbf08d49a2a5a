"""An engine over each kind of store, with the foods live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program
from tests.runtime.engine.served import Served
from tests.runtime.store.implementations import IMPLEMENTATIONS, Implementation


@pytest.fixture(scope="session")
def foods() -> Program:
    return load_program("tests.runtime.search.backend", ["schema", "foods"], "camel")


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.name)
def implementation(request: pytest.FixtureRequest) -> Implementation:
    assert isinstance(request.param, Implementation)
    return request.param


@pytest.fixture
def served(implementation: Implementation, foods: Program, tmp_path: Path) -> Iterator[Served]:
    store = implementation.open(tmp_path)
    served = Served(store)
    served.deploy(foods)
    yield served
    store.close()
