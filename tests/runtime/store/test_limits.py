"""Many documents and many threads: memory is that of a batch, and every reader sees one moment."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from convexgen.runtime.store.commits import Commit, KeyChange, Write
from convexgen.runtime.store.contract import (
    END_OF_DOCUMENTS,
    Batch,
    IndexKind,
    Position,
    SnapshotUnavailableError,
    Store,
)
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.store.sqlite_store import SqliteStore
from tests.runtime.store.model import BY_END, BY_START, END, TABLE, identity, with_indexes
from tests.runtime.store.unstoppable_writer import DOCUMENTS, OF_WORDS, commit, value_of

MANY = 40_000
ROWS = 50
VALUE = b"x" * 100


def fill(store: Store) -> None:
    """Many documents, with several megabytes between them."""
    for start in range(0, MANY, 5_000):
        writes = (
            Write(TABLE, identity(each), VALUE, None, (KeyChange(BY_START, None, each.to_bytes(4, "big")),))
            for each in range(start, start + 5_000)
        )
        store.commit([Commit(store.latest + 1, tuple(writes))])


def test_the_memory_of_a_scan_is_that_of_a_batch(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "store.sqlite3", Durability.CRASH)) as store:
        with_indexes(store, BY_START)
        fill(store)
        snapshot = store.latest
        store.scan(BY_START, b"", END, snapshot, limit=1)
        tracemalloc.start()
        try:
            seen = count_rows(lambda after: store.scan(BY_START, b"", END, snapshot, after=after, limit=ROWS))
            seen_of_table = count_rows(
                lambda after: store.scan_table(TABLE, b"", END_OF_DOCUMENTS, snapshot, order="desc", after=after)
            )
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (seen, seen_of_table) == (MANY, MANY)
    assert peak < 2**20


def count_rows(scan: Callable[[Position | None], Batch]) -> int:
    seen = 0
    batch = scan(None)
    while batch.after is not None:
        seen += len(batch.rows)
        batch = scan(batch.after)
    return seen + len(batch.rows)


def test_readers_see_one_moment_while_others_write_and_forget(store: Store) -> None:
    store.drop_index(BY_END, 10)
    store.create_index(OF_WORDS, TABLE, IndexKind.TEXT)
    store.finish_index(OF_WORDS)
    store.commit([commit(1, None)])

    def read() -> int:
        reads = 0
        while store.latest < 300:
            snapshot = store.latest
            try:
                rows = store.scan(BY_START, b"", END, snapshot).rows
                table = store.scan_table(TABLE, b"", END_OF_DOCUMENTS, snapshot).rows
            except SnapshotUnavailableError:
                continue
            assert [row.value for row in rows + table] == [value_of(snapshot)] * DOCUMENTS * 2
            reads += 1
        return reads

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read) for _ in range(3)]
        for number in range(2, 301):
            store.commit([commit(number, number - 1)])
            store.prune(number - 1, 5)
        assert sum(each.result(60) for each in reading) > 0
