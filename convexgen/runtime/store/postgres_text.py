"""Text indexes of a PostgreSQL store: what is written to their tables, and how they are asked.

Words are bytes, so that no collation has a say in what comes before what. PostgreSQL's own search for text would find
other words than the other stores do, and ranks by what no snapshot should see; how good a match is, `search` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from convexgen.runtime.search import Match, SearchEntry, TextQuery
from convexgen.runtime.store.commits import LAST_TIMESTAMP
from convexgen.runtime.store.contract import MissingEntry
from convexgen.runtime.store.postgres_database import Cursor, run_all
from convexgen.runtime.store.sql_store import Parameters
from convexgen.runtime.store.sql_text import Read, filter_condition, matches_of

NewEntry: TypeAlias = tuple[int, bytes, bytes, int]
"""The index, what it keeps of a document, the document, and the timestamp of its commit."""

_AFTER_WORDS: Final = b"\xff"
"""In no word, and above all that are."""

_ADD: Final = f"""
WITH added AS (
    INSERT INTO text_entries (index_number, document, added, removed, created, length, filters)
    SELECT %(index)s, %(document)s, %(timestamp)s, {LAST_TIMESTAMP}, %(created)s, %(length)s, %(filters)s {{condition}}
    ON CONFLICT DO NOTHING RETURNING index_number, entry
)
INSERT INTO text_words
SELECT index_number, word, entry, count
FROM added CROSS JOIN unnest(%(words)s::bytea[], %(counts)s::integer[]) AS counted (word, count)
"""
_IS_NEWEST: Final = """
WHERE %(timestamp)s = (SELECT max(ts) FROM documents WHERE table_number = %(table)s AND document = %(document)s)
"""
REMOVE_ENTRY: Final = f"""
UPDATE text_entries SET removed = %(timestamp)s
WHERE index_number = %(index)s AND document = %(document)s AND removed = {LAST_TIMESTAMP}
"""
"""Says that a document is no longer as its entry has it."""
WAS_REMOVED: Final = """
SELECT 1 FROM text_entries WHERE index_number = %(index)s AND document = %(document)s AND removed = %(timestamp)s
"""
_FORGET: Final = "DELETE FROM text_entries WHERE index_number = %s AND document = %s AND removed = %s"
_DROP: Final = """
DELETE FROM text_entries WHERE entry IN (SELECT entry FROM text_entries WHERE index_number = %s LIMIT %s)
"""
# The words of an entry go with it.


def add_entries(writer: Cursor, entries: Sequence[NewEntry]) -> None:
    run_all(writer, _ADD.format(condition=""), [_row(*entry) for entry in entries])


def add_missing_entries(writer: Cursor, index: int, table: int, entries: Iterable[MissingEntry]) -> None:
    """Add those whose version is still the newest, unless they are there."""
    rows = [_row(index, entry.key, entry.document, entry.timestamp) | {"table": table} for entry in entries]
    run_all(writer, _ADD.format(condition=_IS_NEWEST), rows)


def _row(index: int, key: bytes, document: bytes, timestamp: int) -> dict[str, object]:
    entry = SearchEntry.unpack(key)
    counts = Counter(word.encode() for word in entry.words)
    return {
        "index": index,
        "document": document,
        "timestamp": timestamp,
        "created": entry.created,
        "length": len(entry.words),
        "filters": b"".join(entry.filters),
        "words": list(counts),
        "counts": list(counts.values()),
    }


def forget_entries(writer: Cursor, removed: Sequence[tuple[int, bytes, int]]) -> None:
    """Forget entries by index, by document, and by when they were removed."""
    run_all(writer, _FORGET, removed)


def drop_entries(writer: Cursor, index: int, limit: int) -> int:
    """Forget some entries of an index, and give how many."""
    return writer.execute(_DROP, (index, limit)).rowcount


def find_matches(index: int, query: TextQuery, snapshot: int, read: Read) -> list[Match]:
    """What answers a query at a snapshot: a statement for each term, and one for what is longer than the last."""
    conditions: list[tuple[str, Parameters]] = [("= ?", (term.encode(),)) for term in query.terms]
    if query.terms:
        last = query.terms[-1].encode()
        conditions.append(("> ? AND place.word < ?", (last, last + _AFTER_WORDS)))
    filters, wanted = filter_condition(query)
    found = []
    for condition, words in conditions:
        sql = f"""
            SELECT entry.entry, sum(place.count), entry.document, entry.created, entry.length
            FROM text_words AS place JOIN text_entries AS entry ON entry.entry = place.entry
            WHERE place.index_number = ? AND place.word {condition}
            AND entry.added <= ? AND entry.removed > ?{filters}
            GROUP BY entry.entry
        """
        found.append(read(sql, (index, *words, snapshot, snapshot, *wanted), list))
    return matches_of(found)
