"""The last commits, in memory: what has changed since a snapshot of a moment ago."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from convexgen.runtime.reads import Reads
from convexgen.runtime.store import Change, LoggedCommit

KEPT: Final = 120 * 10**9
"""Nanoseconds for which a commit is remembered."""
MAXIMUM_CHANGES: Final = 30_000
"""Changes of documents that are remembered: less than a kilobyte each. Those with long keys, as of text, count more."""


class RecentCommits:
    """Every commit after the snapshot `known_since`. For one thread at a time."""

    def __init__(self, latest: int, maximum_changes: int = MAXIMUM_CHANGES) -> None:
        self.known_since = latest
        self._maximum_changes = maximum_changes
        self._commits: list[LoggedCommit] = []
        self._changes = 0
        self._last_changed: dict[tuple[str, int], int] = {}
        """By table and by index: the last commit that has changed something in it, or `opened` for none."""
        self._opened = latest

    def add(self, commits: Sequence[LoggedCommit]) -> None:
        for timestamp, changes in commits:
            self._changes += _weight(changes)
            for change in changes:
                self._last_changed["table", change.table] = timestamp
                for key in change.keys:
                    self._last_changed["index", key.index_number] = timestamp
        self._commits += commits
        self._forget()

    def _forget(self) -> None:
        if not self._commits:
            return
        cut = bisect_left(self._commits, self._commits[-1].timestamp - KEPT, key=_timestamp)
        if cut * 4 < len(self._commits):  # the others are moved, which is worth it only for many
            cut = 0
        left = self._changes - sum(_weight(commit.changes) for commit in self._commits[:cut])
        if left > self._maximum_changes:
            while left * 4 > self._maximum_changes * 3 and cut < len(self._commits):
                left -= _weight(self._commits[cut].changes)
                cut += 1
        if cut:
            self.known_since = self._commits[cut - 1].timestamp
            self._changes = left
            del self._commits[:cut]

    def since(self, snapshot: int) -> Sequence[LoggedCommit] | None:
        """The commits after a snapshot, None if they are no longer all known."""
        if snapshot < self.known_since:
            return None
        return self._commits[bisect_right(self._commits, snapshot, key=_timestamp) :]

    def untouched(self, reads: Reads, since: int) -> bool:
        """Whether it takes but a glance to see that nothing of `reads` has changed since a snapshot."""
        if since < self._opened:
            return False
        changed = self._last_changed.get
        return all(changed(("table", table), 0) <= since for table in reads.documents) and all(
            changed(("index", index), 0) <= since for index in (*reads.entries, *reads.searches)
        )


def first_touching(reads: Reads, commits: Iterable[LoggedCommit]) -> Change | None:
    """The first change of something that was read."""
    return next((change for commit in commits for change in commit.changes if reads.touched_by(change)), None)


def _weight(changes: Iterable[Change]) -> int:
    return sum(1 + sum(len(old or b"") + len(new or b"") for _, old, new in change.keys) // 1024 for change in changes)


def _timestamp(commit: LoggedCommit) -> int:
    return commit.timestamp
