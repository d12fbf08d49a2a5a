"""The committer against a model that remembers everything: who conflicts, who is told, what is there.

The store fails now and then, before or after it has made a commit; indexes come and go on the way.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from convexgen.runtime.commits import (
    Committer,
    ConflictError,
    Deployment,
    DoneBeforeError,
    Housekeeping,
    OutOfRetentionError,
    Progress,
    RedeployedError,
    Watch,
    deploy,
)
from convexgen.runtime.drafts import Draft
from convexgen.runtime.reads import Reads
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.values import canonical
from tests.runtime.commits.broken_store import BrokenSqliteStore, BrokenStore, FullDiskError, fail
from tests.runtime.commits.clock import SECOND, Clock
from tests.runtime.commits.tables import Client, Document, identity, messages, program_of, put_live, stored

AUTHORS = ("ann", "bob")
numbers = st.integers(0, 3)
writings = st.dictionaries(numbers, st.none() | st.sampled_from(AUTHORS), min_size=1, max_size=2)


class Query(NamedTuple):
    """What is read: some documents by their numbers, and all of some author."""

    numbers: tuple[int, ...]
    author: str | None


queries = st.builds(Query, st.lists(numbers, max_size=2, unique=True).map(tuple), st.none() | st.sampled_from(AUTHORS))


class Version(NamedTuple):
    timestamp: int
    author: str


@dataclass
class Waiting:
    """A watch, and what its query gave at first. `calls` counts how often it was told."""

    query: Query
    since: int
    watch: Watch | None = None
    closed: bool = False
    calls: list[int] = field(default_factory=list)


class Comparison(RuleBasedStateMachine):
    """Over a store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.store = self.open_store()
        self.start()
        put_live(self.client.committer, messages(by_author=["author"]))
        self.snapshots: dict[int, dict[int, Version]] = {self.client.committer.latest: {}}
        self.pending: list[tuple[Draft, Query, dict[int, str | None]]] = []
        self.waiting: list[Waiting] = []
        self.answered: set[str] = set()
        self.steps: Generator[Progress, None, Deployment] | None = None

    def open_store(self) -> BrokenStore | BrokenSqliteStore:
        return BrokenStore()

    def reopen_store(self) -> None:
        """All that a restart does to a store in memory is to end what was going on."""

    def start(self) -> None:
        self.client = Client(Committer(self.store, self.clock))
        self.housekeeping = Housekeeping(self.client.committer)

    def now(self) -> dict[int, Version]:
        return self.snapshots[max(self.snapshots)]

    def result(self, query: Query, snapshot: int) -> object:
        """What a query sees, with the timestamps of what it sees: of writing the same again too there is news."""
        documents = self.snapshots[max(each for each in self.snapshots if each <= snapshot)]
        found = [documents.get(number) for number in query.numbers]
        return found, sorted((n, version) for n, version in documents.items() if version.author == query.author)

    def changed(self, query: Query, since: int) -> bool:
        """Whether its result was another one at any time after a snapshot, be it the same again now."""
        later = [each for each in self.snapshots if each >= since]
        return any(self.result(query, each) != self.result(query, since) for each in later)

    def reads(self, query: Query) -> Reads:
        if query.author is None:
            return self.client.reads(*query.numbers)
        return self.client.reads(*query.numbers, index="by_author", equal=[query.author])

    @rule(changes=writings)
    def change(self, changes: dict[int, str | None]) -> None:
        """What a transaction does that nobody comes in between of."""
        self.begin(Query((), None), changes, None)
        self.settle(len(self.pending) - 1, None)

    @rule(query=queries, changes=writings, request=st.none() | st.sampled_from(["session/1", "session/2"]))
    def begin(self, query: Query, changes: dict[int, str | None], request: str | None) -> None:
        writes = []
        for number, author in changes.items():
            new: Document | None = None
            if author is not None:
                new = self.client.document(number, author=author, body="")
            write = self.client.write(number, new)
            if write.old is not None or write.new is not None:
                writes.append(write)
        metadata: dict[str, bytes | None] = {} if request is None else {request: b"done"}
        draft = self.client.draft(*writes, reads=self.reads(query), metadata=metadata, unless=request)
        written = {
            int.from_bytes(write.document, "big"): changes[int.from_bytes(write.document, "big")] for write in writes
        }
        self.pending.append((draft, query, written))

    @rule(data=st.data(), failing=st.sampled_from([None, None, None, "before", "after"]))
    def commit(self, data: st.DataObject, failing: str | None) -> None:
        if self.pending:
            self.settle(data.draw(st.integers(0, len(self.pending) - 1)), failing)

    def settle(self, place: int, failing: str | None) -> None:
        draft, query, written = self.pending.pop(place)
        committer = self.client.committer
        is_empty = not draft.writes and draft.unless is None
        expected = None if is_empty else self.expected(draft, query, written)
        if failing and not is_empty and expected is None:
            setattr(self.store, failing, fail)
            expected = FullDiskError
        made = False
        try:
            timestamp = committer.commit(draft)
        except (FullDiskError, ConflictError, RedeployedError, DoneBeforeError) as error:
            assert type(error) is expected
            made = failing == "after" and expected is FullDiskError
            timestamp = self.store.latest
        except OutOfRetentionError:
            assert draft.snapshot < self.store.oldest
        else:
            assert expected is None
            made = not is_empty
            assert timestamp == (draft.snapshot if is_empty else committer.latest)
        self.store.heal()
        if made:
            self.follow(draft, written, timestamp)

    def expected(self, draft: Draft, query: Query, written: dict[int, str | None]) -> type[Exception] | None:
        if draft.unless in self.answered:
            return DoneBeforeError
        if draft.deployment != self.client.committer.deployment.number:
            return RedeployedError
        same = Query(tuple(written), None)
        if self.changed(query, draft.snapshot) or self.changed(same, draft.snapshot):
            return ConflictError
        return None

    def follow(self, draft: Draft, written: dict[int, str | None], timestamp: int) -> None:
        assert timestamp > max(self.snapshots)
        documents = dict(self.now())
        for number, author in written.items():
            documents.pop(number, None)
            if author is not None:
                documents[number] = Version(timestamp, author)
        self.snapshots[timestamp] = documents
        self.answered |= draft.metadata.keys()

    @rule(query=queries)
    def watch(self, query: Query) -> None:
        waiting = Waiting(query, self.client.committer.latest)
        waiting.watch = self.client.committer.watch(
            self.reads(query), waiting.since, lambda: waiting.calls.append(self.client.committer.latest)
        )
        self.waiting.append(waiting)

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        if self.waiting:
            waiting = data.draw(st.sampled_from(self.waiting))
            assert waiting.watch is not None
            waiting.watch.close()
            self.waiting.remove(waiting)

    @rule(query=queries, data=st.data())
    def ask_what_is_unchanged(self, query: Query, data: st.DataObject) -> None:
        known = [each for each in self.snapshots if each <= self.client.committer.latest]
        since = data.draw(st.sampled_from(known))
        until = data.draw(st.sampled_from([each for each in known if each >= since]))
        if self.client.committer.unchanged(self.reads(query), since, until):
            assert self.result(query, since) == self.result(query, until)

    @rule(seconds=st.integers(-100, 100))
    def clock_jumps(self, seconds: int) -> None:
        self.clock.now += seconds * SECOND

    @rule()
    def clean(self) -> None:
        self.housekeeping.run(self.clock.now)

    @rule(indexed=st.booleans())
    def go_on_deploying(self, indexed: bool) -> None:
        if self.steps is None:
            more = {"by_body": ["body"]} if indexed else {}
            self.steps = deploy(self.client.committer, *program_of(messages(by_author=["author"], **more)))
        if next(self.steps, None) is None:
            self.steps = None
            self.snapshots[self.store.latest] = self.now()

    @rule()
    def give_up_deploying(self) -> None:
        if self.steps is not None:
            self.steps.close()
            self.steps = None

    @rule()
    def restart(self) -> None:
        self.steps = None
        self.waiting.clear()
        self.reopen_store()
        self.start()

    @invariant()
    def nothing_is_lost(self) -> None:
        for number in range(4):
            found = self.store.get(self.client.number, identity(number), self.store.latest)
            expected = self.now().get(number)
            assert (found is None) == (expected is None)
            if found is not None and expected is not None:
                assert (found.timestamp, stored(found.value)["author"]) == expected

    @invariant()
    def indexes_are_those_of_the_documents(self) -> None:
        rows = self.store.scan(self.client.index("by_author"), b"", b"\xff", self.store.latest).rows
        found = [(stored(row.value)["author"], int.from_bytes(row.document, "big")) for row in rows]
        assert found == sorted((version.author, number) for number, version in self.now().items())

    @invariant()
    def watches_know_what_can_be_seen(self) -> None:
        latest = self.client.committer.latest
        for waiting in self.waiting:
            seen = [each for each in self.snapshots if waiting.since <= each <= latest]
            stale = any(self.result(waiting.query, each) != self.result(waiting.query, waiting.since) for each in seen)
            assert waiting.watch is not None
            assert waiting.watch.is_stale == stale
            assert len(waiting.calls) == stale


class ComparisonOnDisk(Comparison):
    """Over a store in a file, which is opened again at each restart."""

    def open_store(self) -> BrokenSqliteStore:
        self.folder = tempfile.TemporaryDirectory(prefix="convexgen-commits-")
        return BrokenSqliteStore(Path(self.folder.name) / "store.sqlite3", Durability.CRASH)

    def reopen_store(self) -> None:
        self.store.close()
        self.store = BrokenSqliteStore(Path(self.folder.name) / "store.sqlite3", Durability.CRASH)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


@pytest.mark.parametrize(("comparison", "examples"), [(Comparison, 60), (ComparisonOnDisk, 25)])
def test_the_committer_does_what_the_model_does(comparison: type[Comparison], examples: int) -> None:
    run_state_machine_as_test(comparison, settings=settings(max_examples=examples, stateful_step_count=40))


def test_documents_are_stored_as_canonical_text() -> None:
    client = Client(Committer(BrokenStore(), Clock()))
    put_live(client.committer, messages())
    client.put(1, "ann")
    found = client.committer.store.get(client.number, identity(1), client.committer.latest)
    assert found is not None
    assert found.value.decode() == canonical(client.document(1, author="ann", body=""))
