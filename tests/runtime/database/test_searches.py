"""Searches for text: what they find, in which order, and what they say that they have read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from convexgen import Id
from convexgen.authoring.database import DatabaseReader
from convexgen.authoring.pagination import PaginationOptions
from convexgen.runtime.database import InvalidCursorError, LimitError
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.database.deployment import Deployment, finish
from tests.runtime.database.naive_search import found
from tests.runtime.database.schema import Meta, Note, Task
from tests.runtime.database.test_reads import touched
from tests.runtime.store.implementations import Implementation

_Note: Any = cast("Any", Note)


def search(db: DatabaseReader, text: str, *conditions: bool) -> list[Note]:
    return finish(db.query(Note).with_search_index(Note.search_text, text, *conditions).collect())


def texts(db: DatabaseReader, text: str, *conditions: bool) -> list[str]:
    return [note.text for note in search(db, text, *conditions)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fox", ["The fox!", "the quick brown fox jumps"]),
        ("FOX", ["The fox!", "the quick brown fox jumps"]),
        ("the fox", ["The fox!", "the quick brown fox jumps", "the lazy dog"]),
        ("bro", ["brother", "the quick brown fox jumps"]),
        ("bro fox", ["The fox!", "the quick brown fox jumps"]),
        ("dog dogs", ["dogs dogs", "the lazy dog"]),
        ("dogs", ["dogs dogs"]),
        ("og", []),
        ("", []),
        ("?!", []),
        ('dogs AND NOT * "fox" NEAR(', ["dogs dogs", "The fox!", "the quick brown fox jumps"]),
    ],
)
def test_what_is_found_and_in_which_order(deployment: Deployment, text: str, expected: list[str]) -> None:
    stored = ["The fox!", "the quick brown fox jumps", "the lazy dog", "dogs dogs", "brother", ""]
    deployment.insert(*(Note(text=each) for each in stored))
    assert texts(deployment.begin().reader, text) == expected


def test_of_equals_the_newest_comes_first(deployment: Deployment) -> None:
    ids = deployment.insert(*(Note(text="same") for _ in range(5)))
    assert [note.id for note in search(deployment.begin().reader, "same")] == ids[::-1]


def test_no_more_than_1024_are_found(deployment: Deployment) -> None:
    ids = deployment.insert_together(*(Note(text="many") for _ in range(1030)))
    assert [note.id for note in search(deployment.begin().reader, "many")] == ids[:5:-1]


def test_the_first_sixteen_words_count(deployment: Deployment) -> None:
    deployment.insert(Note(text="p"), Note(text="q"))
    letters = "a b c d e f g h i j k l m n o p q"
    assert texts(deployment.begin().reader, letters) == ["p"]


def test_filters(deployment: Deployment) -> None:
    one, other = deployment.insert(Task(title="one"), Task(title="other"))
    deployment.insert(
        Note(text="in one", task=one, meta=Meta(rank=1)),
        Note(text="in other", task=other, meta=Meta(rank=1)),
        Note(text="in none"),
    )
    reader = deployment.begin().reader
    assert texts(reader, "in", Note.task == one) == ["in one"]
    assert texts(reader, "in", Note.task == other, _Note.meta.rank == 1.0) == ["in other"]
    assert texts(reader, "in", Note.task == other, _Note.meta.rank == 2.0) == []
    assert texts(reader, "in", Note.task == None) == ["in none"]  # noqa: E711
    assert texts(reader, "in", Note.task == one, Note.task == other) == []


def test_a_filter_function_takes_what_it_will(deployment: Deployment) -> None:
    deployment.insert(*(Note(text=f"note {number}") for number in range(6)))
    query = deployment.begin().reader.query(Note).with_search_index(Note.search_text, "note")
    even = query.filter(lambda note: int(note.text[-1]) % 2 == 0)
    assert [note.text for note in finish(even.take(2))] == ["note 4", "note 2"]
    first = finish(query.first())
    assert first is not None and first.text == "note 5"


def test_own_writes_are_found(deployment: Deployment) -> None:
    kept, changed, gone = deployment.insert(Note(text="kept word"), Note(text="changed word"), Note(text="gone word"))
    transaction = deployment.begin()
    writer = transaction.writer
    savepoint = transaction.savepoint()
    finish(writer.patch(changed, text="changed"))
    finish(writer.delete(gone))
    new = finish(writer.insert(Note(text="new word")))
    assert [note.id for note in search(writer, "word")] == [new, kept]
    assert [note.id for note in search(writer, "changed")] == [changed]
    transaction.roll_back(savepoint)
    assert [note.id for note in search(writer, "word")] == [gone, changed, kept]


def test_a_snapshot_stays_as_it_was(deployment: Deployment) -> None:
    (note,) = deployment.insert(Note(text="first"))
    before = deployment.store.latest
    transaction = deployment.begin()
    finish(transaction.writer.patch(note, text="second"))
    deployment.commit(transaction)
    transaction = deployment.begin()
    finish(transaction.writer.delete(note))
    deployment.commit(transaction)
    assert texts(deployment.begin(snapshot=before).reader, "first") == ["first"]
    assert texts(deployment.begin(snapshot=before + 1).reader, "first") == []
    assert texts(deployment.begin(snapshot=before + 1).reader, "second") == ["second"]
    assert texts(deployment.begin().reader, "second") == []


def test_pages_fit_together(deployment: Deployment) -> None:
    deployment.insert(*(Note(text="word " * (number % 3 + 1)) for number in range(7)))
    reader = deployment.begin().reader
    whole = search(reader, "word")
    read: list[Note] = []
    cursor: str | None = None
    for size in (3, 3, 1):
        page = finish(
            deployment.begin()
            .reader.query(Note)
            .with_search_index(Note.search_text, "word")
            .paginate(PaginationOptions(num_items=size, cursor=cursor))
        )
        read += page.page
        cursor = page.continue_cursor
        assert len(page.page) == size
    assert read == whole
    for text in ("other", "words"):
        query = deployment.begin().reader.query(Note).with_search_index(Note.search_text, text)
        with pytest.raises(InvalidCursorError):
            finish(query.paginate(PaginationOptions(num_items=3, cursor=cursor)))


def test_a_page_that_is_read_again_ends_where_it_did(deployment: Deployment) -> None:
    deployment.insert(*(Note(text="word") for _ in range(4)))
    options = PaginationOptions(num_items=2, cursor=None)
    first = deployment.begin()
    page = finish(first.reader.query(Note).with_search_index(Note.search_text, "word").paginate(options))
    deployment.insert(Note(text="word"))
    again = deployment.begin(journal=first.journal)
    longer = finish(again.reader.query(Note).with_search_index(Note.search_text, "word").paginate(options))
    assert longer.continue_cursor == page.continue_cursor


def test_what_is_found_counts_as_read(deployment: Deployment) -> None:
    large = "word " + "x" * 900_000
    for _ in range(20):
        deployment.insert(Note(text=large))
    with pytest.raises(LimitError, match="Too many bytes read"):
        search(deployment.begin().reader, "word")


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (
            lambda db: db.query(Note).with_search_index(cast("Any", Task.by_rank), "x"),
            TypeError,
            "with_search_index() takes a SearchIndex of the table; got <Index Task.by_rank>",
        ),
        (
            lambda db: db.query(Task).with_search_index(cast("Any", Note.search_text), "x"),
            ValueError,
            "<SearchIndex Note.search_text> is no index of the table 'tasks'",
        ),
        (
            lambda db: db.query(Note).with_search_index(Note.search_text, cast("Any", 5)),
            TypeError,
            "with_search_index() searches for a str, not 5",
        ),
        (
            lambda db: search(db, "x", Note.text == "x"),
            ValueError,
            "'text' is not among the filter fields of <SearchIndex Note.search_text>: add it to filter_fields",
        ),
        (
            lambda db: search(db, "x", _Note.meta.rank > 1.0),
            ValueError,
            "<SearchIndex Note.search_text> can compare with == only, not with >",
        ),
        (
            lambda db: search(db, "x", (_Note.meta.rank == 1.0) | (_Note.meta.rank == 2.0)),
            TypeError,
            "a search for text has no alternatives: use two queries, or a filter, in place of `|`",
        ),
        (
            lambda db: search(db, "x", Task.rank == 1.0),
            ValueError,
            "a condition on Task says nothing about the table 'notes'",
        ),
        (
            lambda db: search(db, "x", *(_Note.meta.rank == float(rank) for rank in range(9))),
            ValueError,
            "a search is narrowed by at most 8 conditions, not by 9",
        ),
    ],
)
def test_what_no_search_can_answer(
    deployment: Deployment, ask: Callable[[DatabaseReader], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as refused:
        ask(deployment.begin().reader)
    assert str(refused.value) == message


WORDS = st.sampled_from(["a", "ab", "abc", "b", "bc"])
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)
RANKS = st.sampled_from([None, 1.0, 2.0])


def note(text: str, rank: float | None) -> Note:
    return Note(text=text, meta=None if rank is None else Meta(rank=rank))


NOTES = st.builds(note, TEXTS, RANKS)


def conditions(rank: float | None) -> tuple[bool, ...]:
    return () if rank is None else (_Note.meta.rank == rank,)


def narrowed(notes: dict[str, Note], rank: float | None) -> list[Note]:
    return [each for each in notes.values() if rank is None or (each.meta is not None and each.meta.rank == rank)]


class Comparison(RuleBasedStateMachine):
    """One transaction after another, against the naive search. `notes` is what the current one sees, by id."""

    implementation: Implementation
    ids: Bundle[Id[Note]] = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="convexgen-search-")
        self.deployment = Deployment(self.implementation.open(Path(self.folder.name)), tick=0.0)
        self.snapshots: dict[int, dict[str, Note]] = {self.deployment.store.latest: {}}
        self.begin()

    def teardown(self) -> None:
        self.deployment.store.close()
        self.folder.cleanup()

    def begin(self) -> None:
        self.transaction = self.deployment.begin()
        self.notes = dict(self.snapshots[self.deployment.store.latest])

    def see(self, note_id: Id[Note]) -> None:
        seen = finish(self.transaction.writer.get(note_id))
        assert seen is not None
        self.notes[note_id] = seen

    @rule(target=ids, new=NOTES)
    def insert(self, new: Note) -> Id[Note]:
        note_id = finish(self.transaction.writer.insert(new))
        self.see(note_id)
        return note_id

    @rule(note_id=ids, new=NOTES)
    def replace(self, note_id: Id[Note], new: Note) -> None:
        if note_id in self.notes:
            finish(self.transaction.writer.replace(note_id, new))
            self.see(note_id)

    @rule(note_id=ids)
    def delete(self, note_id: Id[Note]) -> None:
        if note_id in self.notes:
            finish(self.transaction.writer.delete(note_id))
            del self.notes[note_id]

    @rule(text=TEXTS, rank=RANKS)
    def search(self, text: str, rank: float | None) -> None:
        expected = found(narrowed(self.notes, rank), text)
        assert search(self.transaction.writer, text, *conditions(rank)) == expected

    @rule(text=TEXTS, rank=RANKS, data=st.data())
    def search_the_past(self, text: str, rank: float | None, data: st.DataObject) -> None:
        oldest = self.deployment.store.oldest
        snapshot = data.draw(st.sampled_from([each for each in sorted(self.snapshots) if each >= oldest]))
        reader = self.deployment.begin(snapshot=snapshot).reader
        assert search(reader, text, *conditions(rank)) == found(narrowed(self.snapshots[snapshot], rank), text)

    @rule()
    def commit(self) -> None:
        self.snapshots[self.deployment.commit(self.transaction)] = dict(self.notes)
        self.begin()

    @rule()
    def abandon(self) -> None:
        self.begin()

    @rule(data=st.data())
    def prune(self, data: st.DataObject) -> None:
        self.deployment.store.prune(data.draw(st.sampled_from(sorted(self.snapshots))), 3)


def test_it_finds_what_a_look_at_everything_finds(implementation: Implementation) -> None:
    machine = type("ComparisonWithStore", (Comparison,), {"implementation": implementation})
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=40))


@settings(max_examples=150)
@given(
    st.lists(NOTES, min_size=1, max_size=6),
    TEXTS,
    RANKS,
    st.none() | st.integers(0, 5),
    st.none() | NOTES,
)
def test_what_touches_no_search_changes_nothing_of_it(
    notes: list[Note], text: str, rank: float | None, place: int | None, new: Note | None
) -> None:
    deployment = Deployment(MemoryStore(), tick=0.0)
    ids = deployment.insert(*notes)
    transaction = deployment.begin()
    results = search(transaction.reader, text, *conditions(rank))
    snapshot = deployment.store.latest
    deployment.random = Random(8)
    other = deployment.begin()
    if place is None and new is not None:
        finish(other.writer.insert(new))
    elif place is not None and new is not None:
        finish(other.writer.replace(ids[place % len(ids)], new))
    elif place is not None:
        finish(other.writer.delete(ids[place % len(ids)]))
    deployment.commit(other)
    again = search(deployment.begin().reader, text, *conditions(rank))
    if not touched(deployment, transaction.reads(), snapshot):
        assert again == results


@pytest.mark.parametrize(
    ("new", "touches"),
    [
        (note("apple", None), True),
        (note("apples", None), False),
        (note("an apple a day", None), True),
        (note("pie", None), True),
        (note("pierced", None), True),
        (note("pi", None), False),
        (note("banana", None), False),
        (note("", None), False),
    ],
)
def test_who_searches_is_told_of_documents_with_such_words(new: Note, touches: bool) -> None:
    deployment = Deployment(MemoryStore())
    transaction = deployment.begin()
    search(transaction.reader, "apple pie")
    since = deployment.store.latest
    deployment.insert(new)
    assert touched(deployment, transaction.reads(), since) == touches


@pytest.mark.parametrize(("rank", "touches"), [(1.0, True), (2.0, False), (None, False)])
def test_who_searches_is_not_told_of_what_filters_leave_out(rank: float | None, touches: bool) -> None:
    deployment = Deployment(MemoryStore())
    transaction = deployment.begin()
    search(transaction.reader, "apple", _Note.meta.rank == 1.0)
    since = deployment.store.latest
    deployment.insert(note("apple", rank))
    assert touched(deployment, transaction.reads(), since) == touches
