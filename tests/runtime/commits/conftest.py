"""A committer over each kind of store, with the messages table live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.runtime.commits import Committer
from convexgen.runtime.store import Store
from tests.runtime.commits.clock import Clock
from tests.runtime.commits.tables import Client, messages, put_live
from tests.runtime.store.implementations import IMPLEMENTATIONS, Implementation


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.name)
def implementation(request: pytest.FixtureRequest) -> Implementation:
    assert isinstance(request.param, Implementation)
    return request.param


@pytest.fixture
def store(implementation: Implementation, tmp_path: Path) -> Iterator[Store]:
    store = implementation.open(tmp_path)
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def committer(store: Store, clock: Clock) -> Committer:
    committer = Committer(store, clock)
    put_live(committer, messages(by_author=["author"]))
    return committer


@pytest.fixture
def client(committer: Committer) -> Client:
    return Client(committer)
