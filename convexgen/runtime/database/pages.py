"""Reading one page of a query, so that pages that were read one by one fit together while rows come and go.

A page is all that lies between two places. The first run of a query finds out where its page ends, and says so in a
journal; when the query is run again, because rows have changed, it is given that journal, and its page ends where it
did. So the next page, which is another query that begins there, misses nothing and repeats nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal, TypeVar

from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.runtime.database.cursors import END, InvalidCursorError, Place, fingerprint, read_cursor, write_cursor
from convexgen.runtime.database.documents import Documents
from convexgen.runtime.database.limits import MAXIMUM_DOCUMENTS_READ, Usage
from convexgen.runtime.database.scans import Scan, Stretch
from convexgen.runtime.database.searches import Search, SearchScan
from convexgen.runtime.store import Position
from convexgen.runtime.values import Interval, Value
from convexgen.runtime.values.sizes import MAXIMUM_DOCUMENT_SIZE

T = TypeVar("T")

Status = Literal["SplitRecommended", "SplitRequired"] | None

_MANY_ROWS: Final = 6144
_NEARLY_ALL: Final = 0.75
_SEVERAL: Final = (
    "This query or mutation function ran multiple paginated queries. Convex only supports a single paginated query in "
    "each function."
)


class Journal:
    """Where the one page of a transaction ends: `given` from an earlier run, `written` by this one."""

    def __init__(self, given: str | None) -> None:
        self.given = given
        self.written: str | None = None
        self._is_begun = False

    def begin(self) -> None:
        """Raises `ValueError` for a second page."""
        if self._is_begun:
            raise ValueError(_SEVERAL)
        self._is_begun = True


class _Budget:
    """What one page may read: what its caller allows, and what is left to the transaction."""

    def __init__(self, usage: Usage, options: PaginationOptions) -> None:
        self._usage = usage
        self._first_row, self._first_byte = usage.documents_read, usage.bytes_read
        # Nobody knows how large the next document is, so there has to be room for any.
        self._rows = _least(options.maximum_rows_read, usage.documents_left)
        self._bytes = _least(options.maximum_bytes_read, usage.bytes_left - MAXIMUM_DOCUMENT_SIZE)

    @property
    def _rows_read(self) -> int:
        return self._usage.documents_read - self._first_row

    @property
    def _bytes_read(self) -> int:
        return self._usage.bytes_read - self._first_byte

    @property
    def is_spent(self) -> bool:
        return self._rows_read >= self._rows or self._bytes_read >= self._bytes

    @property
    def is_nearly_spent(self) -> bool:
        return (
            self._rows_read > min(_MANY_ROWS, _NEARLY_ALL * self._rows) or self._bytes_read > _NEARLY_ALL * self._bytes
        )


def _least(allowed: int | None, left: int) -> int:
    return left if allowed is None else min(allowed, left)


def read_page(
    documents: Documents,
    journal: Journal,
    whole: Stretch | Search,
    matching: Callable[[dict[str, Value]], T | None],
    options: PaginationOptions,
) -> Page[T]:
    """The page of a query over all that is to be gone through.

    `matching` gives what there is to show of a document, or None.

    Raises `ValueError` for options that nobody may ask for and for a second page, `InvalidCursorError`.
    """
    _check(options.num_items)
    journal.begin()
    query = fingerprint(whole)
    begin = None if options.cursor is None else read_cursor(query, whole.interval, options.cursor)
    end = _end(query, whole.interval, options, journal)
    if begin == END:
        return _page(query, journal, [], [], END, None)
    part = replace(whole, after=begin, until=None if end == END else end)
    wanted = options.num_items if end is None else None
    budget = _Budget(documents.usage, options)
    scan = documents.search(part) if isinstance(part, Search) else documents.scan(part, wanted)
    items, places, stopped = _read(scan, matching, wanted, budget)
    reached: Place = stopped or end or END
    status: Status = "SplitRecommended" if budget.is_nearly_spent else None
    if stopped and (wanted is None or len(items) < wanted):
        status = "SplitRequired"
    return _page(query, journal, items, places, reached, status)


def _check(wanted: int) -> None:
    if wanted < 1:
        raise ValueError("Must request at least 1 document while paginating")
    if wanted > MAXIMUM_DOCUMENTS_READ:
        raise ValueError(f"Requested too many items: {wanted}")


def _end(query: bytes, interval: Interval, options: PaginationOptions, journal: Journal) -> Place | None:
    """Where the page has to end, None if that is for this run to find out."""
    if options.end_cursor is not None:
        return read_cursor(query, interval, options.end_cursor)
    if journal.given is None:
        return None
    try:
        return read_cursor(query, interval, journal.given)
    except InvalidCursorError:
        return None  # the function was changed since, and reads something else now


def _read(
    scan: Scan | SearchScan, matching: Callable[[dict[str, Value]], T | None], wanted: int | None, budget: _Budget
) -> tuple[list[T], list[Position], Position | None]:
    """Items, their places, and where reading had to stop; None for that if it came to the end."""
    items: list[T] = []
    places: list[Position] = []
    while (found := scan.next()) is not None:
        item = matching(found.value)
        if item is not None:
            items.append(item)
            places.append(found.position)
        if len(items) == wanted or budget.is_spent:
            return items, places, found.position
    return items, places, None


def _page(
    query: bytes, journal: Journal, items: list[T], places: list[Position], reached: Place, status: Status
) -> Page[T]:
    cursor = journal.written = write_cursor(query, reached)
    middle = write_cursor(query, places[(len(places) - 1) // 2]) if len(places) > 2 else None
    return Page(page=items, is_done=reached == END, continue_cursor=cursor, split_cursor=middle, page_status=status)
