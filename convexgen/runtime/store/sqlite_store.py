"""The store in one SQLite file: what `convexgen dev` runs on, and what is there after it was killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar

from convexgen.runtime.search import Match, TextQuery
from convexgen.runtime.store.commit_log import unpack_changes
from convexgen.runtime.store.commits import Commit, LoggedCommit, check_commits
from convexgen.runtime.store.contract import (
    BATCH_ROWS,
    Batch,
    Index,
    IndexKind,
    IndexState,
    MissingEntry,
    Order,
    Position,
    SnapshotUnavailableError,
    StoreClosedError,
    Version,
)
from convexgen.runtime.store.index_catalogue import IndexCatalogue
from convexgen.runtime.store.sqlite_file import Durability, Parameters, SqlRow, StoreFile, failure, leaves_doubts
from convexgen.runtime.store.sqlite_text import find_matches
from convexgen.runtime.store.sqlite_writes import drop_entries, forget_commits, write_commit, write_missing_entries

_GET: Final = """
SELECT ts, value FROM documents WHERE table_number = ? AND document = ? AND ts <= ? ORDER BY ts DESC LIMIT 1
"""

T = TypeVar("T")


class SqliteStore:
    """A `Store`. All of its time is in the file: `latest` is that of the newest commit in the log, or `oldest`."""

    def __init__(self, path: Path, durability: Durability = Durability.POWER_LOSS) -> None:
        """Open the file, or make it. Raises `StoreError`, of a kind that says why."""
        self._file = StoreFile(path, durability)
        self._writing = Lock()
        self._failed = False
        try:
            read = self._file.read
            self._oldest: int = read("SELECT oldest FROM state", (), list)[0][0]
            newest: int | None = read("SELECT max(ts) FROM commits", (), list)[0][0]
            self._latest: int = max(self._oldest, newest or 0)
            rows = read("SELECT index_number, table_number, state, ready_since, kind FROM indexes", (), list)
            self._indexes = IndexCatalogue(
                {
                    number: Index(table, IndexState(state), since, IndexKind(kind))
                    for number, table, state, since, kind in rows
                }
            )
        except BaseException:
            self._file.close()
            raise

    @property
    def latest(self) -> int:
        return self._latest

    @property
    def oldest(self) -> int:
        return self._oldest

    def commit(self, commits: Sequence[Commit]) -> None:
        with self._writing:
            check_commits(commits, self._latest, self._indexes.by_table)
            with self._transaction() as writer:
                for commit in commits:
                    write_commit(writer, commit, self._indexes)
            if commits:
                self._latest = commits[-1].timestamp

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written within is, or nothing. For whoever holds `_writing`.

        When a disk has failed, nobody knows what it has and what only the system believes it has. Then nothing more is
        written; opening the file again finds out.
        """
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

    def get(self, table: int, document: bytes, snapshot: int) -> Version | None:
        rows = self._read_at(snapshot, _GET, (table, document, snapshot), list)
        return Version(*rows[0]) if rows and rows[0][1] is not None else None

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
        where, bounds = _range("entry.key", "entry.document", lower, upper, order, after)
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
        where, bounds = _range("document", "document", lower, upper, order, after)
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

    def log(self, since: int, limit: int) -> tuple[LoggedCommit, ...]:
        sql = "SELECT ts, changes FROM commits WHERE ts > ? ORDER BY ts LIMIT ?"
        rows = self._read_at(since, sql, (since, limit), list)
        return tuple(LoggedCommit(timestamp, unpack_changes(changes)) for timestamp, changes in rows)

    def _read_at(self, snapshot: int, sql: str, parameters: Parameters, collect: Callable[[Iterable[SqlRow]], T]) -> T:
        """Reading waits for nobody, so what was read may have been forgotten meanwhile: then this was no snapshot."""
        if not self._oldest <= snapshot <= self._latest:
            raise SnapshotUnavailableError(snapshot, self._oldest, self._latest)
        found = self._file.read(sql, parameters, collect)
        if snapshot < self._oldest:
            raise SnapshotUnavailableError(snapshot, self._oldest, self._latest)
        return found

    def metadata(self, name: str) -> bytes | None:
        rows: list[tuple[bytes]] = self._file.read("SELECT value FROM metadata WHERE name = ?", (name,), list)
        return rows[0][0] if rows else None

    def expire_metadata(self, prefix: str, before: int, limit: int) -> bool:
        sql = """
            DELETE FROM metadata WHERE name IN (
                SELECT name FROM metadata WHERE ts < ? AND substr(name, 1, ?) = ? ORDER BY ts LIMIT ?
            )
        """
        with self._writing, self._transaction() as writer:
            return writer.execute(sql, (before, len(prefix), prefix, limit)).rowcount == limit

    def prune(self, before: int, limit: int) -> bool:
        with self._writing:
            if before > self._latest:
                raise SnapshotUnavailableError(before, self._oldest, self._latest)
            with self._transaction() as writer:
                if before > self._oldest:
                    writer.execute("UPDATE state SET oldest = ?", (before,))
                    self._oldest = before  # readers must know before anything is gone
                return forget_commits(writer, self._oldest, self._indexes.of_text, limit)

    def indexes(self) -> Mapping[int, Index]:
        return self._indexes.indexes

    def create_index(self, index: int, table: int, kind: IndexKind = IndexKind.ORDERED) -> None:
        with self._writing:
            created = self._indexes.created(index, table, kind)
            if created:
                self._put_index(index, created)

    def _put_index(self, number: int, index: Index) -> None:
        with self._transaction() as writer:
            writer.execute("INSERT OR REPLACE INTO indexes VALUES (?, ?, ?, ?, ?)", (number, *index))
        self._indexes = self._indexes.having(number, index)

    def add_entries(self, index: int, entries: Sequence[MissingEntry]) -> None:
        with self._writing:
            built = self._indexes.being_built(index)
            with self._transaction() as writer:
                write_missing_entries(writer, index, built, entries)

    def finish_index(self, index: int) -> None:
        with self._writing:
            self._put_index(index, self._indexes.finished(index, self._latest))

    def drop_index(self, index: int, limit: int) -> bool:
        with self._writing:
            known = self._indexes.indexes.get(index)
            if known is None:
                return False
            if known.state is not IndexState.DROPPING:
                self._put_index(index, Index(known.table, IndexState.DROPPING, kind=known.kind))
            with self._transaction() as writer:
                more = drop_entries(writer, index, known.kind, limit)
            if not more:
                self._indexes = self._indexes.without(index)
            return more

    def close(self) -> None:
        with self._writing:
            self._file.close()


def _range(
    key: str, document: str, lower: bytes, upper: bytes, order: Order, after: Position | None
) -> tuple[str, Parameters]:
    """The condition of a scan, and its parameters. It bounds the key once from each side, for SQLite seeks but one."""
    if after is None or (after.key < lower if order == "asc" else after.key >= upper):
        return f"{key} >= ? AND {key} < ?", (lower, upper)
    if order == "asc":
        return f"{key} >= ? AND {key} < ? AND ({key}, {document}) > (?, ?)", (after.key, upper, *after)
    return f"{key} >= ? AND {key} <= ? AND ({key}, {document}) < (?, ?)", (lower, after.key, *after)
