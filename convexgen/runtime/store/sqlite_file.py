"""The file of an SQLite store: opening it, keeping others out, its tables, and what can be wrong with it.

Beside the file lie SQLite's own `-wal` and `-shm`, which belong to it, and `-lock`, which a process holds while the
store is open. It is an SQLite database too, an empty one: SQLite knows how to lock files on every system, and a process
that dies lets go.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar

from convexgen.runtime.store.contract import (
    StoreClosedError,
    StoreCorruptError,
    StoreError,
    StoreInUseError,
    StoreVersionError,
)
from convexgen.runtime.store.sql_store import Parameters, SqlRow

T = TypeVar("T")

_APPLICATION: Final = 0x43764731
"""What SQLite's header says that the file is."""
_TABLES: Final = """
CREATE TABLE state (oldest INTEGER NOT NULL);
INSERT INTO state VALUES (0);

CREATE TABLE commits (ts INTEGER PRIMARY KEY, changes BLOB NOT NULL);

CREATE TABLE documents (table_number INTEGER NOT NULL, document BLOB NOT NULL, ts INTEGER NOT NULL, value BLOB);
CREATE UNIQUE INDEX documents_by_version ON documents (table_number, document, ts);

CREATE TABLE entries (
    index_number INTEGER NOT NULL,
    key BLOB NOT NULL,
    document BLOB NOT NULL,
    added INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    PRIMARY KEY (index_number, key, document, added)
) WITHOUT ROWID;

CREATE TABLE indexes (
    index_number INTEGER PRIMARY KEY, table_number INTEGER NOT NULL, state TEXT NOT NULL, ready_since INTEGER
);

CREATE TABLE metadata (name TEXT PRIMARY KEY, ts INTEGER NOT NULL, value BLOB NOT NULL);
CREATE INDEX metadata_by_ts ON metadata (ts);
"""
# Documents lie in the order in which they were written, whatever their random ids are: a commit touches few pages, and
# whoever reads by time of creation reads neighbours. Entries are small and lie in their order. An entry is seen from
# its `added` up to, but not including, its `removed`, which is LAST_TIMESTAMP until it is known.

_SEARCH_TABLES: Final = """
ALTER TABLE indexes ADD COLUMN kind TEXT NOT NULL DEFAULT 'ordered';

CREATE TABLE text_entries (
    entry INTEGER PRIMARY KEY,
    index_number INTEGER NOT NULL,
    document BLOB NOT NULL,
    added INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    created REAL NOT NULL,
    length INTEGER NOT NULL,
    filters BLOB NOT NULL
);
CREATE UNIQUE INDEX text_entries_by_document ON text_entries (index_number, document, added);

CREATE VIRTUAL TABLE text_words USING fts5(words, tokenize = 'ascii', columnsize = 0);
CREATE VIRTUAL TABLE text_places USING fts5vocab(text_words, 'instance');
"""
# Of a text index, `text_entries` has what `entries` has of others, and `text_words` under the same number the words. In
# front of each stands the number of the index, so that indexes do not meet. FTS5 keeps them by word, and writes those
# of a commit to a page or two instead of one for each. `text_places` says which entries have a word, and how often.

_STEPS: Final = (_TABLES, _SEARCH_TABLES)
"""What makes a file of each version from one of the version before: of the tables, and of the bytes in them."""
_VERSION: Final = len(_STEPS)

_WRITER_CACHE, _READER_CACHE = 32, 8
"""MiB of pages that a connection keeps."""
_KEPT_LOG: Final = 64 * 2**20
"""Bytes that the write-ahead log is cut back to after it has been larger."""


class Durability(Enum):
    """What a commit that was acknowledged survives. Whichever it is, the file stays whole.

    With POWER_LOSS each commit waits until the disk has it (SQLite's `synchronous=FULL`; of the write-ahead log only,
    and once for all commits that are written together). With CRASH it waits until the system has it: it survives the
    end of the process, however sudden, but the last commits before a power failure may be lost (`synchronous=NORMAL`).
    """

    POWER_LOSS = "FULL"
    CRASH = "NORMAL"


class StoreFile:
    """The connections to one open file: one that writes, and as many that read as there are threads reading at once."""

    def __init__(self, path: Path, durability: Durability) -> None:
        """Raises `StoreInUseError`, `StoreVersionError`, `StoreCorruptError` or plain `StoreError`."""
        self.path = path.resolve()
        self._closed = False
        self._idle_readers: deque[sqlite3.Connection] = deque()
        with ExitStack() as opened:
            self._lock = opened.enter_context(closing(_lock(self.path)))
            try:
                self._writer = opened.enter_context(closing(self._connect(_WRITER_CACHE)))
                self._set_up(durability)
            except sqlite3.Error as error:
                raise failure(self.path, error) from error
            opened.pop_all()

    def _connect(self, cache: int, *settings: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None, check_same_thread=False)
        try:
            for setting in (f"cache_size = {-cache * 1024}", *settings):
                connection.execute(f"PRAGMA {setting}")
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def writer(self) -> sqlite3.Connection:
        """For one thread at a time. Raises `StoreClosedError`."""
        if self._closed:
            raise closed(self.path)
        return self._writer

    def _set_up(self, durability: Durability) -> None:
        """Make the tables that a new file or an older one lacks, and see to it that commits are as durable as they
        should be.
        """
        writer = self._writer
        self._check_version()
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute(f"PRAGMA synchronous = {durability.value}")
        writer.execute("PRAGMA fullfsync = ON")  # macOS: through the cache of the disk too, or FULL would not be
        writer.execute(f"PRAGMA journal_size_limit = {_KEPT_LOG}")
        missing = _STEPS[writer.execute("PRAGMA user_version").fetchone()[0] :]
        if missing:
            steps = " ".join(missing)
            writer.executescript(
                f"BEGIN; {steps} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION}; COMMIT;"
            )

    def _check_version(self) -> None:
        """Raises `StoreVersionError` unless the file is ours or empty. Nothing is written to somebody else's file."""
        execute = self._writer.execute
        application, version = (execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        if application == _APPLICATION and not 0 < version <= _VERSION:
            raise StoreVersionError(
                f"{self.path} is a store of version {version}, and this convexgen reads version {_VERSION}"
            )
        if application != _APPLICATION and (version or execute("SELECT 1 FROM sqlite_master").fetchone()):
            raise StoreVersionError(f"{self.path} is an SQLite database, but not a store of convexgen")

    def read(self, sql: str, parameters: Parameters, collect: Callable[[Iterable[SqlRow]], T]) -> T:
        """What `collect` makes of the rows of one statement. It need not take them all."""
        if self._closed:
            raise closed(self.path)
        try:
            connection = self._take_reader()
            try:
                with closing(connection.cursor()) as rows:  # left open, it would go on seeing the file as it is now
                    return collect(rows.execute(sql, parameters))
            finally:
                self._idle_readers.append(connection)
        except sqlite3.Error as error:
            raise failure(self.path, error) from error

    def _take_reader(self) -> sqlite3.Connection:
        try:
            return self._idle_readers.pop()
        except IndexError:
            return self._connect(_READER_CACHE, "query_only = ON")

    def close(self) -> None:
        """The writer goes last: it moves what is in the write-ahead log into the file."""
        if self._closed:
            return
        self._closed = True
        while self._idle_readers:
            self._idle_readers.pop().close()
        self._writer.close()
        self._lock.close()


def _lock(path: Path) -> sqlite3.Connection:
    """Hold the lock of the file until the connection is closed. The folder is made if need be."""
    lock = path.with_name(path.name + "-lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(lock, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise failure(path, error) from error
    return connection


def failure(path: Path, error: sqlite3.Error | OSError) -> StoreError:
    """What the system or SQLite has against the file, as an error of ours."""
    code = _code(error)
    if code == sqlite3.SQLITE_BUSY:
        return StoreInUseError(f"{path} is in use by another process; only one can have a store open")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StoreCorruptError(f"{path} is damaged or not a store ({error}); restore it from a backup")
    return StoreError(f"{path} cannot be used: {error}")


def leaves_doubts(error: sqlite3.Error) -> bool:
    """Whether what the file holds after it is not certain to be what it held before."""
    return _code(error) in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _code(error: BaseException) -> int:
    """What kind of error of SQLite it is, without the particulars; a general one for those of the module itself."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF


def closed(path: Path) -> StoreClosedError:
    return StoreClosedError(f"{path} is closed")
