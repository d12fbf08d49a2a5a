"""What a run of a function has read, as stretches of ids and of index keys: the one test for conflicts and for news.

An id is the sixteen bytes of a document, within its table; tables and indexes go by their numbers in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from convexgen.runtime.search import SearchEntry, TextQuery
from convexgen.runtime.store import Change, KeyChange
from convexgen.runtime.values import Interval

Stretches = Mapping[int, tuple[Interval, ...]]


@dataclass(frozen=True, slots=True)
class Reads:
    """`documents` by table, `entries` by index. The intervals of each are disjoint and in order, and none is empty.

    `searches` are those of each text index, all different.
    """

    documents: Stretches = field(default_factory=dict)
    entries: Stretches = field(default_factory=dict)
    searches: Mapping[int, tuple[TextQuery, ...]] = field(default_factory=dict)

    def touched_by(self, change: Change) -> bool:
        """Whether something that was read, or was found not to be there, is different after `change`."""
        if _holds(self.documents.get(change.table, ()), change.document):
            return True
        if any(
            (key.old is not None and _holds(intervals, key.old)) or (key.new is not None and _holds(intervals, key.new))
            for key in change.keys
            if (intervals := self.entries.get(key.index_number))
        ):
            return True
        return bool(self.searches) and self._finds(change)

    def _finds(self, change: Change) -> bool:
        """Whether a document answers one of the searches, or has done so before."""
        return any(
            query.match(change.document, entry)
            for key in change.keys
            if (queries := self.searches.get(key.index_number))
            for entry in search_entries(key)
            for query in queries
        )


def search_entries(key: KeyChange) -> Iterator[SearchEntry]:
    """What a text index has of a document before and after a change."""
    if key.old is not None:
        yield SearchEntry.unpack(key.old)
    if key.new is not None and key.new != key.old:
        yield SearchEntry.unpack(key.new)


class ReadRecorder:
    """Collects what a transaction reads. Only grows."""

    def __init__(self) -> None:
        self._documents: dict[int, list[Interval]] = {}
        self._entries: dict[int, list[Interval]] = {}
        self._searches: dict[int, dict[TextQuery, None]] = {}

    def documents(self, table: int, interval: Interval) -> None:
        """Note that everything in a stretch of a table's ids was looked at."""
        self._documents.setdefault(table, []).append(interval)

    def entries(self, index: int, interval: Interval) -> None:
        """Note that everything in a stretch of an index was looked at."""
        self._entries.setdefault(index, []).append(interval)

    def search(self, index: int, query: TextQuery) -> None:
        """Note that all was looked at that answers a search."""
        self._searches.setdefault(index, {})[query] = None

    def reads(self) -> Reads:
        """Everything so far."""
        searches = {index: tuple(queries) for index, queries in self._searches.items()}
        return Reads(_joined(self._documents), _joined(self._entries), searches)


def _joined(recorded: Mapping[int, Iterable[Interval]]) -> Stretches:
    found = {number: tuple(_disjoint(intervals)) for number, intervals in recorded.items()}
    return {number: intervals for number, intervals in found.items() if intervals}


def _disjoint(intervals: Iterable[Interval]) -> Iterator[Interval]:
    current: Interval | None = None
    for each in sorted((each for each in intervals if not each.is_empty), key=lambda each: each.start):
        if current is not None and each.start <= current.end:
            current = Interval(current.start, max(current.end, each.end))
            continue
        if current is not None:
            yield current
        current = each
    if current is not None:
        yield current


def _holds(intervals: tuple[Interval, ...], key: bytes) -> bool:
    """Whether one of some disjoint intervals in order holds the key."""
    low, high = 0, len(intervals)
    while low < high:
        middle = (low + high) // 2
        if intervals[middle].end <= key:
            low = middle + 1
        else:
            high = middle
    return low < len(intervals) and intervals[low].start <= key
