"""The PostgreSQL database of a store: its connections, its tables, and what can be wrong with it.

The tables lie in a schema of their own, so that a database may be shared with whatever else an operator keeps there.
One process at a time has the store open: it holds an advisory lock on the connection that it writes through. If that
connection is lost, so is the lock, and somebody else may be the writer now; so it is never replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final, TypeAlias, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolTimeout

from convexgen.runtime.store.contract import (
    StoreClosedError,
    StoreCorruptError,
    StoreError,
    StoreInUseError,
    StoreVersionError,
)
from convexgen.runtime.store.sql_store import Parameters, SqlRow

T = TypeVar("T")
Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]

PREFIX: Final = 2000
"""Bytes of a key that an index of PostgreSQL has: a row of one cannot be larger than a third of a page."""
_SCHEMA: Final = "convexgen"
_VERSION: Final = 1
"""Of the tables, and of the bytes in them."""
_LOCK: Final = 0x43764731
_PATIENCE: Final = 5
"""Seconds to wait for the lock of a process that has just died, and for a server to answer."""
_READERS: Final = 16
"""Connections that read, at most."""
_LINK: Final[dict[str, Any]] = {
    "autocommit": True,
    "application_name": "convexgen",
    "client_encoding": "UTF8",
    "target_session_attrs": "read-write",
    "connect_timeout": _PATIENCE,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""How each connection is made, whatever the URL says: never to a standby, which could be read and not written, and
so that a server whose machine has gone without a word is missed within half a minute.
"""
_TABLES: Final = f"""
CREATE TABLE state (version integer NOT NULL, oldest bigint NOT NULL);
INSERT INTO state VALUES ({_VERSION}, 0);

CREATE TABLE commits (ts bigint PRIMARY KEY, changes bytea NOT NULL);

CREATE TABLE documents (
    table_number bigint, document bytea, ts bigint, value bytea, PRIMARY KEY (table_number, document, ts)
);

CREATE TABLE entries (
    index_number bigint,
    key bytea NOT NULL,
    document bytea,
    added bigint,
    removed bigint NOT NULL,
    prefix bytea GENERATED ALWAYS AS (substr(key, 1, {PREFIX})) STORED,
    UNIQUE (index_number, prefix, document, added)
);

CREATE TABLE indexes (
    index_number bigint PRIMARY KEY,
    table_number bigint NOT NULL,
    state text NOT NULL,
    ready_since bigint,
    kind text NOT NULL
);

CREATE TABLE metadata (name text COLLATE "C" PRIMARY KEY, ts bigint NOT NULL, value bytea NOT NULL);
CREATE INDEX metadata_by_ts ON metadata (ts);

CREATE TABLE text_entries (
    entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    index_number bigint NOT NULL,
    document bytea NOT NULL,
    added bigint NOT NULL,
    removed bigint NOT NULL,
    created double precision NOT NULL,
    length integer NOT NULL,
    filters bytea NOT NULL,
    UNIQUE (index_number, document, added)
);

CREATE TABLE text_words (
    index_number bigint,
    word bytea,
    entry bigint REFERENCES text_entries ON DELETE CASCADE,
    count integer NOT NULL,
    PRIMARY KEY (index_number, word, entry)
);
CREATE INDEX text_words_by_entry ON text_words (entry);
"""
# An entry is seen from its `added` up to, but not including, its `removed`, which is LAST_TIMESTAMP until it is known.
# The prefix of a key brings entries nearly into their order; what stands behind it decides among a few.

_SESSION: Final = f"""
SET search_path = {_SCHEMA};
SET statement_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET idle_session_timeout = 0;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_sort = off;
SET jit = off;
"""
# Every statement walks an index and takes few rows of it, in the order of the index or nearly so, whatever the planner
# believes of how many there are.


class PostgresDatabase:
    """The connections to one database: one that writes, and a pool of others that read."""

    def __init__(self, url: str) -> None:
        """Raises `StoreInUseError`, `StoreVersionError` or plain `StoreError`."""
        self.name = name_of(url)
        self._closed = False
        with ExitStack() as opened:
            try:
                self._writer: Connection = psycopg.connect(url, **_LINK)
                opened.callback(self._writer.close)
                self._lock()
                self._set_up()
                self._readers = ConnectionPool[Connection](
                    url, kwargs=_LINK, configure=_for_reading, min_size=1, max_size=_READERS, open=False
                )
                opened.callback(self._readers.close)
                self._readers.open(wait=True, timeout=_PATIENCE)
            except (psycopg.Error, PoolTimeout) as error:
                raise failure(self.name, error) from error
            opened.pop_all()

    @property
    def writer(self) -> Connection:
        """For one thread at a time. Raises `StoreClosedError`."""
        if self._closed:
            raise StoreClosedError(f"{self.name} is closed")
        return self._writer

    def _lock(self) -> None:
        self._writer.execute(f"SET lock_timeout = '{_PATIENCE}s'")
        try:
            self._writer.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        except psycopg.errors.LockNotAvailable:
            raise StoreInUseError(f"{self.name} is in use by another process; only one can have a store open") from None
        self._writer.execute("SET lock_timeout = 0")

    def _set_up(self) -> None:
        """Make the tables, unless they are there. Nothing is written to a schema of somebody else's."""
        writer = self._writer
        writer.execute(_SESSION)
        exists = writer.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (_SCHEMA,)).fetchone()
        if exists is None:
            with writer.transaction():
                writer.execute(f"CREATE SCHEMA {_SCHEMA}")
                writer.execute(_TABLES)
            return
        try:
            found = writer.execute("SELECT version FROM state").fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            found = None
        if found is None:
            raise StoreVersionError(f"the schema `{_SCHEMA}` of {self.name} is not a store of convexgen")
        if found[0] != _VERSION:
            raise StoreVersionError(
                f"{self.name} has a store of version {found[0]}, and this convexgen reads version {_VERSION}"
            )

    def read(self, sql: str, parameters: Parameters, collect: Callable[[Iterable[SqlRow]], T]) -> T:
        """What `collect` makes of the rows of one statement. It need not take them all."""
        if self._closed:
            raise StoreClosedError(f"{self.name} is closed")
        try:
            try:
                return self._read(sql, parameters, collect)
            except psycopg.OperationalError:
                self._readers.check()  # a server that was restarted has closed those that were idle
                return self._read(sql, parameters, collect)
        except (psycopg.Error, PoolTimeout) as error:
            raise failure(self.name, error) from error

    def _read(self, sql: str, parameters: Parameters, collect: Callable[[Iterable[SqlRow]], T]) -> T:
        with self._readers.connection(_PATIENCE) as connection, connection.cursor(binary=True) as rows:
            return collect(rows.execute(placed(sql), parameters))

    def close(self) -> None:
        """The writer goes last, and the lock with it."""
        if self._closed:
            return
        self._closed = True
        self._readers.close()
        self._writer.close()


def _for_reading(connection: Connection) -> None:
    connection.execute(_SESSION)
    connection.execute("SET default_transaction_read_only = on")


def placed(sql: str) -> str:
    """A statement with the places of its parameters as psycopg has them."""
    return sql.replace("?", "%s")


def run_all(writer: Cursor, sql: str, rows: Sequence[Parameters | Mapping[str, object]]) -> int:
    """Run a statement for each of the rows, and give how many it has changed in all."""
    if not rows:
        return 0
    writer.executemany(sql, rows)
    return writer.rowcount


def name_of(url: str) -> str:
    """How a database is called in messages, which never show a password. Raises `StoreError` for what is no URL."""
    try:
        known = conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # whose text has all of the URL in it
        raise StoreError(
            "this is no URL of a PostgreSQL database: write it as `postgresql://user:password@host/database`"
        ) from None
    name, host = known.get("dbname"), known.get("host")
    database = f"the PostgreSQL database `{name}`" if name else "the PostgreSQL database"
    port = f":{known['port']}" if known.get("port") else ""
    return f"{database} at {host}{port}" if host else database


def failure(name: str, error: psycopg.Error | PoolTimeout) -> StoreError:
    """What the server has against it, as an error of ours."""
    if isinstance(error, psycopg.errors.DataCorrupted | psycopg.errors.IndexCorrupted):
        return StoreCorruptError(f"{name} is damaged ({_said(error)}); restore it from a backup")
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return StoreError(f"{name} cannot be used: {_said(error)}; grant its user CREATE on the database")
    return StoreError(f"{name} cannot be used: {_said(error)}")


def _said(error: Exception) -> str:
    """The first line of what psycopg or the server says."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
