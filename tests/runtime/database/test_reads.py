"""What a transaction says that it has read: as long as nobody changes that, it would do the same again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen import Id
from convexgen.authoring.database import DatabaseReader, DatabaseWriter, IndexQuery
from convexgen.runtime.database import Transaction
from convexgen.runtime.reads import Reads
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.values import decode_id, prefixed
from tests.runtime.database.asked import ASKED, RANKS, TASKS, Asked, page
from tests.runtime.database.deployment import Deployment, finish, ranked_tasks
from tests.runtime.database.schema import Task

Step = Callable[[DatabaseWriter, Sequence[Id[Task]]], object]
"""Part of a function that is given the ids of some documents, and what comes of it."""


async def _some(db: DatabaseReader, asked: Asked, limit: int) -> list[Task]:
    """A loop that is left early."""
    found = []
    async for task in asked.of(db):
        found.append(task)
        if len(found) == limit:
            break
    return found


PLACES = st.integers(0, 5)
LIMITS = st.integers(1, 3)
READS: st.SearchStrategy[Step] = st.one_of(
    st.builds(lambda asked: lambda db, ids: finish(asked.of(db).collect()), ASKED),
    st.builds(lambda asked, limit: lambda db, ids: finish(asked.of(db).take(limit)), ASKED, LIMITS),
    st.builds(lambda asked: lambda db, ids: finish(asked.of(db).unique()), ASKED),
    st.builds(lambda asked, limit: lambda db, ids: finish(_some(db, asked, limit)), ASKED, LIMITS),
    st.builds(lambda asked, limit: lambda db, ids: page(db, asked, limit), ASKED, LIMITS),
    st.builds(lambda place: lambda db, ids: finish(db.get(ids[place % len(ids)])), PLACES),
)
WRITES: st.SearchStrategy[Step] = st.one_of(
    st.builds(lambda task: lambda db, ids: finish(db.insert(task)), TASKS),
    st.builds(lambda place, rank: lambda db, ids: finish(db.patch(ids[place % len(ids)], rank=rank)), PLACES, RANKS),
    st.builds(lambda place, task: lambda db, ids: finish(db.replace(ids[place % len(ids)], task)), PLACES, TASKS),
    st.builds(lambda place: lambda db, ids: finish(db.delete(ids[place % len(ids)])), PLACES),
)


def outcome(step: Step, db: DatabaseWriter, ids: Sequence[Id[Task]]) -> object:
    try:
        return step(db, ids)
    except ValueError as error:  # such as a second page, or a document that is gone
        return str(error)


def run(deployment: Deployment, steps: Sequence[Step], ids: Sequence[Id[Task]]) -> tuple[list[object], Transaction]:
    """The same function, with the same ids for new documents, at the latest snapshot."""
    deployment.random = Random(7)
    transaction = deployment.begin()
    return [outcome(step, transaction.writer, ids) for step in steps], transaction


def touched(deployment: Deployment, reads: Reads, since: int) -> bool:
    return any(reads.touched_by(change) for commit in deployment.store.log(since, 100) for change in commit.changes)


@settings(max_examples=200)
@given(
    st.lists(TASKS, min_size=1, max_size=6),
    st.lists(READS | READS | WRITES, min_size=1, max_size=4),
    st.lists(WRITES, min_size=1, max_size=2),
)
def test_what_touches_no_reads_changes_no_results(tasks: list[Task], steps: list[Step], others: list[Step]) -> None:
    deployment = Deployment(MemoryStore(), tick=0.0)
    ids = deployment.insert(*tasks)
    results, transaction = run(deployment, steps, ids)
    snapshot = deployment.store.latest
    writes = transaction.writes()

    deployment.random = Random(8)
    other = deployment.begin()
    for step in others:
        outcome(step, other.writer, ids)
    deployment.commit(other)

    again, later = run(deployment, steps, ids)
    if not touched(deployment, transaction.reads(), snapshot):
        assert again == results
        assert later.reads() == transaction.reads()
        assert [write.new for write in later.writes()] == [write.new for write in writes]


Read = Callable[[DatabaseReader, dict[str, Id[Task]]], object]


def _by_rank(db: DatabaseReader, *conditions: bool) -> IndexQuery[Task]:
    return db.query(Task).with_index(Task.by_rank, *conditions)


# Each read, the ranks of new documents that touch it, and the documents that do when they are changed in place. There
# are a with rank 1, b with 2, c and d with 3 and e with 5.
EXAMPLES: dict[str, tuple[Read, Sequence[float], str]] = {
    "first two": (lambda db, ids: finish(_by_rank(db).take(2)), (0, 1, 1.5), "ab"),
    "last": (lambda db, ids: finish(_by_rank(db).order("desc").first()), (5.5, 9), "e"),
    "range": (lambda db, ids: finish(_by_rank(db, Task.rank >= 3).collect()), (3, 3.5, 4, 5.5, 9), "cde"),
    "more than there are": (lambda db, ids: finish(_by_rank(db, Task.rank > 3).take(2)), (3.5, 4, 5.5, 9), "e"),
    "empty range": (lambda db, ids: finish(_by_rank(db, Task.rank > 3, Task.rank < 5).collect()), (3.5, 4), ""),
    "nothing taken": (lambda db, ids: finish(_by_rank(db).take(0)), (), ""),
    "never read": (lambda db, ids: _by_rank(db), (), ""),
    "unique": (lambda db, ids: finish(_by_rank(db, Task.rank == 2).unique()), (2,), "b"),
    "filter": (lambda db, ids: finish(_by_rank(db).filter(lambda task: task.title == "b").first()), (0, 1, 1.5), "ab"),
    "newest": (lambda db, ids: finish(db.query(Task).order("desc").first()), (0, 1, 1.5, 2, 3, 3.5, 4, 5.5, 9), "e"),
    "oldest": (lambda db, ids: finish(db.query(Task).first()), (), "c"),
    "by id": (lambda db, ids: finish(db.query(Task).with_index(Task.by_id, Task.id == ids["b"]).first()), (), "b"),
    "get": (lambda db, ids: finish(db.get(ids["b"])), (), "b"),
}


def _touches(read: str, change: Callable[[DatabaseWriter, dict[str, Id[Task]]], object]) -> bool:
    deployment = Deployment(MemoryStore())
    ids = dict(zip("cadbe", deployment.insert(*ranked_tasks()), strict=True))
    transaction, other = deployment.begin(), deployment.begin()
    snapshot = deployment.store.latest
    EXAMPLES[read][0](transaction.reader, ids)
    change(other.writer, ids)
    deployment.commit(other)
    return touched(deployment, transaction.reads(), snapshot)


@pytest.mark.parametrize("rank", [0, 1, 1.5, 2, 3, 3.5, 4, 5.5, 9])
@pytest.mark.parametrize("read", EXAMPLES)
def test_new_documents_touch_what_was_looked_through(read: str, rank: float) -> None:
    touches = _touches(read, lambda db, ids: finish(db.insert(Task(title="new", rank=rank))))
    assert touches == (rank in EXAMPLES[read][1])


@pytest.mark.parametrize("title", "abcde")
@pytest.mark.parametrize("read", EXAMPLES)
def test_changes_in_place_touch_what_was_read(read: str, title: str) -> None:
    touches = _touches(read, lambda db, ids: finish(db.patch(ids[title], tags=("new",))))
    assert touches == (title in EXAMPLES[read][2])


def test_what_is_undone_stays_read(deployment: Deployment) -> None:
    (task,) = deployment.insert(Task(title="a"))
    transaction = deployment.begin()
    before = transaction.savepoint()
    finish(transaction.writer.patch(task, title="b"))
    transaction.roll_back(before)
    assert transaction.writes() == ()
    number, internal = decode_id(task)
    assert transaction.reads() == Reads(documents={number: (prefixed(internal),)})


def test_a_missing_document_is_read(deployment: Deployment) -> None:
    (task,) = deployment.insert(Task(title="a"))
    number, internal = decode_id(task)
    transaction = deployment.begin(snapshot=0)
    assert finish(transaction.reader.get(task)) is None
    assert transaction.reads() == Reads(documents={number: (prefixed(internal),)})
