"""Tools that are slow to start and shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emit.typescript.npm import Prettier, running_prettier


@pytest.fixture(scope="session")
def prettier() -> Iterator[Prettier]:
    yield from running_prettier()
