"""Going through the documents that answer a search, the best first: those of the snapshot and those just written.

What comes first is settled when the first one is asked for. The documents themselves are read one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from convexgen.runtime.catalogue import CataloguedSearch, CataloguedTable
from convexgen.runtime.database.limits import Usage
from convexgen.runtime.database.pending_writes import PendingWrites
from convexgen.runtime.database.scans import Found, copy_of, document_of
from convexgen.runtime.search import TextQuery, ranked
from convexgen.runtime.store import Position, Store
from convexgen.runtime.values import Interval, Value, size

ANY_RANK: Final = Interval(b"", b"\xff" * 17)
"""All keys of `Ranked`, which are sixteen bytes."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is to be gone through: what answers the query, beyond `after`, up to and with `until`."""

    table: CataloguedTable
    index: CataloguedSearch
    query: TextQuery
    after: Position | None = None
    until: Position | None = None

    @property
    def interval(self) -> Interval:
        return ANY_RANK

    def holds(self, position: Position) -> bool:
        return (self.after is None or position > self.after) and (self.until is None or position <= self.until)


class SearchScan:
    """Gives the documents that answer a search one after another, on the account of the transaction."""

    def __init__(self, store: Store, snapshot: int, pending: PendingWrites, usage: Usage, search: Search) -> None:
        self._store = store
        self._snapshot = snapshot
        self._pending = pending
        self._usage = usage
        self._search = search
        self._places = iter(self._ranked())

    def next(self) -> Found | None:
        """The next document, None after the last. Raises `LimitError`."""
        self._usage.check()
        for place in self._places:
            value = self._value(place.document)
            if value is not None:
                self._usage.read_document(size(value))
                return Found(place, value)
        return None

    def _ranked(self) -> list[Position]:
        query, table, index = self._search.query, self._search.table.number, self._search.index
        written = self._pending.of_table(table)
        found = self._store.matches(index.number, query, self._snapshot) if query.terms else []
        matches = [match for match in found if match.document not in written]
        for write in written.values():
            match = None if write.new is None else query.match(write.document, index.entry(write.new))
            if match:
                matches.append(match)
        places = (Position(*place) for place in ranked(matches))
        return [place for place in places if self._search.holds(place)]

    def _value(self, document: bytes) -> dict[str, Value] | None:
        """The document as it is now, None if the transaction has deleted it meanwhile."""
        table = self._search.table.number
        written = self._pending.find(table, document)
        if written is not None:
            return cast("dict[str, Value] | None", copy_of(written.new))
        version = self._store.get(table, document, self._snapshot)
        return None if version is None else document_of(version.value)
