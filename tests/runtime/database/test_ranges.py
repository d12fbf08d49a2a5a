"""Which conditions `with_index` takes, and what they admit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from convexgen import UNSET, Id, Table
from convexgen.authoring.database import DatabaseReader
from convexgen.authoring.indexes import SearchIndex
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.values import encode_id
from tests.runtime.database.deployment import Deployment, finish, ranked_tasks
from tests.runtime.database.schema import Meta, Note, Shape, Task


@pytest.fixture
def db() -> DatabaseReader:
    deployment = Deployment(MemoryStore())
    deployment.insert(*ranked_tasks())
    return deployment.begin().reader


def titles(db: DatabaseReader, index: Any, *conditions: Any) -> str:
    return "".join(task.title for task in finish(db.query(Task).with_index(index, *conditions).collect()))


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ((), "abcde"),
        ((Task.rank == 3,), "cd"),
        ((Task.rank > 2,), "cde"),
        ((Task.rank >= 2,), "bcde"),
        ((Task.rank < 3,), "ab"),
        ((Task.rank <= 3,), "abcd"),
        ((Task.rank > 1, Task.rank < 3), "b"),
        ((Task.rank <= 3, Task.rank >= 3), "cd"),
        ((Task.rank > 3, Task.rank < 1), ""),
        ((Task.rank == 3, Task.creation_time > 0), "cd"),
        ((Task.rank == 3, Task.creation_time < 0), ""),
    ],
)
def test_a_range_of_an_index(db: DatabaseReader, conditions: tuple[object, ...], found: str) -> None:
    assert titles(db, Task.by_rank, *conditions) == found


def test_several_fields(db: DatabaseReader) -> None:
    assert titles(db, Task.by_assignee, Task.assignee == "bob", Task.rank >= 2) == "d"
    assert titles(db, Task.by_assignee, Task.assignee == None) == "e"  # noqa: E711
    assert titles(db, Task.by_assignee, cast("Any", Task.assignee) > None) == "bcad"


def test_by_creation_time(db: DatabaseReader) -> None:
    first = finish(db.query(Task).first())
    assert first is not None
    assert titles(db, Task.by_creation_time, Task.creation_time > first.creation_time) == "adbe"
    assert titles(db, Task.by_creation_time, Task.creation_time == first.creation_time) == "c"


def test_by_id(db: DatabaseReader) -> None:
    tasks = finish(db.query(Task).with_index(Task.by_id).collect())
    ids, names = [task.id for task in tasks], "".join(task.title for task in tasks)
    assert ids == sorted(ids)
    assert titles(db, Task.by_id, Task.id == ids[1]) == names[1]
    assert titles(db, Task.by_id, Task.id > ids[1]) == names[2:]
    assert titles(db, Task.by_id, Task.id >= ids[1], Task.id < ids[3]) == names[1:3]
    assert titles(db, Task.by_id, Task.id <= ids[3]) == names[:4]


def test_ids_may_begin_with_any_byte() -> None:
    deployment = Deployment(MemoryStore())
    deployment.random.randbytes = lambda n: b"\xff" * n  # type: ignore[method-assign]
    (task,) = deployment.insert(Task(title="a"))
    reader = deployment.begin().reader
    assert [each.id for each in finish(reader.query(Task).with_index(Task.by_id).collect())] == [task]


def test_a_field_inside_of_an_object_may_be_absent(db: DatabaseReader) -> None:
    deployment = Deployment(MemoryStore())
    deployment.insert(Task(title="a", meta=Meta(rank=1)), Task(title="b"), Task(title="c", meta=Meta(rank=-1)))
    reader = deployment.begin().reader
    assert titles(reader, Task.by_meta) == "bca"
    assert titles(reader, Task.by_meta, Task.meta.rank > 0) == "a"  # type: ignore[union-attr]
    assert titles(reader, Task.by_meta, Task.meta.rank == UNSET) == "b"  # type: ignore[union-attr]


class Other(Table, name="others"):
    rank: float

    by_rank = SearchIndex("rank")


Chain = Callable[[DatabaseReader], object]


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        (
            lambda db: db.query(Task).with_index(Task.by_assignee, Task.rank == 1),
            "`assignee` comes before `rank` in by_assignee, and is not compared before it: "
            "compare `assignee` with `==` first, or use an index that begins with `rank`",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_rank, Task.title == "a"),
            "by_rank has no field `title`: it has `rank`, `creation_time`; compare the others in a filter, or add an "
            "index",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_rank, Task.rank > 1, Task.rank > 2),
            "`rank` has two lower bounds: leave out one of them",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_rank, Task.rank != 1),
            "an index cannot answer `!=`: the documents with another `rank` are no range: "
            "use two queries, with `<` and with `>`, or a filter",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_rank, Note.text == "a"),
            "a condition on Note says nothing about the table 'tasks'",
        ),
        (
            lambda db: db.query(Task).with_index(cast("Any", Shape.by_area)),
            "<Index Shape.by_area> is no index of the table 'tasks'",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_id, Task.id == Id[Task](encode_id(10_002, bytes(16)))),
            f"{encode_id(10_002, bytes(16))!r} is no id of the table 'tasks'",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_id, Task.id > Id[Task]("")),
            "Unable to decode ID: Invalid ID length 0",
        ),
        (lambda db: db.query(Task).order(cast("Any", "up")), "order(): the direction is 'asc' or 'desc', not 'up'"),
        (lambda db: finish(db.query(Task).take(-1)), "take(): -1 is no number of documents"),
    ],
)
def test_what_an_index_cannot_answer(db: DatabaseReader, chain: Chain, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        chain(db)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        (
            lambda db: db.query(Task).with_index(Task.by_rank, cast("Any", Task.rank)),
            "Task.rank alone is not a condition: write Task.rank == True",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_rank, 1 == 1),  # noqa: PLR0133
            "a condition compares a field of the table, as in Message.author == author; got True",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_rank, (Task.rank == 1) | (Task.rank == 2)),
            "a range of an index has no alternatives: use two queries, or a filter, in place of `|`",
        ),
        (
            lambda db: db.query(Task).with_index(cast("Any", Other.by_rank)),
            "with_index() takes an index of the table, as in Message.by_author; got <SearchIndex Other.by_rank>",
        ),
        (
            lambda db: db.query(Task).with_index(Task.by_id, cast("Any", Task.id) == UNSET),
            "an id is a str, not UNSET",
        ),
    ],
)
def test_what_is_no_condition(db: DatabaseReader, chain: Chain, message: str) -> None:
    with pytest.raises(TypeError) as refused:
        chain(db)
    assert str(refused.value) == message
