"""What is done to the tables of an SQLite store, within a transaction that somebody else begins and ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from convexgen.runtime.store import sqlite_text
from convexgen.runtime.store.commit_log import entries_before, pack_changes, versions_before
from convexgen.runtime.store.commits import (
    LAST_TIMESTAMP,
    Change,
    Commit,
    KeyChange,
    Write,
    not_in_the_index,
    not_the_newest,
)
from convexgen.runtime.store.contract import Index, IndexKind, MissingEntry
from convexgen.runtime.store.index_catalogue import IndexCatalogue

_ADD_VERSION: Final = """
INSERT INTO documents SELECT ?, ?, ?, ?
WHERE ? IS (
    SELECT CASE WHEN value IS NULL THEN NULL ELSE ts END FROM documents
    WHERE table_number = ? AND document = ? ORDER BY ts DESC LIMIT 1
)
"""
_ADD_ENTRY: Final = f"INSERT INTO entries VALUES (?, ?, ?, ?, {LAST_TIMESTAMP})"
_REMOVE_ENTRY: Final = f"""
UPDATE entries SET removed = ? WHERE index_number = ? AND key = ? AND document = ? AND removed = {LAST_TIMESTAMP}
"""
_ADD_MISSING_ENTRY: Final = f"""
INSERT OR IGNORE INTO entries SELECT ?, ?, ?, ?, {LAST_TIMESTAMP}
WHERE ? = (SELECT max(ts) FROM documents WHERE table_number = ? AND document = ?)
"""
_DROP_ENTRIES: Final = """
DELETE FROM entries WHERE index_number = ? AND (key, document, added) IN (
    SELECT key, document, added FROM entries WHERE index_number = ? LIMIT ?
)
"""
_FORGET_VERSION: Final = "DELETE FROM documents WHERE table_number = ? AND document = ? AND ts = ?"
_FORGET_ENTRY: Final = "DELETE FROM entries WHERE index_number = ? AND key = ? AND document = ? AND removed = ?"


def write_commit(writer: sqlite3.Connection, commit: Commit, indexes: IndexCatalogue) -> None:
    """Raises `InvalidCommitError` with some of it written."""
    _add_versions(writer, commit)
    _move_entries(writer, commit, indexes)
    _write_metadata(writer, commit)
    changes = pack_changes(write.change for write in commit.writes)
    writer.execute("INSERT INTO commits VALUES (?, ?)", (commit.timestamp, changes))


def _add_versions(writer: sqlite3.Connection, commit: Commit) -> None:
    rows = [
        (write.table, write.document, commit.timestamp, write.value, write.previous, write.table, write.document)
        for write in commit.writes
    ]
    if rows and writer.executemany(_ADD_VERSION, rows).rowcount < len(rows):
        raise not_the_newest(_first_stale(writer, commit))


def _first_stale(writer: sqlite3.Connection, commit: Commit) -> Write:
    """The first of the writes that has not become a version."""
    exists = "SELECT 1 FROM documents WHERE table_number = ? AND document = ? AND ts = ?"
    for write in commit.writes:
        if writer.execute(exists, (write.table, write.document, commit.timestamp)).fetchone() is None:
            return write
    raise AssertionError("fewer versions than writes, but one for each")


def _move_entries(writer: sqlite3.Connection, commit: Commit, indexes: IndexCatalogue) -> None:
    """Where a key stays as it is, so does the entry; but in an unfinished index it may not be there yet."""
    added = []
    for write in commit.writes:
        for index, old, new in write.keys:
            unfinished = index in indexes.building
            if old == new and not unfinished:
                continue
            if index in indexes.of_text:
                _move_text(writer, write, KeyChange(index, old, new), commit.timestamp, unfinished=unfinished)
                continue
            if new is not None:
                added.append((index, new, write.document, commit.timestamp))
            if old is not None:
                entry = (commit.timestamp, index, old, write.document)
                if not writer.execute(_REMOVE_ENTRY, entry).rowcount and not unfinished:
                    raise not_in_the_index(write, index)
    writer.executemany(_ADD_ENTRY, added)


def _move_text(writer: sqlite3.Connection, write: Write, key: KeyChange, timestamp: int, *, unfinished: bool) -> None:
    index, old, new = key
    if old is not None and not sqlite_text.remove_entry(writer, index, write.document, timestamp) and not unfinished:
        raise not_in_the_index(write, index)
    if new is not None:
        sqlite_text.add_entry(writer, index, write.document, timestamp, new)


def _write_metadata(writer: sqlite3.Connection, commit: Commit) -> None:
    for name, value in commit.metadata.items():
        if value is None:
            writer.execute("DELETE FROM metadata WHERE name = ?", (name,))
        else:
            writer.execute("INSERT OR REPLACE INTO metadata VALUES (?, ?, ?)", (name, commit.timestamp, value))


def write_missing_entries(
    writer: sqlite3.Connection, index: int, built: Index, entries: Sequence[MissingEntry]
) -> None:
    """Add those whose version is still the newest, unless they are there."""
    table = built.table
    if built.kind is IndexKind.TEXT:
        sqlite_text.add_missing_entries(writer, index, table, entries)
        return
    rows = [
        (index, entry.key, entry.document, entry.timestamp, entry.timestamp, table, entry.document) for entry in entries
    ]
    writer.executemany(_ADD_MISSING_ENTRY, rows)


def drop_entries(writer: sqlite3.Connection, index: int, kind: IndexKind, limit: int) -> int:
    """Forget some entries of an index, and give how many."""
    if kind is IndexKind.TEXT:
        return sqlite_text.drop_entries(writer, index, limit)
    return writer.execute(_DROP_ENTRIES, (index, index, limit)).rowcount


def forget(writer: sqlite3.Connection, timestamp: int, changes: Sequence[Change], of_text: AbstractSet[int]) -> None:
    """Forget what was true until this commit. `of_text` has the indexes that are searched."""
    writer.executemany(_FORGET_VERSION, versions_before(timestamp, changes))
    removed = [(*entry, timestamp) for entry in entries_before(changes)]
    writer.executemany(_FORGET_ENTRY, [entry for entry in removed if entry[0] not in of_text])
    searched = [(index, document, timestamp) for index, _, document, _ in removed if index in of_text]
    sqlite_text.forget_entries(writer, searched)
