"""What stores in SQL databases have in common: their time, their indexes, one writer at a time, reading at a snapshot.

Each keeps the same tables. SQL that stands here is understood by all of them; parameters are written `?`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Lock
from typing import Any, Final, Generic, TypeAlias, TypeVar

from convexgen.runtime.store.commit_log import unpack_changes
from convexgen.runtime.store.commits import Change, Commit, LoggedCommit, check_commits
from convexgen.runtime.store.contract import (
    Index,
    IndexKind,
    IndexState,
    MissingEntry,
    Order,
    Position,
    SnapshotUnavailableError,
    Version,
)
from convexgen.runtime.store.index_catalogue import IndexCatalogue

Parameters: TypeAlias = tuple[object, ...]
SqlRow: TypeAlias = tuple[Any, ...]
T = TypeVar("T")
Writer = TypeVar("Writer")
"""What a transaction writes with."""

_GET: Final = """
SELECT ts, value FROM documents WHERE table_number = ? AND document = ? AND ts <= ? ORDER BY ts DESC LIMIT 1
"""
_OLDEST_COMMIT: Final = "SELECT ts, changes FROM commits WHERE ts <= ? ORDER BY ts LIMIT 1"
_EXPIRE: Final = """
DELETE FROM metadata WHERE name IN (
    SELECT name FROM metadata WHERE ts < ? AND substr(name, 1, ?) = ? ORDER BY ts LIMIT ?
)
"""
_PUT_INDEX: Final = """
INSERT INTO indexes (index_number, table_number, state, ready_since, kind) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (index_number) DO UPDATE
SET table_number = excluded.table_number, state = excluded.state, ready_since = excluded.ready_since,
    kind = excluded.kind
"""


class SqlStore(ABC, Generic[Writer]):
    """A `Store` but for scans and searches. All of its time is in the database: `latest` is that of the newest commit
    in the log, or `oldest`.

    What derives from it opens the database first, and then lets this find out what is there.
    """

    def __init__(self) -> None:
        self._writing = Lock()
        self._oldest: int = self._read("SELECT oldest FROM state", (), list)[0][0]
        newest: int | None = self._read("SELECT max(ts) FROM commits", (), list)[0][0]
        self._latest: int = max(self._oldest, newest or 0)
        rows = self._read("SELECT index_number, table_number, state, ready_since, kind FROM indexes", (), list)
        self._indexes = IndexCatalogue(
            {
                number: Index(table, IndexState(state), since, IndexKind(kind))
                for number, table, state, since, kind in rows
            }
        )

    # What each database does in its own way

    @abstractmethod
    def _read(self, sql: str, parameters: Parameters, collect: Callable[[Iterable[SqlRow]], T]) -> T:
        """What `collect` makes of the rows of one statement, which sees one state of the database."""

    @abstractmethod
    def _transaction(self) -> AbstractContextManager[Writer]:
        """All that is written within is, or nothing. For whoever holds `_writing`.

        Raises `StoreClosedError` after a failure of which nobody knows what it has left behind: opening the database
        again finds out.
        """

    @abstractmethod
    def _run(self, writer: Writer, sql: str, parameters: Parameters) -> int:
        """Run one statement, and give the number of rows that it has changed."""

    @abstractmethod
    def _write_commit(self, writer: Writer, commit: Commit) -> None:
        """Raises `InvalidCommitError` with some of it written."""

    @abstractmethod
    def _first(self, writer: Writer, sql: str, parameters: Parameters) -> SqlRow | None:
        """The first row of one statement, None if it has none."""

    @abstractmethod
    def _forget(self, writer: Writer, timestamp: int, changes: Sequence[Change]) -> None:
        """Forget what was true until this commit: the versions before it, deletions themselves, and entries that it
        removed.
        """

    @abstractmethod
    def _write_missing_entries(
        self, writer: Writer, number: int, index: Index, entries: Sequence[MissingEntry]
    ) -> None:
        """Add those whose version is still the newest, unless they are there."""

    @abstractmethod
    def _drop_entries(self, writer: Writer, number: int, kind: IndexKind, limit: int) -> int:
        """Forget some entries of an index, and give how many."""

    @abstractmethod
    def _let_go(self) -> None:
        """Let go of the database, once."""

    # What is the same in all

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
                    self._write_commit(writer, commit)
            if commits:
                self._latest = commits[-1].timestamp

    def get(self, table: int, document: bytes, snapshot: int) -> Version | None:
        rows = self._read_at(snapshot, _GET, (table, document, snapshot), list)
        return Version(*rows[0]) if rows and rows[0][1] is not None else None

    def log(self, since: int, limit: int) -> tuple[LoggedCommit, ...]:
        sql = "SELECT ts, changes FROM commits WHERE ts > ? ORDER BY ts LIMIT ?"
        rows = self._read_at(since, sql, (since, limit), list)
        return tuple(LoggedCommit(timestamp, unpack_changes(changes)) for timestamp, changes in rows)

    def _read_at(self, snapshot: int, sql: str, parameters: Parameters, collect: Callable[[Iterable[SqlRow]], T]) -> T:
        """Reading waits for nobody, so what was read may have been forgotten meanwhile: then this was no snapshot."""
        if not self._oldest <= snapshot <= self._latest:
            raise SnapshotUnavailableError(snapshot, self._oldest, self._latest)
        found = self._read(sql, parameters, collect)
        if snapshot < self._oldest:
            raise SnapshotUnavailableError(snapshot, self._oldest, self._latest)
        return found

    def metadata(self, name: str) -> bytes | None:
        rows: list[tuple[bytes]] = self._read("SELECT value FROM metadata WHERE name = ?", (name,), list)
        return rows[0][0] if rows else None

    def expire_metadata(self, prefix: str, before: int, limit: int) -> bool:
        with self._writing, self._transaction() as writer:
            return self._run(writer, _EXPIRE, (before, len(prefix), prefix, limit)) == limit

    def prune(self, before: int, limit: int) -> bool:
        with self._writing:
            if before > self._latest:
                raise SnapshotUnavailableError(before, self._oldest, self._latest)
            with self._transaction() as writer:
                if before > self._oldest:
                    self._run(writer, "UPDATE state SET oldest = ?", (before,))
                    self._oldest = before  # readers must know before anything is gone
                return self._forget_commits(writer, limit)

    def _forget_commits(self, writer: Writer, limit: int) -> bool:
        """Forget the log up to `oldest`, with what those commits replaced and removed. True if some of it is left."""
        seen = 0
        while seen < limit:
            row = self._first(writer, _OLDEST_COMMIT, (self._oldest,))
            if row is None:
                return False
            timestamp, changes = row[0], unpack_changes(row[1])
            self._forget(writer, timestamp, changes)
            self._run(writer, "DELETE FROM commits WHERE ts = ?", (timestamp,))
            seen += max(len(changes), 1)
        return True

    def indexes(self) -> Mapping[int, Index]:
        return self._indexes.indexes

    def create_index(self, index: int, table: int, kind: IndexKind = IndexKind.ORDERED) -> None:
        with self._writing:
            created = self._indexes.created(index, table, kind)
            if created:
                self._put_index(index, created)

    def _put_index(self, number: int, index: Index) -> None:
        with self._transaction() as writer:
            self._run(writer, _PUT_INDEX, (number, *index))
        self._indexes = self._indexes.having(number, index)

    def add_entries(self, index: int, entries: Sequence[MissingEntry]) -> None:
        with self._writing:
            built = self._indexes.being_built(index)
            with self._transaction() as writer:
                self._write_missing_entries(writer, index, built, entries)

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
                more = self._drop_entries(writer, index, known.kind, limit) == limit
                if not more:
                    self._run(writer, "DELETE FROM indexes WHERE index_number = ?", (index,))
            if not more:
                self._indexes = self._indexes.without(index)
            return more

    def close(self) -> None:
        with self._writing:
            self._let_go()


def key_range(
    key: str, document: str, lower: bytes, upper: bytes, order: Order, after: Position | None
) -> tuple[str, Parameters]:
    """The condition of a scan, and its parameters. It bounds the key once from each side, for SQLite seeks but one."""
    if after is None or (after.key < lower if order == "asc" else after.key >= upper):
        return f"{key} >= ? AND {key} < ?", (lower, upper)
    if order == "asc":
        return f"{key} >= ? AND {key} < ? AND ({key}, {document}) > (?, ?)", (after.key, upper, *after)
    return f"{key} >= ? AND {key} <= ? AND ({key}, {document}) < (?, ?)", (lower, after.key, *after)
