"""Building an index of a table that has documents already, a little at a time, while commits go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from convexgen.runtime.store.contract import BATCH_ROWS, END_OF_DOCUMENTS, MissingEntry, Position, Store


def build_index(
    store: Store, index: int, key_of: Callable[[bytes, bytes], bytes], rows: int = BATCH_ROWS
) -> Iterator[int]:
    """Add the documents of the table to an index that was created, and finish it.

    `key_of` makes a key of a document's id and value. Gives the number of documents seen after each batch, so that the
    caller decides what happens in between. What was left off half-way begins anew; what is there already is no harm.
    """
    table = store.indexes()[index].table
    after: Position | None = None
    seen = 0
    while True:
        # Each batch is read at a newer snapshot. A document that was changed in between is not added here: the commit
        # that changed it has told of the index.
        batch = store.scan_table(table, b"", END_OF_DOCUMENTS, store.latest, after=after, limit=rows)
        store.add_entries(
            index, [MissingEntry(row.document, row.timestamp, key_of(row.document, row.value)) for row in batch.rows]
        )
        seen += len(batch.rows)
        yield seen
        if batch.after is None:
            break
        after = batch.after
    store.finish_index(index)
