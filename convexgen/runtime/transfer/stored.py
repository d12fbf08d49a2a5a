"""All documents of a table at a snapshot, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.runtime.store import END_OF_DOCUMENTS, Position, Row, Store


def rows_of(store: Store, table: int, snapshot: int) -> Iterator[Row]:
    """In the order of their ids. The snapshot has to stay readable for as long as this is used."""
    after: Position | None = None
    while True:
        batch = store.scan_table(table, b"", END_OF_DOCUMENTS, snapshot, after=after)
        yield from batch.rows
        after = batch.after
        if after is None:
            return


def is_empty(store: Store, table: int, snapshot: int) -> bool:
    return not store.scan_table(table, b"", END_OF_DOCUMENTS, snapshot, limit=1).rows
