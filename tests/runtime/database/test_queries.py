"""What queries give: ranges, orders, filters, and the ways to take from them."""

from __future__ import annotations

import pytest

from tests.runtime.database.deployment import Deployment, finish, ranked_tasks
from tests.runtime.database.schema import Task


def titles(tasks: list[Task]) -> list[str]:
    return [task.title for task in tasks]


@pytest.fixture
def ranked(deployment: Deployment) -> Deployment:
    deployment.insert(*ranked_tasks())
    return deployment


def test_documents_come_by_creation_time_unless_an_index_is_chosen(ranked: Deployment) -> None:
    db = ranked.begin().reader
    assert titles(finish(db.query(Task).collect())) == ["c", "a", "d", "b", "e"]
    assert titles(finish(db.query(Task).order("desc").collect())) == ["e", "b", "d", "a", "c"]
    assert titles(finish(db.query(Task).with_index(Task.by_rank).collect())) == ["a", "b", "c", "d", "e"]
    assert titles(finish(db.query(Task).with_index(Task.by_rank).order("desc").collect())) == ["e", "d", "c", "b", "a"]
    by_id = finish(db.query(Task).with_index(Task.by_id).collect())
    assert [task.id for task in by_id] == sorted(task.id for task in by_id)
    assert len(by_id) == 5


def test_ways_to_take_from_a_query(ranked: Deployment) -> None:
    query = ranked.begin().reader.query(Task).with_index(Task.by_rank)
    assert titles(finish(query.take(2))) == ["a", "b"]
    assert titles(finish(query.take(9))) == ["a", "b", "c", "d", "e"]
    assert finish(query.take(0)) == []
    first = finish(query.first())
    assert first is not None and first.title == "a"
    assert finish(query.filter(lambda task: task.rank > 9).first()) is None
    assert titles(finish(query.filter(lambda task: task.rank > 1).filter(lambda task: task.rank < 5).take(2))) == [
        "b",
        "c",
    ]


def test_own_writes_are_seen_where_they_stand(ranked: Deployment) -> None:
    transaction = ranked.begin()
    db = transaction.writer
    a, b = finish(db.query(Task).with_index(Task.by_rank).take(2))
    finish(db.insert(Task(title="new", rank=2.5)))
    finish(db.patch(a.id, rank=4))
    finish(db.delete(b.id))
    assert titles(finish(db.query(Task).with_index(Task.by_rank).collect())) == ["new", "c", "d", "a", "e"]
    assert titles(finish(db.query(Task).with_index(Task.by_rank).order("desc").take(3))) == ["e", "a", "d"]
    assert finish(db.get(b.id)) is None
    ranked.commit(transaction)
    assert titles(finish(ranked.begin().reader.query(Task).with_index(Task.by_rank).collect())) == [
        "new",
        "c",
        "d",
        "a",
        "e",
    ]
