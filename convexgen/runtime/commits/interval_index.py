"""Who waits for news of which keys: from a key that was written to all whose intervals hold it.

Most of what is read is one document, or all entries that begin alike. Such an interval ends with what it starts with
and something more, so it holds only keys that begin with its start: those are looked up, once for each length that
starts have. All others stand in a tree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from convexgen.runtime.commits.interval_tree import IntervalTree
from convexgen.runtime.values import Interval

ItemT = TypeVar("ItemT")

_LONGEST_STEM: Final = 128
"""Bytes: longer ones would make for too many lengths to try."""


class IntervalIndex(Generic[ItemT]):
    """Items by the intervals they stand at. For one thread at a time."""

    def __init__(self) -> None:
        self._stems: dict[bytes, dict[bytes, dict[ItemT, None]]] = {}
        """By start, then by end."""
        self._lengths: Counter[int] = Counter()
        self._tree = IntervalTree[ItemT]()

    @property
    def is_empty(self) -> bool:
        return not self._stems and not len(self._tree)

    def add(self, interval: Interval, item: ItemT) -> None:
        if not _is_stem(interval):
            self._tree.add(interval.start, interval.end, item)
            return
        ends = self._stems.get(interval.start)
        if ends is None:
            ends = self._stems[interval.start] = {}
            self._lengths[len(interval.start)] += 1
        ends.setdefault(interval.end, {})[item] = None

    def discard(self, interval: Interval, item: ItemT) -> None:
        """Twice does no harm."""
        if not _is_stem(interval):
            self._tree.discard(interval.start, interval.end, item)
            return
        ends = self._stems.get(interval.start, {})
        items = ends.get(interval.end)
        if items is None:
            return
        items.pop(item, None)
        if not items:
            del ends[interval.end]
        if not ends:
            del self._stems[interval.start]
            self._lengths[len(interval.start)] -= 1
            if not self._lengths[len(interval.start)]:
                del self._lengths[len(interval.start)]

    def at(self, key: bytes) -> Iterator[ItemT]:
        """The items of all intervals that hold a key; an item comes once for each."""
        for length in self._lengths:
            ends = self._stems.get(key[:length]) if length <= len(key) else None
            if ends:
                for end, items in ends.items():
                    if key < end:
                        yield from items
        yield from self._tree.at(key)


def _is_stem(interval: Interval) -> bool:
    return len(interval.start) <= _LONGEST_STEM and interval.end.startswith(interval.start)
