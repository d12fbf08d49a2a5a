"""The orders in which documents of a table can be gone through: that of an index, or that of ids."""

from __future__ import annotations

from dataclasses import dataclass

from convexgen.runtime.catalogue import BY_ID, CataloguedIndex, CataloguedTable
from convexgen.runtime.store import END_OF_DOCUMENTS, Batch, Order, Position, Store
from convexgen.runtime.values import Interval, Value

WHOLE_TABLE = Interval(b"", END_OF_DOCUMENTS)
"""All ids of a table. They may begin with any byte, so `EVERYTHING`, which is for keys of indexes, has not all."""


@dataclass(frozen=True, slots=True)
class AccessPath:
    """A table by one of its indexes; without one by id, whose sixteen bytes are then the keys."""

    table: CataloguedTable
    index: CataloguedIndex | None

    @classmethod
    def of(cls, table: CataloguedTable, index: str) -> AccessPath:
        """The path by the index of this name. Raises `ValueError` if the table has none."""
        if index == BY_ID:
            return cls(table, None)
        if index not in table.indexes:
            raise ValueError(f"the table {table.name!r} has no index {index!r}")
        return cls(table, table.indexes[index])

    def position(self, document: bytes, value: dict[str, Value]) -> Position:
        """Where a document stands."""
        return Position(document if self.index is None else self.index.key(value), document)

    def batch(
        self, store: Store, interval: Interval, snapshot: int, order: Order, after: Position | None, limit: int
    ) -> Batch:
        """The next rows of the store beyond `after`."""
        lower, upper = interval.start, interval.end
        if self.index is None:
            return store.scan_table(self.table.number, lower, upper, snapshot, order=order, after=after, limit=limit)
        return store.scan(self.index.number, lower, upper, snapshot, order=order, after=after, limit=limit)
