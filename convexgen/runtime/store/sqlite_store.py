"""The store in one SQLite file: what `convexgen dev` runs on, and what is there after it was killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from convexgen.runtime.search import Match, TextQuery
from convexgen.runtime.store.commits import Change, Commit
from convexgen.runtime.store.contract import (
    BATCH_ROWS,
    Batch,
    Index,
    IndexKind,
    MissingEntry,
    Order,
    Position,
    StoreClosedError,
)
from convexgen.runtime.store.sql_store import Parameters, SqlRow, SqlStore, key_range
from convexgen.runtime.store.sqlite_file import Durability, StoreFile, failure, leaves_doubts
from convexgen.runtime.store.sqlite_text import find_matches
from convexgen.runtime.store.sqlite_writes import drop_entries, forget, write_commit, write_missing_entries

T = TypeVar("T")


class SqliteStore(SqlStore[sqlite3.Connection]):
    """A `Store`."""

    def __init__(self, path: Path, durability: Durability = Durability.POWER_LOSS) -> None:
        """Open the file, or make it. Raises `StoreError`, of a kind that says why."""
        self._file = StoreFile(path, durability)
        self._failed = False
        try:
            super().__init__()
        except BaseException:
            self._file.close()
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
        where, bounds = key_range("entry.key", "entry.document", lower, upper, order, after)
        sql = f"""
            SELECT entry.key, entry.document, version.ts, version.value
            FROM entries AS entry CROSS JOIN documents AS version
            WHERE entry.index_number = ? AND {where} AND entry.added <= ? AND entry.removed > ?
            AND version.table_number = ? AND version.document = entry.document AND version.ts = (
                SELECT max(ts) FROM documents WHERE table_number = ? AND document = entry.document AND ts <= ?
            )
            ORDER BY entry.key {order}, entry.document {order} LIMIT ?
        """
        parameters = (index, *bounds, snapshot, snapshot, table, table, snapshot, limit + 1)
        return self._read_at(snapshot, sql, parameters, lambda rows: Batch.of(rows, limit))

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
        sql = f"""
            SELECT document, document, max(ts), value FROM documents
            WHERE table_number = ? AND {where} AND ts <= ?
            GROUP BY document HAVING value IS NOT NULL ORDER BY document {order} LIMIT ?
        """
        parameters = (table, *bounds, snapshot, limit + 1)
        return self._read_at(snapshot, sql, parameters, lambda rows: Batch.of(rows, limit))

    def matches(self, index: int, query: TextQuery, snapshot: int) -> list[Match]:
        self._indexes.text_index(index, snapshot)
        return find_matches(index, query, snapshot, partial(self._read_at, snapshot))

    def _read(self, sql: str, parameters: Parameters, collect: Callable[[Iterable[SqlRow]], T]) -> T:
        return self._file.read(sql, parameters, collect)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """When a disk has failed, nobody knows what it has and what only the system believes it has."""
        if self._failed:
            raise StoreClosedError(f"{self._file.path} could not be written and has to be opened again")
        writer = self._file.writer
        try:
            writer.execute("BEGIN IMMEDIATE")
            try:
                yield writer
                writer.execute("COMMIT")
            finally:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
        except sqlite3.Error as error:
            self._failed = leaves_doubts(error)
            raise failure(self._file.path, error) from error

    def _run(self, writer: sqlite3.Connection, sql: str, parameters: Parameters) -> int:
        return writer.execute(sql, parameters).rowcount

    def _write_commit(self, writer: sqlite3.Connection, commit: Commit) -> None:
        write_commit(writer, commit, self._indexes)

    def _first(self, writer: sqlite3.Connection, sql: str, parameters: Parameters) -> SqlRow | None:
        row: SqlRow | None = writer.execute(sql, parameters).fetchone()
        return row

    def _forget(self, writer: sqlite3.Connection, timestamp: int, changes: Sequence[Change]) -> None:
        forget(writer, timestamp, changes, self._indexes.of_text)

    def _write_missing_entries(
        self, writer: sqlite3.Connection, number: int, index: Index, entries: Sequence[MissingEntry]
    ) -> None:
        write_missing_entries(writer, number, index, entries)

    def _drop_entries(self, writer: sqlite3.Connection, number: int, kind: IndexKind, limit: int) -> int:
        return drop_entries(writer, number, kind, limit)

    def _let_go(self) -> None:
        self._file.close()
