"""How much is asked of the store at once: hardly more than is wanted, and not too little where all is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from convexgen.authoring.database import DatabaseReader
from convexgen.runtime.store import Batch
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.database.asked import Asked, page
from tests.runtime.database.deployment import Deployment, finish
from tests.runtime.database.schema import Task


class WatchedStore(MemoryStore):
    """Notes the limit of each scan."""

    def __init__(self) -> None:
        super().__init__()
        self.limits: list[int] = []

    def scan(self, *arguments: Any, **options: Any) -> Batch:
        self.limits.append(options["limit"])
        return super().scan(*arguments, **options)


async def _loop(db: DatabaseReader, count: int) -> None:
    async for _ in db.query(Task):
        count -= 1
        if not count:
            break


@pytest.mark.parametrize(
    ("read", "limits"),
    [
        (lambda db: finish(db.query(Task).first()), [1]),
        (lambda db: finish(db.query(Task).with_index(Task.by_rank, Task.rank == 1).unique()), [2]),
        (lambda db: finish(db.query(Task).take(5)), [5]),
        (lambda db: finish(db.query(Task).take(0)), []),
        (lambda db: finish(db.query(Task).filter(lambda task: task.rank == 6).first()), [1, 2, 4]),
        (lambda db: finish(db.query(Task).collect()), [256, 256]),
        (lambda db: finish(db.query(Task).take(1000)), [256, 256]),
        (lambda db: finish(_loop(db, 16)), [16]),
        (lambda db: finish(_loop(db, 50)), [16, 32, 64]),
        (lambda db: page(db, Asked("by_creation_time", (), "asc", None), 20), [20]),
    ],
)
def test_a_batch_has_what_is_wanted(read: Callable[[DatabaseReader], object], limits: list[int]) -> None:
    store = WatchedStore()
    deployment = Deployment(store)
    deployment.insert_together(*(Task(title="", rank=rank) for rank in range(300)))
    read(deployment.begin().reader)
    assert store.limits == limits
