"""The file of an SQLite store: what is found again, who may open it, what is said of one that cannot be used."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from convexgen.runtime.store.commits import Commit
from convexgen.runtime.store.contract import (
    Index,
    IndexState,
    SnapshotUnavailableError,
    StoreClosedError,
    StoreCorruptError,
    StoreError,
    StoreInUseError,
    StoreVersionError,
)
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.store.sqlite_store import SqliteStore
from tests.runtime.store.model import BY_END, BY_START, END, TABLE, Model, identity, scan_all, with_indexes

OPEN_AND_TELL = """
import sys
from pathlib import Path
from convexgen.runtime.store.contract import StoreError
from convexgen.runtime.store.sqlite_store import SqliteStore

try:
    SqliteStore(Path(sys.argv[1])).close()
except StoreError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.sqlite3"


def open_in_another_process(path: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-c", OPEN_AND_TELL, path], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.stdout == ""
    return run.stderr


def filled(path: Path) -> Model:
    """A store with some history, closed."""
    store, model = SqliteStore(path), Model()
    with_indexes(store, BY_START, BY_END)
    store.commit([model.commit({number: b"%c" % (97 + number) * 600 for number in range(20)}, {"name": b"kept"})])
    store.commit([model.commit({1: b"new", 2: None})])
    store.close()
    return model


def test_everything_is_found_again(path: Path) -> None:
    model = filled(path)
    with closing(SqliteStore(path)) as store:
        assert (store.oldest, store.latest, store.metadata("name")) == (0, 20, b"kept")
        assert store.indexes() == {number: Index(TABLE, IndexState.READY, 0) for number in (BY_START, BY_END)}
        assert [logged.timestamp for logged in store.log(0, 10)] == [10, 20]
        for snapshot in (10, 20):
            assert scan_all(store, BY_END, snapshot) == model.scan(BY_END, b"", END, snapshot)


def test_time_does_not_go_back_even_if_the_whole_log_is_forgotten(path: Path) -> None:
    filled(path)
    with closing(SqliteStore(path)) as store:
        assert store.prune(20, 100) is False
    with closing(SqliteStore(path)) as store:
        assert (store.oldest, store.latest) == (20, 20)
        with pytest.raises(SnapshotUnavailableError):
            store.get(TABLE, identity(1), 10)


def test_forgotten_history_leaves_nothing_behind(path: Path) -> None:
    model = filled(path)
    with closing(SqliteStore(path)) as store:
        store.commit([model.commit({3: None}), model.commit({4: b"changed"}), model.commit({3: b"back"})])
        assert store.prune(store.latest, 1000) is False
    with closing(sqlite3.connect(path)) as connection:
        count = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("commits", "documents", "entries")
        }
    assert count == {"commits": 0, "documents": 19, "entries": 38}


def test_closing_leaves_one_file_with_everything_in_it(path: Path) -> None:
    filled(path)
    assert sorted(each.name for each in path.parent.iterdir() if each.stat().st_size) == ["store.sqlite3"]


def test_only_one_process_may_open_it(path: Path) -> None:
    filled(path)
    message = f"{path} is in use by another process; only one can have a store open"
    with closing(SqliteStore(path)):
        assert open_in_another_process(path) == f"StoreInUseError: {message}\n"
        with pytest.raises(StoreInUseError) as caught:
            SqliteStore(path)
        assert str(caught.value) == message
    assert open_in_another_process(path) == ""


def test_another_name_for_the_file_is_the_same_file(path: Path) -> None:
    filled(path)
    link = path.with_name("link")
    link.symlink_to(path)
    with closing(SqliteStore(path)), pytest.raises(StoreInUseError):
        SqliteStore(link)


def test_a_file_of_another_version_is_left_alone(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreVersionError) as caught:
        SqliteStore(path)
    assert str(caught.value) == f"{path} is a store of version 99, and this convexgen reads version 2"
    assert path.read_bytes() == before


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreVersionError) as caught:
        SqliteStore(path)
    assert str(caught.value) == f"{path} is an SQLite database, but not a store of convexgen"
    assert path.read_bytes() == before


def overwrite(path: Path, place: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"no database, but long enough to be one " * 100), id="text"),
        pytest.param(lambda path: overwrite(path, 0, b"\0" * 16), id="head"),
        pytest.param(lambda path: overwrite(path, 4096, b"\xff" * (path.stat().st_size - 4096)), id="pages"),
        pytest.param(lambda path: os.truncate(path, path.stat().st_size // 2), id="cut"),
    ],
)
def test_a_damaged_file_is_said_to_be_damaged(path: Path, damage: Callable[[Path], None]) -> None:
    filled(path)
    damage(path)
    with pytest.raises(StoreCorruptError) as caught, closing(SqliteStore(path)) as store:
        scan_all(store, BY_START, store.latest)
        scan_all(store, BY_END, store.latest)
    assert str(caught.value).startswith(f"{path} is damaged or not a store (")
    assert str(caught.value).endswith("); restore it from a backup")


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        SqliteStore(tmp_path)
    assert str(caught.value) == f"{tmp_path} cannot be used: unable to open database file"
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/store\.sqlite3 cannot be used: "):
        SqliteStore(tmp_path / "file" / "store.sqlite3")


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path)) as store:
        with_indexes(store, BY_START, BY_END)
        yield store


def pages(store: SqliteStore, most: int) -> int:
    """The pages of the file, of which there cannot be more than `most` from now on."""
    count: int = store._file.writer.execute("PRAGMA page_count").fetchone()[0]
    store._file.writer.execute(f"PRAGMA max_page_count = {max(most, count)}")
    return count


def test_a_full_disk_loses_nothing_and_is_no_end(store: SqliteStore) -> None:
    model = Model()
    store.commit([model.commit({1: b"one"})])
    pages(store, 0)
    large = Model()
    large.commit({1: b"one"})
    with pytest.raises(StoreError) as caught:
        store.commit([large.commit({1: b"x" * 100_000})])
    assert str(caught.value) == f"{store._file.path} cannot be used: database or disk is full"
    assert (store.latest, scan_all(store, BY_START, 10)) == (10, model.scan(BY_START, b"", END, 10))
    pages(store, 10_000)
    store.commit([model.commit({1: b"two"})])
    assert scan_all(store, BY_START, 20) == model.scan(BY_START, b"", END, 20)


def test_after_an_error_of_the_disk_nothing_is_written_until_it_is_opened_again(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Model()
    store.commit([model.commit({1: b"one"})])
    failing = sqlite3.OperationalError("disk I/O error")
    failing.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC

    def fail(*arguments: object) -> None:
        raise failing

    with monkeypatch.context() as patch:
        patch.setattr("convexgen.runtime.store.sqlite_store.write_commit", fail)
        with pytest.raises(StoreError, match="cannot be used: disk I/O error"):
            store.commit([Commit(20)])
    with pytest.raises(StoreClosedError) as caught:
        store.commit([Commit(20)])
    assert str(caught.value) == f"{path} could not be written and has to be opened again"
    assert scan_all(store, BY_START, 10) == model.scan(BY_START, b"", END, 10)
    store.close()
    with closing(SqliteStore(path)) as again:
        again.commit([model.commit({1: b"two"})])
        assert scan_all(again, BY_START, 20) == model.scan(BY_START, b"", END, 20)


@pytest.mark.parametrize(("durability", "synchronous"), [(Durability.POWER_LOSS, 2), (Durability.CRASH, 1)])
def test_each_commit_waits_for_the_disk_unless_told_otherwise(
    path: Path, durability: Durability, synchronous: int
) -> None:
    with closing(SqliteStore(path, durability)) as store:
        execute = store._file.writer.execute
        assert execute("PRAGMA synchronous").fetchone() == (synchronous,)
        assert execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_no_statement_sorts_or_goes_through_a_whole_table(store: SqliteStore) -> None:
    model = Model()
    store.commit([model.commit({1: b"one", 2: b"two"}, {"name": b"x"})])
    statements: list[str] = []
    for connection in (store._file.writer, *store._file._idle_readers):
        connection.set_trace_callback(statements.append)
    after = store.scan(BY_START, b"", END, 10, limit=1).after
    for order in ("asc", "desc"):
        store.scan(BY_START, b"", END, 10, order=order, after=after)
        store.scan_table(TABLE, b"", END, 10, order=order, after=after)
        store.scan_table(TABLE, b"", END, 10, order=order)
    store.get(TABLE, identity(1), 10)
    store.log(0, 1)
    store.commit([model.commit({1: None}, {"name": None})])
    store.expire_metadata("na", 5, 1)
    store.prune(20, 10)
    plans = []
    with closing(sqlite3.connect(store._file.path)) as connection:
        for statement in statements:
            if statement.lstrip().startswith(("SELECT", "UPDATE entries", "INSERT INTO documents", "DELETE")):
                plans += [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert len(plans) > 15
    slow = {plan for plan in plans if plan.startswith("SCAN") or "TEMP B-TREE" in plan}
    assert slow == {"SCAN CONSTANT ROW"}, "the row that is inserted where it replaces the newest"
