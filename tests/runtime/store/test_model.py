"""Every store against a plain dictionary for each snapshot: whatever is done to both, they answer alike."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from convexgen.runtime.store.build_index import build_index
from convexgen.runtime.store.commit_log import pack_changes, unpack_changes
from convexgen.runtime.store.commits import Commit, LoggedCommit
from convexgen.runtime.store.contract import END_OF_DOCUMENTS, IndexState, Order, SnapshotUnavailableError, Version
from tests.runtime.store.implementations import Implementation
from tests.runtime.store.model import (
    BY_END,
    BY_START,
    TABLE,
    Model,
    identity,
    key_of,
    scan_all,
    scan_whole_table,
    with_indexes,
)

# Few documents and few keys, so that they meet.
numbers = st.integers(0, 7)
values = st.text("abc", min_size=1, max_size=3).map(str.encode)
changes = st.dictionaries(numbers, st.none() | values, max_size=4)
bounds = st.sampled_from([b"", b"a", b"b", b"b\0", b"c", b"\xff"])
orders: st.SearchStrategy[Order] = st.sampled_from(["asc", "desc"])


class Comparison(RuleBasedStateMachine):
    """A store and its model. One index is there from the first; the other is built and dropped on the way."""

    implementation: Implementation

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="convexgen-store-")
        self.store = with_indexes(self.implementation.open(Path(self.folder.name)), BY_START)
        self.model = Model([BY_START])
        self.commits: list[LoggedCommit] = []
        self.building: Iterator[int] | None = None

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(batch=st.lists(changes, min_size=1, max_size=3))
    def commit(self, batch: list[dict[int, bytes | None]]) -> None:
        name = str(len(self.commits))
        commits = [self.model.commit(changed, {"latest": name.encode()}) for changed in batch]
        self.store.commit(commits)
        self.commits += [_logged(commit) for commit in commits]

    @rule(data=st.data(), index=st.sampled_from([BY_START, BY_END]), order=orders, limit=st.integers(1, 5))
    def scan(self, data: st.DataObject, index: int, order: Order, limit: int) -> None:
        snapshot = data.draw(st.sampled_from(self.readable()))
        known = self.store.indexes().get(index)
        if known is None or known.ready_since is None or known.ready_since > snapshot:
            return
        lower, upper = data.draw(bounds), data.draw(bounds)
        found = scan_all(self.store, index, snapshot, lower, upper, order, limit)
        assert found == self.model.scan(index, lower, upper, snapshot, order)

    @rule(data=st.data(), order=orders, limit=st.integers(1, 5))
    def scan_table(self, data: st.DataObject, order: Order, limit: int) -> None:
        snapshot = data.draw(st.sampled_from(self.readable()))
        found = scan_whole_table(self.store, snapshot, order, limit)
        assert found == self.model.scan_table(b"", END_OF_DOCUMENTS, snapshot, order)

    @rule(data=st.data(), number=numbers)
    def get(self, data: st.DataObject, number: int) -> None:
        snapshot = data.draw(st.sampled_from(self.readable()))
        expected = self.model.snapshots[snapshot].get(identity(number))
        assert self.store.get(TABLE, identity(number), snapshot) == (expected and Version(*expected))

    def readable(self) -> list[int]:
        return [snapshot for snapshot in sorted(self.model.snapshots) if snapshot >= self.store.oldest]

    @rule(data=st.data(), limit=st.integers(1, 4))
    def prune(self, data: st.DataObject, limit: int) -> None:
        before = data.draw(st.sampled_from(sorted(self.model.snapshots)))
        oldest = self.store.oldest
        self.store.prune(before, limit)
        assert self.store.oldest == max(oldest, before)
        for snapshot in self.model.snapshots:
            if snapshot < self.store.oldest:
                with pytest.raises(SnapshotUnavailableError):
                    self.store.get(TABLE, identity(0), snapshot)

    @rule()
    def go_on_building(self) -> None:
        state = self.store.indexes().get(BY_END)
        if state is None:
            self.store.create_index(BY_END, TABLE)
            self.model.indexes.add(BY_END)
        elif state.state is IndexState.DROPPING:
            self.store.drop_index(BY_END, 3)
        elif state.state is IndexState.BUILDING:
            if self.building is None:
                self.building = build_index(self.store, BY_END, lambda document, value: key_of(BY_END, value), rows=2)
            if next(self.building, None) is None:
                self.building = None

    @rule()
    def drop(self) -> None:
        self.building = None
        self.model.indexes.discard(BY_END)
        self.store.drop_index(BY_END, 3)

    @precondition(lambda self: self.implementation.persistent)
    @rule()
    def reopen(self) -> None:
        self.building = None
        self.store.close()
        self.store = self.implementation.open(Path(self.folder.name))

    @invariant()
    def time_and_the_log_are_those_of_the_commits(self) -> None:
        assert self.store.latest == self.model.latest
        oldest = self.store.oldest
        assert list(self.store.log(oldest, 100)) == [each for each in self.commits if each.timestamp > oldest]

    @invariant()
    def the_latest_snapshot_is_whole(self) -> None:
        assert scan_all(self.store, BY_START, self.store.latest) == self.model.scan(
            BY_START, b"", b"\xff", self.model.latest
        )


def _logged(commit: Commit) -> LoggedCommit:
    return LoggedCommit(commit.timestamp, tuple(write.change for write in commit.writes))


def test_a_store_answers_as_its_model(implementation: Implementation) -> None:
    class ComparisonOfThis(Comparison):
        pass

    ComparisonOfThis.implementation = implementation
    run_state_machine_as_test(
        ComparisonOfThis, settings=settings(max_examples=implementation.examples, stateful_step_count=30)
    )


@settings(max_examples=50)
@given(st.lists(changes, max_size=4))
def test_changes_come_back_from_their_bytes(batch: list[dict[int, bytes | None]]) -> None:
    model = Model()
    for changed in batch:
        logged = _logged(model.commit(changed)).changes
        assert unpack_changes(pack_changes(logged)) == logged
