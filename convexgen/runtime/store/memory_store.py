"""The store without a disk: for tests, of users too. What it holds is gone with it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from threading import Lock
from typing import NamedTuple, TypeVar

from convexgen.runtime.search import Match, SearchEntry, TextQuery
from convexgen.runtime.store.commits import (
    LAST_TIMESTAMP,
    Change,
    Commit,
    InvalidCommitError,
    LoggedCommit,
    Write,
    check_commits,
    not_in_the_index,
    not_the_newest,
)
from convexgen.runtime.store.contract import (
    BATCH_ROWS,
    Batch,
    Index,
    IndexKind,
    IndexState,
    MissingEntry,
    Order,
    Position,
    Row,
    SnapshotUnavailableError,
    StoreClosedError,
    Version,
)
from convexgen.runtime.store.index_catalogue import IndexCatalogue

T = TypeVar("T")


class _Entry(NamedTuple):
    key: bytes
    document: bytes
    added: int


class _Entries:
    """The entries of an index in their order, and when each was removed: LAST_TIMESTAMP if it was not."""

    def __init__(self) -> None:
        self.order: list[_Entry] = []
        self.removed: dict[_Entry, int] = {}

    def add(self, entry: _Entry) -> None:
        if entry not in self.removed:
            insort(self.order, entry)
            self.removed[entry] = LAST_TIMESTAMP

    def discard(self, entry: _Entry) -> None:
        del self.removed[entry]
        del self.order[bisect_left(self.order, entry)]

    def find(self, key: bytes, document: bytes, removed: int) -> _Entry | None:
        """The entry that was removed at this time."""
        for entry in self.order[bisect_left(self.order, _Entry(key, document, 0)) :]:
            if entry[:2] != (key, document):
                return None
            if self.removed[entry] == removed:
                return entry
        return None


class _Table:
    """All versions of the documents of a table, the oldest first, and the ids in their order."""

    def __init__(self) -> None:
        self.ids: list[bytes] = []
        self.versions: dict[bytes, list[tuple[int, bytes | None]]] = {}

    def add(self, document: bytes, timestamp: int, value: bytes | None) -> None:
        if document not in self.versions:
            insort(self.ids, document)
            self.versions[document] = []
        self.versions[document].append((timestamp, value))

    def discard(self, document: bytes, timestamp: int) -> None:
        left = [version for version in self.versions[document] if version[0] != timestamp]
        self.versions[document] = left
        if not left:
            del self.versions[document]
            del self.ids[bisect_left(self.ids, document)]

    def at(self, document: bytes, snapshot: int) -> Version | None:
        for timestamp, value in reversed(self.versions.get(document, ())):
            if timestamp <= snapshot:
                return None if value is None else Version(timestamp, value)
        return None


class MemoryStore:
    """A `Store`. One thread at a time is in it, so that none sees half of what another does."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._closed = False
        self._oldest = self._latest = 0
        self._tables: defaultdict[int, _Table] = defaultdict(_Table)
        self._entries: defaultdict[int, _Entries] = defaultdict(_Entries)
        self._indexes = IndexCatalogue({})
        self._log: list[LoggedCommit] = []
        self._metadata: dict[str, tuple[int, bytes]] = {}

    @property
    def latest(self) -> int:
        return self._latest

    @property
    def oldest(self) -> int:
        return self._oldest

    def commit(self, commits: Sequence[Commit]) -> None:
        with self._lock:
            self._check_open()
            check_commits(commits, self._latest, self._indexes.by_table)
            undo: list[Callable[[], None]] = []
            try:
                for commit in commits:
                    for write in commit.writes:
                        self._write(write, commit.timestamp, undo)
            except InvalidCommitError:
                for step in reversed(undo):
                    step()
                raise
            for commit in commits:
                self._write_metadata(commit)
                self._log.append(LoggedCommit(commit.timestamp, tuple(write.change for write in commit.writes)))
                self._latest = commit.timestamp

    def _check_open(self) -> None:
        if self._closed:
            raise StoreClosedError("the store is closed")

    def _write(self, write: Write, timestamp: int, undo: list[Callable[[], None]]) -> None:
        table = self._tables[write.table]
        newest = table.at(write.document, LAST_TIMESTAMP)
        if write.previous != (newest and newest.timestamp):
            raise not_the_newest(write)
        table.add(write.document, timestamp, write.value)
        undo.append(partial(table.discard, write.document, timestamp))
        for index, old, new in write.keys:
            unfinished = index in self._indexes.building
            if old == new and not unfinished:
                continue
            entries = self._entries[index]
            if old is not None:
                entry = entries.find(old, write.document, LAST_TIMESTAMP)
                if entry:
                    entries.removed[entry] = timestamp
                    undo.append(partial(entries.removed.__setitem__, entry, LAST_TIMESTAMP))
                elif not unfinished:
                    raise not_in_the_index(write, index)
            if new is not None:
                added = _Entry(new, write.document, timestamp)
                entries.add(added)
                undo.append(partial(entries.discard, added))

    def _write_metadata(self, commit: Commit) -> None:
        for name, value in commit.metadata.items():
            self._metadata.pop(name, None)
            if value is not None:
                self._metadata[name] = (commit.timestamp, value)

    def get(self, table: int, document: bytes, snapshot: int) -> Version | None:
        with self._lock:
            self._check_snapshot(snapshot)
            return self._tables[table].at(document, snapshot)

    def _check_snapshot(self, snapshot: int) -> None:
        self._check_open()
        if not self._oldest <= snapshot <= self._latest:
            raise SnapshotUnavailableError(snapshot, self._oldest, self._latest)

    def scan(
        self,
        index: int,
        lower: bytes,
        upper: bytes,
        snapshot: int,
        *,
        order: Order = "asc",
        after: Position | None = None,
        limit: int = BATCH_ROWS,
    ) -> Batch:
        with self._lock:
            self._check_snapshot(snapshot)
            table = self._tables[self._indexes.table_to_scan(index, snapshot)]
            entries = self._entries[index]
            start, end = (bisect_left(entries.order, _Entry(bound, b"", 0)) for bound in (lower, upper))
            if after and order == "asc":
                start = max(start, bisect_left(entries.order, _Entry(*after, LAST_TIMESTAMP)))
            elif after:
                end = min(end, bisect_left(entries.order, _Entry(*after, 0)))
            seen = (
                entry[:2]
                for entry in _slice(entries.order, start, end, order)
                if entry.added <= snapshot < entries.removed[entry]
            )
            return Batch.of(_rows(table, seen, snapshot), limit)

    def scan_table(
        self,
        table: int,
        lower: bytes,
        upper: bytes,
        snapshot: int,
        *,
        order: Order = "asc",
        after: Position | None = None,
        limit: int = BATCH_ROWS,
    ) -> Batch:
        with self._lock:
            self._check_snapshot(snapshot)
            found = self._tables[table]
            start, end = (bisect_left(found.ids, bound) for bound in (lower, upper))
            if after and order == "asc":
                start = max(start, bisect_right(found.ids, after.key))
            elif after:
                end = min(end, bisect_left(found.ids, after.key))
            places = ((document, document) for document in _slice(found.ids, start, end, order))
            return Batch.of(_rows(found, places, snapshot), limit)

    def matches(self, index: int, query: TextQuery, snapshot: int) -> list[Match]:
        with self._lock:
            self._check_snapshot(snapshot)
            self._indexes.text_index(index, snapshot)
            entries = self._entries[index]
            seen = (entry for entry, removed in entries.removed.items() if entry.added <= snapshot < removed)
            found = (query.match(entry.document, SearchEntry.unpack(entry.key)) for entry in seen)
            return [match for match in found if match]

    def log(self, since: int, limit: int) -> tuple[LoggedCommit, ...]:
        with self._lock:
            self._check_snapshot(since)
            start = bisect_left(self._log, since + 1, key=lambda commit: commit.timestamp)
            return tuple(self._log[start : start + limit])

    def metadata(self, name: str) -> bytes | None:
        with self._lock:
            self._check_open()
            return self._metadata[name][1] if name in self._metadata else None

    def expire_metadata(self, prefix: str, before: int, limit: int) -> bool:
        with self._lock:
            self._check_open()
            old = [name for name, (ts, _) in self._metadata.items() if ts < before and name.startswith(prefix)][:limit]
            for name in old:
                del self._metadata[name]
            return len(old) == limit

    def prune(self, before: int, limit: int) -> bool:
        with self._lock:
            self._check_open()
            if before > self._latest:
                raise SnapshotUnavailableError(before, self._oldest, self._latest)
            self._oldest = max(self._oldest, before)
            seen = 0
            while self._log and self._log[0].timestamp <= self._oldest and seen < limit:
                timestamp, changes = self._log.pop(0)
                seen += max(len(changes), 1)
                for change in changes:
                    self._forget(change, timestamp)
            return bool(self._log) and self._log[0].timestamp <= self._oldest

    def _forget(self, change: Change, timestamp: int) -> None:
        table = self._tables[change.table]
        if change.previous is not None:
            table.discard(change.document, change.previous)
        if change.deleted:
            table.discard(change.document, timestamp)
        for index, old, _ in change.keys:
            entry = None if old is None else self._entries[index].find(old, change.document, timestamp)
            if entry:
                self._entries[index].discard(entry)

    def indexes(self) -> Mapping[int, Index]:
        return self._indexes.indexes

    def create_index(self, index: int, table: int, kind: IndexKind = IndexKind.ORDERED) -> None:
        with self._lock:
            self._check_open()
            created = self._indexes.created(index, table, kind)
            if created:
                self._indexes = self._indexes.having(index, created)

    def add_entries(self, index: int, entries: Sequence[MissingEntry]) -> None:
        with self._lock:
            self._check_open()
            table = self._tables[self._indexes.being_built(index).table]
            for document, timestamp, key in entries:
                newest = table.at(document, LAST_TIMESTAMP)
                if newest and newest.timestamp == timestamp:
                    self._entries[index].add(_Entry(key, document, timestamp))

    def finish_index(self, index: int) -> None:
        with self._lock:
            self._check_open()
            self._indexes = self._indexes.having(index, self._indexes.finished(index, self._latest))

    def drop_index(self, index: int, limit: int) -> bool:
        with self._lock:
            self._check_open()
            known = self._indexes.indexes.get(index)
            if known is None:
                return False
            self._indexes = self._indexes.having(index, Index(known.table, IndexState.DROPPING, kind=known.kind))
            entries = self._entries[index]
            some = entries.order[:limit]
            for entry in some:
                entries.discard(entry)
            if len(some) == limit:
                return True
            del self._entries[index]
            self._indexes = self._indexes.without(index)
            return False

    def close(self) -> None:
        self._closed = True


def _slice(items: Sequence[T], start: int, end: int, order: Order) -> Iterator[T]:
    return (items[place] for place in (range(start, end) if order == "asc" else range(end - 1, start - 1, -1)))


def _rows(table: _Table, places: Iterable[tuple[bytes, bytes]], snapshot: int) -> Iterator[Row]:
    """The documents at these places, where there was one at the snapshot."""
    for key, document in places:
        version = table.at(document, snapshot)
        if version:
            yield Row(key, document, *version)
