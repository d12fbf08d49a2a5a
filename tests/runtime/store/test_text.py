"""Text indexes of every store against the documents themselves: while they are built, after restarts, in the past."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from convexgen.runtime.search import Match, SearchEntry, TextQuery
from convexgen.runtime.store import (
    Commit,
    IndexKind,
    IndexNotReadyError,
    IndexState,
    InvalidCommitError,
    KeyChange,
    SnapshotUnavailableError,
    Store,
    Write,
    build_index,
)
from convexgen.runtime.store.sqlite_store import SqliteStore
from tests.runtime.store.implementations import Implementation
from tests.runtime.store.model import TABLE, identity

FIRST, LATER = 1, 12
"""Numbers that begin alike: words of one index are none of the other."""

numbers = st.integers(0, 5)
texts = st.lists(st.sampled_from(["a", "ab", "über", "2", "2xa"]), max_size=4).map(" ".join)
changes = st.dictionaries(numbers, st.none() | texts, min_size=1, max_size=3)
queries = st.builds(TextQuery.of, texts, st.just(()) | numbers.map(lambda number: [(0, b"%d" % (number % 2))]))


def packed(number: int, text: str) -> bytes:
    return SearchEntry.of(float(number), [b"%d" % (number % 2)], text).pack()


class Texts:
    """Documents of one text each, by number, for each snapshot."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.indexes = {FIRST}
        self.snapshots: dict[int, dict[int, tuple[int, str]]] = {0: {}}

    def commit(self, changed: dict[int, str | None]) -> None:
        documents = dict(self.snapshots[self.store.latest])
        timestamp = self.store.latest + 10
        writes = []
        for number, text in changed.items():
            before = documents.pop(number, None)
            if before is None and text is None:
                continue
            old = None if before is None else packed(number, before[1])
            new = None if text is None else packed(number, text)
            keys = tuple(KeyChange(index, old, new) for index in sorted(self.indexes))
            value = None if text is None else text.encode()
            writes.append(Write(TABLE, identity(number), value, before and before[0], keys))
            if text is not None:
                documents[number] = (timestamp, text)
        self.store.commit([Commit(timestamp, tuple(writes))])
        self.snapshots[timestamp] = documents

    def matches(self, query: TextQuery, snapshot: int) -> list[Match]:
        found = (
            query.match(identity(number), SearchEntry.unpack(packed(number, text)))
            for number, (_, text) in self.snapshots[snapshot].items()
        )
        return sorted(match for match in found if match)


def key_of(document: bytes, value: bytes) -> bytes:
    return packed(next(number for number in range(6) if identity(number) == document), value.decode())


class Comparison(RuleBasedStateMachine):
    implementation: Implementation

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="convexgen-text-")
        self.store = self.implementation.open(Path(self.folder.name))
        self.store.create_index(FIRST, TABLE, IndexKind.TEXT)
        self.store.finish_index(FIRST)
        self.texts = Texts(self.store)
        self.building: Iterator[int] | None = None

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(changed=changes)
    def commit(self, changed: dict[int, str | None]) -> None:
        self.texts.commit(changed)

    @rule(query=queries, index=st.sampled_from([FIRST, LATER]), data=st.data())
    def search(self, query: TextQuery, index: int, data: st.DataObject) -> None:
        readable = [each for each in sorted(self.texts.snapshots) if each >= self.store.oldest]
        snapshot = data.draw(st.sampled_from(readable))
        known = self.store.indexes().get(index)
        if known is None or known.ready_since is None or known.ready_since > snapshot:
            with pytest.raises(IndexNotReadyError):
                self.store.matches(index, query, snapshot)
        else:
            assert sorted(self.store.matches(index, query, snapshot)) == self.texts.matches(query, snapshot)

    @rule()
    def go_on_building(self) -> None:
        state = self.store.indexes().get(LATER)
        if state is None:
            self.store.create_index(LATER, TABLE, IndexKind.TEXT)
            self.texts.indexes.add(LATER)
        elif state.state is IndexState.DROPPING:
            self.store.drop_index(LATER, 3)
        elif state.state is IndexState.BUILDING:
            if self.building is None:
                self.building = build_index(self.store, LATER, key_of, rows=2)
            if next(self.building, None) is None:
                self.building = None

    @rule()
    def drop(self) -> None:
        self.building = None
        self.texts.indexes.discard(LATER)
        self.store.drop_index(LATER, 3)

    @rule(data=st.data())
    def prune(self, data: st.DataObject) -> None:
        self.store.prune(data.draw(st.sampled_from(sorted(self.texts.snapshots))), 3)

    @precondition(lambda self: self.implementation.persistent)
    @rule()
    def reopen(self) -> None:
        self.building = None
        self.store.close()
        self.store = self.texts.store = self.implementation.open(Path(self.folder.name))

    @invariant()
    def everything_is_found(self) -> None:
        query = TextQuery.of("2 über a")
        assert sorted(self.store.matches(FIRST, query, self.store.latest)) == self.texts.matches(
            query, self.store.latest
        )


def test_a_store_finds_what_is_there(implementation: Implementation) -> None:
    machine = type("ComparisonOfThis", (Comparison,), {"implementation": implementation})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=min(implementation.examples, 40), stateful_step_count=30)
    )


@pytest.fixture
def text(empty_store: Store) -> Texts:
    empty_store.create_index(FIRST, TABLE, IndexKind.TEXT)
    empty_store.finish_index(FIRST)
    return Texts(empty_store)


def test_only_a_text_index_is_searched(empty_store: Store) -> None:
    empty_store.create_index(FIRST, TABLE)
    empty_store.finish_index(FIRST)
    with pytest.raises(ValueError, match=r"^the index 1 cannot be searched$"):
        empty_store.matches(FIRST, TextQuery.of("a"), 0)
    with pytest.raises(ValueError, match="there is an index 1 already"):
        empty_store.create_index(FIRST, TABLE, IndexKind.TEXT)


def test_a_snapshot_that_is_gone_is_not_searched(text: Texts) -> None:
    text.commit({1: "a"})
    text.commit({1: "b"})
    text.store.prune(text.store.latest, 100)
    with pytest.raises(SnapshotUnavailableError):
        text.store.matches(FIRST, TextQuery.of("a"), 10)


def test_a_commit_that_is_refused_leaves_no_words(text: Texts) -> None:
    text.commit({1: "a"})
    entry = packed(2, "a")
    good = Write(TABLE, identity(2), b"a", None, (KeyChange(FIRST, None, entry),))
    wrong = Write(TABLE, identity(1), b"a", 3, (KeyChange(FIRST, packed(1, "a"), entry),))
    with pytest.raises(InvalidCommitError):
        text.store.commit([Commit(20, (good,)), Commit(30, (wrong,))])
    query = TextQuery.of("a")
    assert text.store.matches(FIRST, query, 10) == text.matches(query, 10)
    text.commit({2: "a"})
    assert sorted(text.store.matches(FIRST, query, 20)) == text.matches(query, 20)


def test_nothing_is_left_of_an_index_that_was_dropped(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with closing(SqliteStore(path)) as store:
        store.create_index(FIRST, TABLE, IndexKind.TEXT)
        store.finish_index(FIRST)
        texts = Texts(store)
        texts.commit(dict.fromkeys(range(5), "some words"))
        texts.commit({1: None, 2: "others"})
        store.prune(store.latest, 1)
        while store.drop_index(FIRST, 2):
            pass
        store.prune(store.latest, 100)
    with closing(sqlite3.connect(path)) as connection:
        for table in ("text_entries", "text_words", "text_places"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        connection.execute("INSERT INTO text_words(text_words) VALUES ('integrity-check')")


def test_history_that_was_forgotten_leaves_no_words(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with closing(SqliteStore(path)) as store:
        store.create_index(FIRST, TABLE, IndexKind.TEXT)
        store.finish_index(FIRST)
        texts = Texts(store)
        for round_ in range(5):
            texts.commit(dict.fromkeys(range(5), f"round {round_}"))
        texts.commit({0: None})
        store.prune(store.latest, 100)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM text_entries").fetchone() == (4,)
        assert connection.execute("SELECT DISTINCT term FROM text_places ORDER BY term").fetchall() == [
            ("1x4",),
            ("1xround",),
        ]


def test_a_file_from_before_there_were_searches_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with closing(SqliteStore(path)) as store:
        store.create_index(3, TABLE)
        store.finish_index(3)
        store.commit([Commit(10, (Write(TABLE, identity(1), b"old", None, (KeyChange(3, None, b"k"),)),))])
    with closing(sqlite3.connect(path)) as connection:
        for table in ("text_places", "text_words", "text_entries"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE indexes DROP COLUMN kind")
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    with closing(SqliteStore(path)) as store:
        assert [row.value for row in store.scan(3, b"", b"\xff", 10).rows] == [b"old"]
        store.create_index(FIRST, TABLE, IndexKind.TEXT)
        assert list(build_index(store, FIRST, lambda document, value: packed(1, value.decode()))) == [1]
        assert [match.document for match in store.matches(FIRST, TextQuery.of("ol"), 10)] == [identity(1)]
