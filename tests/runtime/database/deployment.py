"""A store with some tables, and transactions over it that are committed as a server would, conflicts aside."""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from random import Random
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from convexgen import Id, Int64, Table
from convexgen.authoring.indexes import Index
from convexgen.authoring.system_tables import ScheduledJob, StoredFile
from convexgen.runtime.catalogue import BY_CREATION_TIME, Catalogue, CataloguedIndex, CataloguedTable
from convexgen.runtime.database import Transaction
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.store import Commit, KeyChange, Store, Write, build_index
from convexgen.runtime.values import Value, canonical
from tests.runtime.database.live_tables import LiveTable

R = TypeVar("R")

NOW = 1_700_000_000_000.0
"""Milliseconds. A day's documents have ids that end alike."""


class Meta(BaseModel):
    rank: float


class Task(Table, name="tasks"):
    title: str
    rank: float = 0.0
    assignee: str | None = None
    count: Int64 = Int64(0)
    meta: Meta | None = None
    tags: tuple[str, ...] = ()

    by_rank = Index("rank")
    by_assignee = Index("assignee", "rank")
    by_meta = Index("meta.rank")


class Note(Table, name="notes"):
    text: str
    task: Id[Task] | None = None


class LongTask(Task, view=True):
    days: float


class Shape(Table, name="shapes"):
    area: float

    by_area = Index("area")


class Circle(Shape, variant=True):
    kind: str = "circle"
    radius: float


TABLES = (Task, Note, Shape)
SYSTEM_TABLES = (StoredFile, ScheduledJob)


def ranked_tasks() -> list[Task]:
    """Five tasks, whose ranks are not in the order in which they are made."""
    made = [("c", 3.0, "ann"), ("a", 1.0, "bob"), ("d", 3.0, "bob"), ("b", 2.0, "ann"), ("e", 5.0, None)]
    return [Task(title=title, rank=rank, assignee=assignee) for title, rank, assignee in made]


def finish(awaited: Awaitable[R]) -> R:
    """What a coroutine gives that never waits for anything."""
    steps: Generator[Any, None, R] = awaited.__await__()
    try:
        step = next(steps)
    except StopIteration as done:
        return cast("R", done.value)
    raise AssertionError(f"the coroutine waits for {step!r}")


def _catalogued(live: LiveTable, number: int) -> CataloguedTable:
    declared = [
        (BY_CREATION_TIME, ()),
        *((each.name, tuple(tuple(field.split(".")) for field in each.fields)) for each in live.declared.indexes),
    ]
    indexes = {
        name: CataloguedIndex(name, 10 * number + place, (*fields, ("_creationTime",)))
        for place, (name, fields) in enumerate(declared)
    }
    return CataloguedTable(live.name, number, indexes)


class Deployment:
    """`tick`: milliseconds from one transaction to the next. Without any, documents of several are made at once."""

    def __init__(self, store: Store, tick: float = 1.0) -> None:
        self.store = store
        self.tick = tick
        self.tables = {live.name: live for live in (LiveTable(cls) for cls in (*TABLES, *SYSTEM_TABLES))}
        numbers = [*range(10_001, 10_001 + len(TABLES)), *range(100, 100 + len(SYSTEM_TABLES))]
        self.catalogue = Catalogue(
            {name: _catalogued(live, number) for (name, live), number in zip(self.tables.items(), numbers, strict=True)}
        )
        self.random = Random(0)
        self.now = NOW
        for table in self.catalogue.tables.values():
            for index in table.indexes.values():
                store.create_index(index.number, table.number)
                for _ in build_index(store, index.number, lambda document, value: b""):
                    pass

    def begin(self, *, snapshot: int | None = None, journal: str | None = None) -> Transaction:
        self.now += self.tick
        return Transaction(
            self.store,
            self.catalogue,
            self.tables,
            snapshot=self.store.latest if snapshot is None else snapshot,
            now=self.now,
            random=self.random,
            journal=journal,
        )

    def commit(self, transaction: Transaction) -> int:
        """Whatever others have committed since it began. Gives the snapshot that sees it."""
        timestamp = self.store.latest + 1
        self.store.commit([Commit(timestamp, tuple(map(self._written, transaction.writes())))])
        return timestamp

    def _written(self, write: DocumentWrite) -> Write:
        table = self.catalogue.tables[self.catalogue.names[write.table]]
        keys = tuple(
            KeyChange(index.number, _key(index, write.old), _key(index, write.new)) for index in table.indexes.values()
        )
        value = None if write.new is None else canonical(cast("Value", write.new)).encode()
        return Write(write.table, write.document, value, write.previous, keys)

    def insert(self, *documents: Table) -> list[Id[Any]]:
        """Commit new documents, each in a transaction of its own."""
        return [self.insert_together(document)[0] for document in documents]

    def insert_together(self, *documents: Table) -> list[Id[Any]]:
        transaction = self.begin()
        ids = [finish(transaction.writer.insert(document)) for document in documents]
        self.commit(transaction)
        return ids


def _key(index: CataloguedIndex, document: dict[str, Value] | None) -> bytes | None:
    return None if document is None else index.key(document)
