"""Cursors: opaque texts that say where a page ends, and of which query. They hold all that is needed to go on.

A cursor names the place, not a document: it is good for as long as the query stays the same, whatever happens to the
rows around it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Final, Literal, TypeAlias

from convexgen.authoring.errors import ConvexError
from convexgen.runtime.database.scans import Stretch
from convexgen.runtime.database.searches import Search
from convexgen.runtime.store import Position
from convexgen.runtime.values import Interval
from convexgen.runtime.values.ids import INTERNAL_SIZE

_FINGERPRINT_SIZE: Final = 12

END: Final = "end"
End: TypeAlias = Literal["end"]
"""Where there is nothing more."""

Place: TypeAlias = Position | End


class InvalidCursorError(ConvexError):
    """A cursor of another query, or none at all. Clients know it by its data, and begin again with the first page.

    `str()` gives the message.
    """

    def __init__(self) -> None:
        super().__init__({"isConvexSystemError": True, "paginationError": "InvalidCursor"})

    def __str__(self) -> str:
        return (
            "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor is from a "
            "different query."
        )


def fingerprint(whole: Stretch | Search) -> bytes:
    """What tells queries apart. Filters are users' code, and cannot be told apart."""
    match whole:
        case Stretch(path, interval, order):
            index = None if path.index is None else path.index.number
            described = repr((path.table.number, index, interval.start, interval.end, order))
        case Search(table, made, query):
            described = repr((table.number, made.number, query))
    return sha256(described.encode()).digest()[:_FINGERPRINT_SIZE]


def write_cursor(query: bytes, place: Place) -> str:
    """The cursor for a place in the query with this fingerprint."""
    content = query if place == END else query + place.document + place.key
    return urlsafe_b64encode(content).decode().rstrip("=")


def read_cursor(query: bytes, interval: Interval, cursor: str) -> Place:
    """The place of a cursor. Raises `InvalidCursorError` unless it is one of this query, which goes over `interval`."""
    content = _decoded(cursor)
    if content[:_FINGERPRINT_SIZE] != query:
        raise InvalidCursorError
    place = content[_FINGERPRINT_SIZE:]
    if not place:
        return END
    document, key = place[:INTERNAL_SIZE], place[INTERNAL_SIZE:]
    if len(document) < INTERNAL_SIZE or not interval.holds(key):
        raise InvalidCursorError
    return Position(key, document)


def _decoded(cursor: str) -> bytes:
    try:
        content = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise InvalidCursorError from None
    if urlsafe_b64encode(content).decode().rstrip("=") != cursor:
        raise InvalidCursorError
    return content
