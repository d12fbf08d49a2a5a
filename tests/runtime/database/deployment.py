"""A store with some tables, and transactions over it that are committed as a server would, conflicts aside."""

from __future__ import annotations

from collections.abc import Awaitable, Generator, Mapping
from functools import cache
from random import Random
from typing import Any, TypeVar, cast

from convexgen import Id, Table
from convexgen.runtime.catalogue import BY_CREATION_TIME, Catalogue, CataloguedIndex, CataloguedSearch, CataloguedTable
from convexgen.runtime.database import Transaction
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.program.loading import program_of
from convexgen.runtime.store import Commit, IndexKind, KeyChange, Store, Write, build_index
from convexgen.runtime.values import Value, canonical
from tests.runtime.database import schema
from tests.runtime.database.schema import Task

R = TypeVar("R")

NOW = 1_700_000_000_000.0
"""Milliseconds. A day's documents have ids that end alike."""


NUMBERS = {"tasks": 10_001, "notes": 10_002, "shapes": 10_003, "_storage": 100, "_scheduled_functions": 101}


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


@cache
def _tables() -> Mapping[str, LiveTable]:
    return program_of({"schema": schema}, "camel").tables


def _catalogued(live: LiveTable, number: int) -> CataloguedTable:
    declared = [
        (BY_CREATION_TIME, ()),
        *((each.name, tuple(map(_path, each.fields))) for each in live.declared.indexes),
    ]
    indexes = {
        name: CataloguedIndex(name, 10 * number + place, (*fields, ("_creationTime",)))
        for place, (name, fields) in enumerate(declared)
    }
    searches = {
        each.name: CataloguedSearch(
            each.name, 10 * number + 5 + place, _path(each.field), tuple(map(_path, each.filter_fields))
        )
        for place, each in enumerate(live.declared.search_indexes)
    }
    return CataloguedTable(live.name, number, indexes, searches)


def _path(field: str) -> tuple[str, ...]:
    return tuple(field.split("."))


class Deployment:
    """`tick`: milliseconds from one transaction to the next. Without any, documents of several are made at once."""

    def __init__(self, store: Store, tick: float = 1.0) -> None:
        self.store = store
        self.tick = tick
        self.tables = _tables()
        self.catalogue = Catalogue({name: _catalogued(live, NUMBERS[name]) for name, live in self.tables.items()})
        self.random = Random(0)
        self.now = NOW
        for table in self.catalogue.tables.values():
            for index in table.indexes.values():
                store.create_index(index.number, table.number)
                for _ in build_index(store, index.number, lambda document, value: b""):
                    pass
            for search in table.searches.values():
                store.create_index(search.number, table.number, IndexKind.TEXT)
                store.finish_index(search.number)

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
        indexes: list[CataloguedIndex | CataloguedSearch] = [*table.indexes.values(), *table.searches.values()]
        keys = tuple(KeyChange(each.number, _key(each, write.old), _key(each, write.new)) for each in indexes)
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


def _key(index: CataloguedIndex | CataloguedSearch, document: dict[str, Value] | None) -> bytes | None:
    return None if document is None else index.key(document)
