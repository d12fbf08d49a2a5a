"""What is done to the tables of a PostgreSQL store, within a transaction that somebody else begins and ends.

Each kind of statement is run once for all of its rows: psycopg sends them together, and waits for the server once.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from convexgen.runtime.store import postgres_text
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
from convexgen.runtime.store.postgres_database import PREFIX, Cursor, run_all

_ADD_VERSION: Final = """
INSERT INTO documents SELECT %s, %s, %s, %s::bytea
WHERE %s::bigint IS NOT DISTINCT FROM (
    SELECT CASE WHEN value IS NULL THEN NULL ELSE ts END FROM documents
    WHERE table_number = %s AND document = %s ORDER BY documents.ts DESC LIMIT 1
)
"""
# To PostgreSQL a bare `ts` there would be the whole CASE.
_ADD_ENTRY: Final = f"""
INSERT INTO entries (index_number, key, document, added, removed) VALUES (%s, %s, %s, %s, {LAST_TIMESTAMP})
"""
_REMOVE_ENTRY: Final = f"""
UPDATE entries SET removed = %(timestamp)s
WHERE index_number = %(index)s AND prefix = %(prefix)s AND document = %(document)s AND removed = {LAST_TIMESTAMP}
AND key = %(key)s
"""
_WAS_REMOVED: Final = """
SELECT 1 FROM entries
WHERE index_number = %(index)s AND prefix = %(prefix)s AND document = %(document)s AND removed = %(timestamp)s
AND key = %(key)s
"""
_ADD_MISSING_ENTRY: Final = f"""
INSERT INTO entries (index_number, key, document, added, removed) SELECT %s, %s, %s, %s, {LAST_TIMESTAMP}
WHERE %s = (SELECT max(ts) FROM documents WHERE table_number = %s AND document = %s)
ON CONFLICT DO NOTHING
"""
_PUT_METADATA: Final = """
INSERT INTO metadata VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE SET ts = excluded.ts, value = excluded.value
"""
_DROP_ENTRIES: Final = """
DELETE FROM entries WHERE index_number = %s AND (prefix, document, added) IN (
    SELECT prefix, document, added FROM entries WHERE index_number = %s LIMIT %s
)
"""
_FORGET_VERSION: Final = "DELETE FROM documents WHERE table_number = %s AND document = %s AND ts = %s"
_FORGET_ENTRY: Final = """
DELETE FROM entries WHERE index_number = %s AND prefix = %s AND document = %s AND removed = %s
"""
# The index on entries has prefixes of keys; of one document there is but one entry at a time.


def write_commit(writer: Cursor, commit: Commit, indexes: IndexCatalogue) -> None:
    """Raises `InvalidCommitError` with some of it written."""
    _add_versions(writer, commit)
    _move_entries(writer, commit, indexes)
    _write_metadata(writer, commit)
    changes = pack_changes(write.change for write in commit.writes)
    writer.execute("INSERT INTO commits VALUES (%s, %s)", (commit.timestamp, changes))


def _add_versions(writer: Cursor, commit: Commit) -> None:
    rows = [
        (write.table, write.document, commit.timestamp, write.value, write.previous, write.table, write.document)
        for write in commit.writes
    ]
    if run_all(writer, _ADD_VERSION, rows) < len(rows):
        raise not_the_newest(_first_stale(writer, commit))


def _first_stale(writer: Cursor, commit: Commit) -> Write:
    """The first of the writes that has not become a version."""
    exists = "SELECT 1 FROM documents WHERE table_number = %s AND document = %s AND ts = %s"
    for write in commit.writes:
        if writer.execute(exists, (write.table, write.document, commit.timestamp)).fetchone() is None:
            return write
    raise AssertionError("fewer versions than writes, but one for each")


def _move_entries(writer: Cursor, commit: Commit, indexes: IndexCatalogue) -> None:
    """Where a key stays as it is, so does the entry; but in an unfinished index it may not be there yet."""
    moved = [
        (write, key)
        for write in commit.writes
        for key in write.keys
        if key.old != key.new or key.index_number in indexes.building
    ]
    ordered = [(write, key) for write, key in moved if key.index_number not in indexes.of_text]
    searched = [(write, key) for write, key in moved if key.index_number in indexes.of_text]
    timestamp = commit.timestamp
    _remove_entries(writer, (_REMOVE_ENTRY, _WAS_REMOVED), timestamp, ordered, indexes.building)
    _remove_entries(
        writer, (postgres_text.REMOVE_ENTRY, postgres_text.WAS_REMOVED), timestamp, searched, indexes.building
    )
    run_all(writer, _ADD_ENTRY, _new_entries(ordered, timestamp))
    postgres_text.add_entries(writer, _new_entries(searched, timestamp))


def _remove_entries(
    writer: Cursor,
    statements: tuple[str, str],
    timestamp: int,
    moved: Sequence[tuple[Write, KeyChange]],
    building: AbstractSet[int],
) -> None:
    """Those of unfinished indexes if they are there, all others in any case. The second statement finds one that was
    removed by the first.
    """
    remove, was_removed = statements

    def entry(write: Write, key: KeyChange) -> dict[str, object]:
        return {
            "timestamp": timestamp,
            "index": key.index_number,
            "prefix": _prefix(key.old),
            "document": write.document,
            "key": key.old,
        }

    old = [(write, key) for write, key in moved if key.old is not None]
    perhaps = [entry(write, key) for write, key in old if key.index_number in building]
    surely = [(write, key) for write, key in old if key.index_number not in building]
    run_all(writer, remove, perhaps)
    if run_all(writer, remove, [entry(write, key) for write, key in surely]) < len(surely):
        for write, key in surely:
            if writer.execute(was_removed, entry(write, key)).fetchone() is None:
                raise not_in_the_index(write, key.index_number)


def _new_entries(moved: Sequence[tuple[Write, KeyChange]], timestamp: int) -> list[postgres_text.NewEntry]:
    return [(key.index_number, key.new, write.document, timestamp) for write, key in moved if key.new is not None]


def _write_metadata(writer: Cursor, commit: Commit) -> None:
    gone = [(name,) for name, value in commit.metadata.items() if value is None]
    kept = [(name, commit.timestamp, value) for name, value in commit.metadata.items() if value is not None]
    run_all(writer, "DELETE FROM metadata WHERE name = %s", gone)
    run_all(writer, _PUT_METADATA, kept)


def write_missing_entries(writer: Cursor, index: int, built: Index, entries: Sequence[MissingEntry]) -> None:
    """Add those whose version is still the newest, unless they are there."""
    table = built.table
    if built.kind is IndexKind.TEXT:
        postgres_text.add_missing_entries(writer, index, table, entries)
        return
    rows = [
        (index, entry.key, entry.document, entry.timestamp, entry.timestamp, table, entry.document) for entry in entries
    ]
    run_all(writer, _ADD_MISSING_ENTRY, rows)


def drop_entries(writer: Cursor, index: int, kind: IndexKind, limit: int) -> int:
    """Forget some entries of an index, and give how many."""
    if kind is IndexKind.TEXT:
        return postgres_text.drop_entries(writer, index, limit)
    return writer.execute(_DROP_ENTRIES, (index, index, limit)).rowcount


def forget(writer: Cursor, timestamp: int, changes: Sequence[Change], of_text: AbstractSet[int]) -> None:
    """Forget what was true until this commit. `of_text` has the indexes that are searched."""
    run_all(writer, _FORGET_VERSION, versions_before(timestamp, changes))
    removed = [(index, _prefix(key), document, timestamp) for index, key, document in entries_before(changes)]
    run_all(writer, _FORGET_ENTRY, [entry for entry in removed if entry[0] not in of_text])
    searched = [(index, document, timestamp) for index, _, document, _ in removed if index in of_text]
    postgres_text.forget_entries(writer, searched)


def _prefix(key: bytes | None) -> bytes:
    """What the index on entries has of a key that there is."""
    return (key or b"")[:PREFIX]
