"""The store in a PostgreSQL database: for a backend whose machine may go, and whose data are looked after elsewhere.

There is one backend at a time all the same: what it knows of the newest commits is in its memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final, TypeVar

import psycopg

from convexgen.runtime.search import Match, TextQuery
from convexgen.runtime.store.commits import Change, Commit
from convexgen.runtime.store.contract import (
    BATCH_BYTES,
    BATCH_ROWS,
    Batch,
    Index,
    IndexKind,
    MissingEntry,
    Order,
    Position,
    StoreClosedError,
)
from convexgen.runtime.store.postgres_database import PREFIX, Cursor, PostgresDatabase, failure, placed
from convexgen.runtime.store.postgres_text import find_matches
from convexgen.runtime.store.postgres_writes import (
    drop_entries,
    forget,
    write_commit,
    write_missing_entries,
)
from convexgen.runtime.store.sql_store import Parameters, SqlRow, SqlStore, key_range

T = TypeVar("T")

_BATCH: Final = f"""
SELECT key, document, ts, CASE WHEN before < {BATCH_BYTES} THEN value END
FROM (
    SELECT *,
        coalesce(sum(octet_length(value)) OVER (ordered ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
            AS before,
        coalesce(sum(octet_length(value)) OVER (ordered ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING), 0)
            AS long_before
    FROM ({{rows}}) AS found
    WINDOW ordered AS (ORDER BY {{order}})
) AS measured
WHERE long_before < {BATCH_BYTES} ORDER BY {{order}}
"""
"""Of rows in an order those that a batch has room for, and the next one without its value: it says there is more."""


class PostgresStore(SqlStore[Cursor]):
    """A `Store`. Commits are as durable as the server makes them (its `synchronous_commit`)."""

    def __init__(self, url: str) -> None:
        """Open the database, and make the tables if there are none. Raises `StoreError`, of a kind that says why."""
        self._database = PostgresDatabase(url)
        try:
            super().__init__()
        except BaseException:
            self._database.close()
            raise

    def scan(
        self,
        index: int,
        lower: bytes,
        upper: bytes,
        snapshot: int,
        *,
        order: Order = "asc",
        after: Position | None = None,
        limit: int = BATCH_ROWS,
    ) -> Batch:
        table = self._indexes.table_to_scan(index, snapshot)
        where, bounds = _entry_range(lower, upper, order, after)
        in_order = f"prefix {order}, key {order}, document {order}"
        rows = f"""
            SELECT entry.prefix, entry.key, entry.document, version.ts, version.value
            FROM (
                SELECT * FROM entries
                WHERE index_number = ? AND {where} AND added <= ? AND removed > ? ORDER BY {in_order} LIMIT ?
            ) AS entry
            CROSS JOIN LATERAL (
                SELECT ts, value FROM documents
                WHERE table_number = ? AND document = entry.document AND ts <= ? ORDER BY ts DESC LIMIT 1
            ) AS version
        """
        parameters = (index, *bounds, snapshot, snapshot, limit + 1, table, snapshot)
        return self._batch(snapshot, rows, in_order, parameters, limit)

    def scan_table(
        self,
        table: int,
        lower: bytes,
        upper: bytes,
        snapshot: int,
        *,
        order: Order = "asc",
        after: Position | None = None,
        limit: int = BATCH_ROWS,
    ) -> Batch:
        where, bounds = key_range("document", "document", lower, upper, order, after)
        in_order = f"document {order}"
        rows = f"""
            SELECT document AS key, document, ts, value FROM documents AS version
            WHERE table_number = ? AND {where} AND ts = (
                SELECT max(ts) FROM documents
                WHERE table_number = version.table_number AND document = version.document AND ts <= ?
            )
            AND value IS NOT NULL ORDER BY {in_order} LIMIT ?
        """
        return self._batch(snapshot, rows, in_order, (table, *bounds, snapshot, limit + 1), limit)

    def _batch(self, snapshot: int, rows: str, order: str, parameters: Parameters, limit: int) -> Batch:
        sql = _BATCH.format(rows=rows, order=order)
        return self._read_at(snapshot, sql, parameters, lambda found: Batch.of(found, limit))

    def matches(self, index: int, query: TextQuery, snapshot: int) -> list[Match]:
        self._indexes.text_index(index, snapshot)
        return find_matches(index, query, snapshot, partial(self._read_at, snapshot))

    def _read(self, sql: str, parameters: Parameters, collect: Callable[[Iterable[SqlRow]], T]) -> T:
        return self._database.read(sql, parameters, collect)

    @contextmanager
    def _transaction(self) -> Iterator[Cursor]:
        """When the connection is lost, nobody knows whether the server has heard of the end of the transaction."""
        writer = self._database.writer
        if writer.closed:
            raise StoreClosedError(f"the connection to {self._database.name} was lost, and it has to be opened again")
        try:
            with writer.transaction(), writer.cursor() as cursor:
                yield cursor
        except psycopg.Error as error:
            raise failure(self._database.name, error) from error

    def _run(self, writer: Cursor, sql: str, parameters: Parameters) -> int:
        return writer.execute(placed(sql), parameters).rowcount

    def _write_commit(self, writer: Cursor, commit: Commit) -> None:
        write_commit(writer, commit, self._indexes)

    def _first(self, writer: Cursor, sql: str, parameters: Parameters) -> SqlRow | None:
        return writer.execute(placed(sql), parameters).fetchone()

    def _forget(self, writer: Cursor, timestamp: int, changes: Sequence[Change]) -> None:
        forget(writer, timestamp, changes, self._indexes.of_text)

    def _write_missing_entries(
        self, writer: Cursor, number: int, index: Index, entries: Sequence[MissingEntry]
    ) -> None:
        write_missing_entries(writer, number, index, entries)

    def _drop_entries(self, writer: Cursor, number: int, kind: IndexKind, limit: int) -> int:
        return drop_entries(writer, number, kind, limit)

    def _let_go(self) -> None:
        self._database.close()


def _entry_range(lower: bytes, upper: bytes, order: Order, after: Position | None) -> tuple[str, Parameters]:
    """The condition of a scan of entries: what holds for keys, and what of it the index knows, which has prefixes.

    A key that is shorter than those is its own prefix, so that the index knows where to go on behind it.
    """
    where, bounds = key_range("key", "document", lower, upper, order, after)
    low, high = bounds[:2]
    assert isinstance(low, bytes) and isinstance(high, bytes)  # the first two bound the key
    if after is not None and len(after.key) < PREFIX:
        where = where.replace("(key, document)", "(prefix, document)")
    return f"prefix >= ? AND prefix <= ? AND {where}", (low[:PREFIX], high[:PREFIX], *bounds)
