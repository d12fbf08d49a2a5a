"""Text indexes of an SQLite store: what is written to their tables, and how they are asked.

What FTS5 knows is only which words stand where. Its own ranking counts documents of all times and indexes alike, which
no snapshot should see; how good a match is, `search` says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from convexgen.runtime.search import Match, SearchEntry, TextQuery
from convexgen.runtime.store.commits import LAST_TIMESTAMP
from convexgen.runtime.store.contract import MissingEntry
from convexgen.runtime.store.sql_store import Parameters
from convexgen.runtime.store.sql_text import Read, filter_condition, matches_of

_LAST_CHARACTER: Final = "\U0010ffff"
"""In no word, and above all that are."""

_ADD: Final = f"""
INSERT OR IGNORE INTO text_entries (index_number, document, added, removed, created, length, filters)
SELECT ?, ?, ?, {LAST_TIMESTAMP}, ?, ?, ?
"""
_IS_NEWEST: Final = "WHERE ? = (SELECT max(ts) FROM documents WHERE table_number = ? AND document = ?)"
_ADD_WORDS: Final = "INSERT INTO text_words (rowid, words) VALUES (?, ?)"
_REMOVE: Final = f"""
UPDATE text_entries SET removed = ? WHERE index_number = ? AND document = ? AND removed = {LAST_TIMESTAMP}
"""
_REMOVED_AT: Final = "SELECT entry FROM text_entries WHERE index_number = ? AND document = ? AND removed = ?"
_SOME: Final = "SELECT entry FROM text_entries WHERE index_number = ? LIMIT ?"
_FORGET: Final = "DELETE FROM text_entries WHERE entry = ?"
_FORGET_WORDS: Final = "DELETE FROM text_words WHERE rowid = ?"


def add_entry(writer: sqlite3.Connection, index: int, document: bytes, timestamp: int, key: bytes) -> None:
    _add(writer, _ADD, (), index, document, timestamp, key)


def add_missing_entries(writer: sqlite3.Connection, index: int, table: int, entries: Iterable[MissingEntry]) -> None:
    """Add those whose version is still the newest, unless they are there."""
    for document, timestamp, key in entries:
        newest = (timestamp, table, document)
        _add(writer, f"{_ADD} {_IS_NEWEST}", newest, index, document, timestamp, key)


def _add(
    writer: sqlite3.Connection, sql: str, more: Parameters, index: int, document: bytes, timestamp: int, key: bytes
) -> None:
    entry = SearchEntry.unpack(key)
    values = (index, document, timestamp, entry.created, len(entry.words), b"".join(entry.filters))
    added = writer.execute(sql, (*values, *more))
    if added.rowcount:
        writer.execute(_ADD_WORDS, (added.lastrowid, " ".join(_stored(index, word) for word in entry.words)))


def _stored(index: int, word: str) -> str:
    """A word as FTS5 has it: it cannot be that of another index, for what comes first is digits and one letter."""
    return f"{index}x{word}"


def remove_entry(writer: sqlite3.Connection, index: int, document: bytes, timestamp: int) -> bool:
    """Say that a document is no longer as its entry has it. False if it has none."""
    return writer.execute(_REMOVE, (timestamp, index, document)).rowcount > 0


def forget_entries(writer: sqlite3.Connection, removed: Iterable[tuple[int, bytes, int]]) -> None:
    """Forget entries by index, by document, and by when they were removed."""
    for place in removed:
        _forget(writer, writer.execute(_REMOVED_AT, place).fetchall())


def drop_entries(writer: sqlite3.Connection, index: int, limit: int) -> int:
    """Forget some entries of an index, and give how many."""
    some = writer.execute(_SOME, (index, limit)).fetchall()
    _forget(writer, some)
    return len(some)


def _forget(writer: sqlite3.Connection, entries: Sequence[tuple[int]]) -> None:
    writer.executemany(_FORGET_WORDS, entries)
    writer.executemany(_FORGET, entries)


def find_matches(index: int, query: TextQuery, snapshot: int, read: Read) -> list[Match]:
    """What answers a query at a snapshot: a statement for each term, and one for what is longer than the last."""
    conditions: list[tuple[str, Parameters]] = [("= ?", (_stored(index, term),)) for term in query.terms]
    if query.terms:
        last = _stored(index, query.terms[-1])
        conditions.append(("> ? AND place.term <= ?", (last, last + _LAST_CHARACTER)))
    filters, wanted = filter_condition(query)
    found = []
    for condition, words in conditions:
        sql = f"""
            SELECT place.doc, count(*), entry.document, entry.created, entry.length
            FROM text_places AS place CROSS JOIN text_entries AS entry ON entry.entry = place.doc
            WHERE place.term {condition} AND entry.added <= ? AND entry.removed > ?{filters}
            GROUP BY place.doc
        """
        found.append(read(sql, (*words, snapshot, snapshot, *wanted), list))
    return matches_of(found)
