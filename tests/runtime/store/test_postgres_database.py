"""What is a PostgreSQL store's own: who has it open, whose tables those are, lost connections, what is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from convexgen.runtime.store import (
    Commit,
    StoreClosedError,
    StoreError,
    StoreInUseError,
    StoreVersionError,
    Write,
)
from convexgen.runtime.store import postgres_database as module
from convexgen.runtime.store.postgres_store import PostgresStore
from tests.postgres import GUARDED, PostgresServer, server
from tests.runtime.store.model import TABLE, identity

DOCUMENT = identity(1)


@pytest.fixture
def postgres() -> PostgresServer:
    return server()


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.new_database()


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(url)) as store:
        yield store


def insert(store: PostgresStore, number: int = 1) -> None:
    store.commit([Commit(store.latest + 10, (Write(TABLE, identity(number), b"v", None),))])


def end_connections(url: str, doing: str) -> int:
    """End those of stores on this database whose last statement was like this, and give how many."""
    sql = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE %s
    """
    with psycopg.connect(url) as connection:
        (ended,) = connection.execute(sql, (doing,)).fetchone() or (0,)
        return int(ended)


def test_only_one_may_have_it_open(store: PostgresStore, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 1)
    with pytest.raises(StoreInUseError) as caught:
        PostgresStore(url)
    database = url.partition("@/")[2].partition("?")[0]
    assert str(caught.value) == (
        f"the PostgreSQL database `{database}` at {server().folder} is in use by another process; only one can have a"
        " store open"
    )
    insert(store)
    store.close()
    with closing(PostgresStore(url)) as again:
        assert again.latest == 10


def test_what_else_is_in_the_database_is_left_alone(url: str) -> None:
    with psycopg.connect(url) as other:
        other.execute("CREATE TABLE documents (mine text)")
        other.execute("INSERT INTO documents VALUES ('kept')")
    with closing(PostgresStore(url)) as store:
        insert(store)
    with psycopg.connect(url) as other:
        assert other.execute("SELECT mine FROM public.documents").fetchall() == [("kept",)]
        assert other.execute("SELECT count(*) FROM convexgen.documents").fetchall() == [(1,)]


def test_a_schema_of_somebody_else_is_not_touched(url: str) -> None:
    with psycopg.connect(url) as other:
        other.execute("CREATE SCHEMA convexgen")
    with pytest.raises(StoreVersionError, match=r"the schema `convexgen` of .* is not a store of convexgen"):
        PostgresStore(url)
    with psycopg.connect(url) as other:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'convexgen'"
        assert other.execute(tables).fetchall() == [(0,)]


def test_another_version_is_not_read(url: str) -> None:
    PostgresStore(url).close()
    with psycopg.connect(url) as other:
        other.execute("UPDATE convexgen.state SET version = 7")
    with pytest.raises(StoreVersionError, match="has a store of version 7, and this convexgen reads version 1"):
        PostgresStore(url)


def test_who_has_lost_the_writing_connection_writes_no_more(store: PostgresStore, url: str) -> None:
    """Somebody else may be the writer now."""
    insert(store)
    assert end_connections(url, "COMMIT") == 1
    with pytest.raises(StoreError, match="cannot be used: "):
        insert(store, 2)
    for _ in range(2):
        with pytest.raises(StoreClosedError, match=r"was lost, and it has to be opened again"):
            insert(store, 2)
    assert store.get(TABLE, DOCUMENT, 10) is not None
    with closing(PostgresStore(url)) as next_writer:
        assert next_writer.latest == 10
        insert(next_writer, 2)
    with pytest.raises(StoreClosedError):
        insert(store, 3)


def test_connections_that_read_are_replaced(store: PostgresStore, url: str) -> None:
    insert(store)
    assert store.get(TABLE, DOCUMENT, 10) is not None
    for _ in range(3):
        assert end_connections(url, "%FROM documents WHERE%LIMIT 1%") >= 1
        assert store.get(TABLE, DOCUMENT, 10) is not None
    insert(store, 2)


def test_after_the_server_was_started_again_it_can_be_read_and_opened(
    postgres: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 1)
    with closing(PostgresStore(url)) as store:
        insert(store)
        postgres.stop()
        with pytest.raises(StoreError, match="cannot be used: "):
            store.get(TABLE, DOCUMENT, 10)
        with pytest.raises(StoreError):
            insert(store, 2)
        postgres.start()
        assert store.get(TABLE, DOCUMENT, 10) is not None
        with pytest.raises(StoreClosedError):
            insert(store, 2)
        with closing(PostgresStore(url)) as again:
            insert(again, 2)


@pytest.mark.parametrize(
    ("url_of", "said"),
    [
        ("postgresql://me:hunter2@127.0.0.1:1/app", "the PostgreSQL database `app` at 127.0.0.1:1 cannot be used: "),
        ("postgresql://me:hunter2@/nowhere?host={folder}", 'FATAL:  role "me" does not exist'),
        ("postgresql://convexgen:hunter2@/nowhere?host={folder}", 'FATAL:  database "nowhere" does not exist'),
        ("postgresql://guarded:hunter2@/postgres?host={folder}", 'password authentication failed for user "guarded"'),
        ("mysql://me:hunter2@host/app", "write it as `postgresql://user:password@host/database`"),
    ],
)
def test_why_it_cannot_be_opened_is_said_without_the_password(postgres: PostgresServer, url_of: str, said: str) -> None:
    postgres.execute(f"DROP ROLE IF EXISTS {GUARDED}")
    postgres.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD 'something else'")
    with pytest.raises(StoreError) as caught:
        PostgresStore(url_of.format(folder=postgres.folder))
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_user_who_may_not_make_tables(postgres: PostgresServer, url: str) -> None:
    database = url.partition("@/")[2].partition("?")[0]
    postgres.execute("DROP ROLE IF EXISTS reader")
    postgres.execute("CREATE ROLE reader LOGIN")
    with pytest.raises(StoreError) as caught:
        PostgresStore(url.replace("//convexgen@", "//reader@"))
    assert str(caught.value) == (
        f"the PostgreSQL database `{database}` at {postgres.folder} cannot be used: permission denied for database"
        f" {database}; grant its user CREATE on the database"
    )


def test_what_cannot_be_written_is_not_opened(postgres: PostgresServer, url: str) -> None:
    """So it is with a standby, which would be read until the first commit."""
    PostgresStore(url).close()
    database = url.partition("@/")[2].partition("?")[0]
    postgres.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    with pytest.raises(StoreError, match=r" cannot be used: .*session is read-only$"):
        PostgresStore(url)
    postgres.execute(f"ALTER DATABASE {database} RESET default_transaction_read_only")
    PostgresStore(url).close()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_the_encoding_of_the_database_does_not_matter(postgres: PostgresServer, encoding: str) -> None:
    url = postgres.new_database(f"ENCODING '{encoding}' TEMPLATE template0")
    with closing(PostgresStore(url)) as store:
        store.create_index(1, TABLE + 1)
        store.finish_index(1)
        store.commit([Commit(10, (Write(TABLE, DOCUMENT, "\u20ac".encode(), None),), {"name": b"\x00\xff"})])
        found = store.indexes()
    with closing(PostgresStore(url)) as again:
        assert again.indexes() == found
        assert again.metadata("name") == b"\x00\xff"
        assert again.get(TABLE, DOCUMENT, 10) == (10, "\u20ac".encode())


def test_a_closed_store_is_closed_once(url: str) -> None:
    store = PostgresStore(url)
    store.close()
    store.close()
    with pytest.raises(StoreClosedError, match="is closed"):
        store.get(TABLE, DOCUMENT, 0)
    with pytest.raises(StoreClosedError, match="is closed"):
        insert(store)
