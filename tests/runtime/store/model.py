"""What a store should hold, as one dictionary for each snapshot; and the commits that bring that about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from convexgen.runtime.store.commits import Commit, KeyChange, Write
from convexgen.runtime.store.contract import END_OF_DOCUMENTS, Order, Position, Row, Store

TABLE, OTHER_TABLE = 10_001, 10_002
BY_START, BY_END = 1, 2
END = b"\xff"
"""Above all keys of these indexes."""


def identity(number: int) -> bytes:
    """The id of a document: ids do not have the order of the numbers."""
    return (number * 37 % 256).to_bytes(1, "big") + number.to_bytes(15, "big")


def key_of(index: int, value: bytes) -> bytes:
    """Keys of one byte, so that documents share them."""
    return value[:1] if index == BY_START else value[-1:]


class Document(NamedTuple):
    timestamp: int
    value: bytes


class Model:
    """A table with indexes: `snapshots` has all of its documents for each timestamp."""

    def __init__(self, indexes: Iterable[int] = (BY_START, BY_END)) -> None:
        self.indexes = set(indexes)
        self.snapshots: dict[int, dict[bytes, Document]] = {0: {}}

    @property
    def latest(self) -> int:
        return max(self.snapshots)

    def commit(
        self, changes: Mapping[int, bytes | None], metadata: Mapping[str, bytes | None] | None = None, step: int = 10
    ) -> Commit:
        """The commit after which the documents of these numbers have these values, None for those that are deleted."""
        documents = dict(self.snapshots[self.latest])
        timestamp = self.latest + step
        writes = []
        for number, value in changes.items():
            document = identity(number)
            before = documents.pop(document, None)
            if before is None and value is None:
                continue
            keys = [self._key_change(index, before, value) for index in sorted(self.indexes)]
            writes.append(Write(TABLE, document, value, before and before.timestamp, tuple(keys)))
            if value is not None:
                documents[document] = Document(timestamp, value)
        self.snapshots[timestamp] = documents
        return Commit(timestamp, tuple(writes), metadata or {})

    @staticmethod
    def _key_change(index: int, before: Document | None, value: bytes | None) -> KeyChange:
        old = None if before is None else key_of(index, before.value)
        return KeyChange(index, old, None if value is None else key_of(index, value))

    def scan(self, index: int, lower: bytes, upper: bytes, snapshot: int, order: Order = "asc") -> list[Row]:
        rows = (
            Row(key_of(index, document.value), name, document.timestamp, document.value)
            for name, document in self.snapshots[snapshot].items()
        )
        return sorted((row for row in rows if lower <= row.key < upper), reverse=order == "desc")

    def scan_table(self, lower: bytes, upper: bytes, snapshot: int, order: Order = "asc") -> list[Row]:
        rows = (Row(name, name, *document) for name, document in self.snapshots[snapshot].items())
        return sorted((row for row in rows if lower <= row.key < upper), reverse=order == "desc")


def scan_all(
    store: Store,
    index: int,
    snapshot: int,
    lower: bytes = b"",
    upper: bytes = END,
    order: Order = "asc",
    limit: int = 3,
) -> list[Row]:
    """A whole scan, in batches of at most `limit`, each of which has as much as it may."""
    found: list[Row] = []
    after: Position | None = None
    while True:
        batch = store.scan(index, lower, upper, snapshot, order=order, after=after, limit=limit)
        found += batch.rows
        if batch.after is None:
            return found
        assert len(batch.rows) == limit
        assert batch.after == batch.rows[-1].position
        after = batch.after


def scan_whole_table(store: Store, snapshot: int, order: Order = "asc", limit: int = 3) -> list[Row]:
    found: list[Row] = []
    after: Position | None = None
    while True:
        batch = store.scan_table(TABLE, b"", END_OF_DOCUMENTS, snapshot, order=order, after=after, limit=limit)
        found += batch.rows
        if batch.after is None:
            return found
        assert len(batch.rows) == limit
        after = batch.after


def with_indexes(store: Store, *indexes: int) -> Store:
    """The store, with finished indexes of the table."""
    for index in indexes:
        store.create_index(index, TABLE)
        store.finish_index(index)
    return store
