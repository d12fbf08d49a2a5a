"""Who waits for news of what was read: watches, found by the keys that a commit has written.

Many watches wait for the same: a thousand clients who look at one page hold one result. They stand in the indexes
once, as a group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from convexgen.runtime.commits.interval_index import IntervalIndex
from convexgen.runtime.reads import Reads, search_entries
from convexgen.runtime.search import TextQuery
from convexgen.runtime.store import Change, KeyChange, LoggedCommit
from convexgen.runtime.values import Interval, prefixed


class Watch:
    """Waits for news of some reads. Stale once, it stays stale, and waits no longer."""

    def __init__(self, on_stale: Callable[[], None], close: Callable[[Watch], None]) -> None:
        self.is_stale = False
        self.on_stale = on_stale
        self.group: Group | None = None
        """None if it waits for nothing: it is closed or stale."""
        self._close = close

    def close(self) -> None:
        """Stop waiting. Twice does no harm. `on_stale` may be on its way in another thread, but is not set off anew."""
        self._close(self)


class Group:
    """Watches of the same reads, in the order in which they came."""

    def __init__(self, number: int, reads: Reads) -> None:
        self.number = number
        self.reads = reads
        self.watches: dict[Watch, None] = {}


class Watches:
    """All that wait. For one thread at a time."""

    def __init__(self) -> None:
        self._groups: dict[int, Group] = {}
        """By the `id()` of their reads, which they keep alive."""
        self._documents: dict[int, IntervalIndex[Group]] = {}
        self._entries: dict[int, IntervalIndex[Group]] = {}
        self._words: dict[int, IntervalIndex[Group]] = {}
        """By text index: words as bytes. Whoever waits for one may not wait for all documents that have it."""
        self._made = 0

    def add(self, watch: Watch, reads: Reads) -> None:
        group = self._groups.get(id(reads))
        if group is None:
            self._made += 1
            group = self._groups[id(reads)] = Group(self._made, reads)
            for indexes, number, interval in self._places(reads):
                indexes.setdefault(number, IntervalIndex()).add(interval, group)
        group.watches[watch] = None
        watch.group = group

    def _places(self, reads: Reads) -> Iterator[tuple[dict[int, IntervalIndex[Group]], int, Interval]]:
        for indexes, stretches in ((self._documents, reads.documents), (self._entries, reads.entries)):
            for number, intervals in stretches.items():
                for interval in intervals:
                    yield indexes, number, interval
        for number, queries in reads.searches.items():
            for interval in {interval for query in queries for interval in _words(query)}:
                yield self._words, number, interval

    def discard(self, watch: Watch) -> None:
        """Twice does no harm."""
        group, watch.group = watch.group, None
        if group is not None:
            del group.watches[watch]
            if not group.watches:
                self._remove(group)

    def _remove(self, group: Group) -> None:
        del self._groups[id(group.reads)]
        for indexes, number, interval in self._places(group.reads):
            index = indexes.get(number)
            if index is not None:
                index.discard(interval, group)
                if index.is_empty:
                    del indexes[number]

    def take_touched(self, commits: Iterable[LoggedCommit]) -> list[Watch]:
        """Those for whom there is news. They are stale from now on, and wait no longer."""
        touched = {group.number: group for commit in commits for group in self._touched(commit)}
        found = [watch for number in sorted(touched) for watch in touched[number].watches]
        for watch in found:
            watch.is_stale = True
            watch.group = None
        for group in touched.values():
            self._remove(group)
        return found

    def _touched(self, commit: LoggedCommit) -> Iterator[Group]:
        """What `Reads.touched_by` would say of each group, without asking each."""
        for change in commit.changes:
            if change.table in self._documents:
                yield from self._documents[change.table].at(change.document)
            for key in change.keys:
                index, old, new = key
                if index in self._words:
                    yield from self._searching(change, key, self._words[index])
                if index in self._entries:
                    entries = self._entries[index]
                    if old is not None:
                        yield from entries.at(old)
                    if new is not None and new != old:
                        yield from entries.at(new)

    def _searching(self, change: Change, key: KeyChange, words: IntervalIndex[Group]) -> Iterator[Group]:
        present = {word for entry in search_entries(key) for word in entry.words}
        groups = {group.number: group for word in present for group in words.at(word.encode())}
        return (group for group in groups.values() if group.reads.touched_by(change))


def _words(query: TextQuery) -> Iterator[Interval]:
    """The words that a search looks for."""
    for term in query.terms:
        word = term.encode()
        yield prefixed(word) if term == query.terms[-1] else Interval(word, word + b"\0")
