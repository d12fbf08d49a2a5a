"""What `ctx.db` stores, changes and refuses, and what becomes of it in `writes()`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import pytest
from pydantic import ValidationError

from convexgen import Id, Int64, Table, View
from convexgen.authoring.database import DatabaseReader, DatabaseWriter
from convexgen.authoring.system_tables import ScheduledJob, StoredFile
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.values import InvalidIdError, InvalidValueError, decode_id, encode_id
from tests.runtime.database.deployment import NOW, Deployment, finish
from tests.runtime.database.schema import Circle, LongTask, Meta, Note, Shape, Task


class Stranger(Table, name="strangers"):
    text: str


class Card(View[Task]):
    title: str


MISSING = Id[Any](encode_id(10_001, bytes(16)))


def test_a_new_document_gets_its_id_and_creation_time(deployment: Deployment) -> None:
    transaction = deployment.begin()
    task_id = finish(transaction.writer.insert(Task(title="a", meta=Meta(rank=1))))
    found = finish(transaction.writer.get(task_id))
    assert found == Task.model_validate(
        {"_id": task_id, "_creationTime": deployment.now, "title": "a", "meta": Meta(rank=1)}
    )
    assert isinstance(found, Task)
    number, internal = decode_id(task_id)
    assert number == 10_001
    assert internal[-2:] == int(NOW // 86_400_000).to_bytes(2, "big")
    (write,) = transaction.writes()
    assert write == DocumentWrite(
        number,
        internal,
        None,
        None,
        {
            "_id": str(task_id),
            "_creationTime": deployment.now,
            "title": "a",
            "rank": 0.0,
            "assignee": None,
            "count": Int64(0),
            "meta": {"rank": 1.0},
            "tags": [],
        },
    )


def test_documents_of_one_transaction_have_an_order(deployment: Deployment) -> None:
    ids = deployment.insert_together(Task(title="a"), Note(text="b"), Task(title="c"))
    reader = deployment.begin().reader
    a, b, c = (cast("Task", finish(reader.get(each))).creation_time for each in ids)
    assert a == NOW + 1
    assert b == math.nextafter(a, math.inf)
    assert c == math.nextafter(b, math.inf)


def test_a_change_replaces_the_version_that_was_read(deployment: Deployment) -> None:
    (task,) = deployment.insert(Task(title="a", rank=1))
    version = deployment.store.latest
    transaction = deployment.begin()
    finish(transaction.writer.patch(task, rank=2.0))
    finish(transaction.writer.patch(task, title="b"))
    (write,) = transaction.writes()
    assert write.previous == version
    assert write.old is not None and write.new is not None
    assert (write.old["title"], write.old["rank"]) == ("a", 1.0)
    assert (write.new["title"], write.new["rank"]) == ("b", 2.0)
    finish(transaction.writer.delete(task))
    assert transaction.writes() == (DocumentWrite(write.table, write.document, version, write.old, None),)


def test_what_comes_and_goes_is_not_written(deployment: Deployment) -> None:
    transaction = deployment.begin()
    finish(transaction.writer.delete(finish(transaction.writer.insert(Task(title="a")))))
    assert transaction.writes() == ()


def test_documents_that_were_read_are_nobody_elses(deployment: Deployment) -> None:
    transaction = deployment.begin()
    task = finish(transaction.writer.insert(Task(title="a", meta=Meta(rank=1))))
    for _ in range(2):
        first = finish(transaction.writer.get(task))
        assert first is not None and first.meta is not None
        assert (first.title, first.meta.rank) == ("a", 1)
        first.title, first.meta.rank = "changed", 2
    found = finish(transaction.writer.query(Task).first())
    assert found is not None and found.title == "a"


def test_any_values_of_system_documents_are_copies(deployment: Deployment) -> None:
    transaction = deployment.begin()
    job = transaction.system.insert(
        "_scheduled_functions",
        {"name": "a.js:b", "args": [{"n": 1.0}], "scheduledTime": 0.0, "state": {"kind": "pending"}},
    )
    for _ in range(2):
        found = finish(transaction.reader.get(Id[ScheduledJob](job)))
        assert found is not None
        assert found.args == [{"n": 1.0}]
        found.args[0]["n"] = 2.0


def test_replacing_a_document_keeps_its_id_and_creation_time(deployment: Deployment) -> None:
    (task,) = deployment.insert(Task(title="a", rank=1, assignee="ann"))
    transaction = deployment.begin()
    before = finish(transaction.writer.get(task))
    finish(transaction.writer.replace(task, Task(title="b")))
    after = finish(transaction.writer.get(task))
    assert before is not None and after is not None
    assert (after.id, after.creation_time) == (before.id, before.creation_time)
    assert (after.title, after.rank, after.assignee) == ("b", 0, None)


def test_variants_are_stored_and_come_back(deployment: Deployment) -> None:
    (circle,) = deployment.insert(Circle(area=3.0, radius=1.0))
    reader = deployment.begin().reader
    (found,) = finish(reader.query(Shape).with_index(Shape.by_area, Shape.area > 2).collect())
    assert isinstance(found, Circle)
    assert found.radius == 1
    assert finish(reader.get(circle)) == found


def test_normalize_id_asks_for_the_table_only(deployment: Deployment) -> None:
    reader = deployment.begin().reader
    assert reader.normalize_id(Task, str(MISSING)) == MISSING
    assert isinstance(reader.normalize_id(Task, str(MISSING)), Id)
    assert reader.normalize_id(Note, str(MISSING)) is None
    for text in ("", "x", str(MISSING).upper(), f"{MISSING}0", "ü" * 32):
        assert reader.normalize_id(Task, text) is None


def test_a_query_sees_its_snapshot(deployment: Deployment) -> None:
    (task,) = deployment.insert(Task(title="old"))
    transaction = deployment.begin()
    changing = deployment.begin()
    finish(changing.writer.patch(task, title="new"))
    deployment.commit(changing)
    for reader, title in ((transaction.reader, "old"), (deployment.begin().reader, "new")):
        found = finish(reader.get(task))
        assert found is not None and found.title == title
        assert [each.title for each in finish(reader.query(Task).collect())] == [title]


def test_a_loop_sees_what_is_written_ahead_of_it(deployment: Deployment) -> None:
    deployment.insert(*(Task(title=title, rank=rank) for rank, title in enumerate("abcd")))
    transaction = deployment.begin()

    async def walk(db: DatabaseWriter) -> list[str]:
        seen = []
        async for task in db.query(Task).with_index(Task.by_rank):
            seen.append(task.title)
            if task.title == "b":
                last = await db.query(Task).with_index(Task.by_rank).order("desc").first()
                assert last is not None
                await db.delete(last.id)
                await db.insert(Task(title="behind", rank=0.5))
                await db.insert(Task(title="ahead", rank=1.5))
        return seen

    assert finish(walk(transaction.writer)) == ["a", "b", "ahead", "c"]


async def _unfinished(db: DatabaseReader) -> None:
    async for _ in db.query(Task):
        break


def test_a_loop_may_be_left(deployment: Deployment) -> None:
    deployment.insert(Task(title="a"), Task(title="b"))
    finish(_unfinished(deployment.begin().reader))


def test_unique(deployment: Deployment) -> None:
    a, b = deployment.insert(Task(title="a", rank=1), Task(title="b", rank=1))
    db = deployment.begin().reader
    assert finish(db.query(Task).with_index(Task.by_rank, Task.rank == 2).unique()) is None
    found = finish(db.query(Task).filter(lambda task: task.title == "b").unique())
    assert found is not None and found.id == b
    with pytest.raises(ValueError) as refused:
        finish(db.query(Task).with_index(Task.by_rank).unique())
    assert str(refused.value) == f"unique() query returned more than one result from table tasks: [{a}, {b}, ...]"


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda db, task: db.patch(MISSING, title="a"), f"Update on nonexistent document ID {MISSING}"),
        (lambda db, task: db.replace(MISSING, Task(title="a")), f"Replace on nonexistent document ID {MISSING}"),
        (lambda db, task: db.delete(MISSING), f"Delete on nonexistent document ID {MISSING}"),
        (
            lambda db, task: db.get(Id(encode_id(20_000, bytes(16)))),
            f"the ID {encode_id(20_000, bytes(16))} belongs to no table",
        ),
        (
            lambda db, task: db.delete(Id(encode_id(100, bytes(16)))),
            "'_storage' is a table of the system: functions read it, and do not write it",
        ),
        (
            lambda db, task: db.insert(StoredFile(sha256="", size=0)),
            "'_storage' is a table of the system: functions read it, and do not write it",
        ),
    ],
)
def test_what_cannot_be_done(deployment: Deployment, write: Callable[..., Any], message: str) -> None:
    transaction = deployment.begin()
    with pytest.raises(ValueError) as refused:
        finish(write(transaction.writer, MISSING))
    assert str(refused.value) == message
    assert transaction.writes() == ()


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda db, task: db.insert(Task(title="a", tags=("",) * 8193)), InvalidValueError),
        (lambda db, task: db.insert(Task(title="a" * 2**20)), InvalidValueError),
        (lambda db, task: db.patch(task, rank="high"), ValidationError),
        (lambda db, task: db.get(Id("x")), InvalidIdError),
    ],
)
def test_values_that_cannot_be_stored(
    deployment: Deployment, use: Callable[..., Any], message: type[Exception]
) -> None:
    (task,) = deployment.insert(Task(title="a"))
    transaction = deployment.begin()
    with pytest.raises(message):
        finish(use(transaction.writer, task))
    assert transaction.writes() == ()


@pytest.mark.parametrize(
    "write",
    [
        lambda db, note: db.insert(Note(text="b", task=note)),
        lambda db, note: db.patch(note, task=note),
        lambda db, note: db.replace(note, Note(text="b", task=note)),
    ],
)
def test_the_schema_is_asked_before_anything_is_written(deployment: Deployment, write: Callable[..., Any]) -> None:
    (note,) = deployment.insert(Note(text="a"))
    transaction = deployment.begin()
    with pytest.raises(InvalidValueError, match=r"(?s)^Document with ID .* in table .notes. does not match .*\.task"):
        finish(write(transaction.writer, note))
    assert transaction.writes() == ()


async def _in_turn(use: Callable[..., Any], db: DatabaseWriter, task: Id[Task]) -> None:
    awaited = use(db, task)
    if awaited is not None:
        await awaited


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda db, task: db.query(LongTask), "LongTask is a view: it is made from documents, and is never stored"),
        (lambda db, task: db.query(Card), "Card is a view: it is made from documents, and is never stored"),
        (lambda db, task: db.query(Circle), "Circle is one variant of Shape: query that, and filter"),
        (lambda db, task: db.query(Stranger), "Stranger is no table of this program"),
        (lambda db, task: db.query("tasks"), "'tasks' is no table"),
        (lambda db, task: db.query(Table), "Table is no table"),
        (lambda db, task: db.insert({"title": "a"}), "<class 'dict'> is no table"),
        (
            lambda db, task: db.insert(LongTask.of(finish(db.get(task)), days=1.0)),
            "LongTask is a view: it is made from documents, and is never stored",
        ),
        (lambda db, task: db.replace(task, Note(text="a")), "Note is no document of the table 'tasks'"),
        (lambda db, task: db.get(None), "an id is a str, not None"),
    ],
)
def test_what_is_of_the_wrong_kind(deployment: Deployment, use: Callable[..., Any], message: str) -> None:
    (task,) = deployment.insert(Task(title="a"))
    transaction = deployment.begin()
    with pytest.raises(TypeError) as refused:
        finish(_in_turn(use, transaction.writer, task))
    assert str(refused.value) == message
    assert transaction.writes() == ()


def test_the_system_writes_its_own_documents(deployment: Deployment) -> None:
    transaction = deployment.begin()
    system = transaction.system
    file = system.insert("_storage", {"sha256": "abc", "size": 3.0})
    other = system.insert("_storage", {"sha256": "def", "size": 4.0})
    deployment.commit(transaction)

    transaction = deployment.begin()
    found = finish(transaction.reader.get(Id[StoredFile](file)))
    assert found is not None and (found.sha256, found.size, found.content_type) == ("abc", 3, None)
    assert [each.id for each in finish(transaction.reader.query(StoredFile).collect())] == [file, other]
    transaction.system.replace(file, {"sha256": "xyz", "size": 3.0})
    transaction.system.delete(other)
    assert transaction.system.get(file) == {
        "_id": file,
        "_creationTime": found.creation_time,
        "sha256": "xyz",
        "size": 3.0,
    }
    assert transaction.system.get(other) is None
    with pytest.raises(ValueError, match=f"^there is no document {other}$"):
        transaction.system.delete(other)
    with pytest.raises(ValueError, match=r"^'tasks' is no table of the system$"):
        transaction.system.get(MISSING)
