"""What has happened so far, for all who ask: the newest snapshot, what changed since another one, who waits for news.

A commit is told here when the store has it. Watches it concerns are stale before `latest` shows it, so that whoever
reads `latest` first, and then asks a watch, knows what is true at that snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from threading import Lock
from typing import Final

from convexgen.runtime.commits.errors import OutOfRetentionError
from convexgen.runtime.commits.recent_commits import MAXIMUM_CHANGES, RecentCommits, first_touching
from convexgen.runtime.commits.watches import Watch, Watches
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import LoggedCommit, SnapshotUnavailableError, Store

_COMMITS_READ: Final = 1_000
"""Commits that are read from the store's log at once."""
_COMMITS_LOOKED_AT: Final = 2_000
"""The most that `unchanged` looks at, for it should be quicker than running a query again."""


class Timeline:
    """Any thread may use it; only one at a time may `publish`."""

    def __init__(self, store: Store, maximum_changes: int = MAXIMUM_CHANGES) -> None:
        self._store = store
        self._lock = Lock()
        self._latest = store.latest
        self._recent = RecentCommits(self._latest, maximum_changes)
        self._watches = Watches()
        self._followers: list[Callable[[Sequence[LoggedCommit]], None]] = []

    @property
    def latest(self) -> int:
        return self._latest

    def publish(self, commits: Sequence[LoggedCommit]) -> list[Watch]:
        """Let commits be seen that the store has. The watches that are stale now have not been told yet."""
        with self._lock:
            self._recent.add(commits)
            stale = self._watches.take_touched(commits)
            for follower in self._followers:
                follower(commits)
            self._latest = commits[-1].timestamp
        return stale

    def follow(self, follower: Callable[[Sequence[LoggedCommit]], None]) -> None:
        """Tell of all commits from now on, before `latest` shows them. Whoever is told must be quick, and not raise."""
        with self._lock:
            self._followers.append(follower)

    def publish_missed(self) -> list[Watch]:
        """The same for what the store has though it could not say so: it was interrupted at the end of a commit."""
        stale: list[Watch] = []
        while self._latest < self._store.latest:
            stale += self.publish(self._store.log(self._latest, _COMMITS_READ))
        return stale

    def since(self, snapshot: int) -> Iterator[LoggedCommit]:
        """The commits after a snapshot; one that is published meanwhile may be left out.

        Raises `OutOfRetentionError`.
        """
        while True:
            with self._lock:
                recent = self._recent.since(snapshot)
            if recent is not None:
                yield from recent
                return
            try:
                older = self._store.log(snapshot, _COMMITS_READ)
            except SnapshotUnavailableError:
                raise OutOfRetentionError(snapshot) from None
            yield from older
            snapshot = older[-1].timestamp

    def untouched(self, reads: Reads, since: int) -> bool:
        """Whether it takes but a glance to see that nothing of `reads` has changed since a snapshot."""
        with self._lock:
            return self._recent.untouched(reads, since)

    def unchanged(self, reads: Reads, since: int, until: int) -> bool:
        """Whether what was read is the same at two snapshots. False where it would take long to find out."""
        with self._lock:
            if until > self._latest:
                return False
            if self._recent.untouched(reads, since):
                return True
            commits = self._recent.since(since)
        if commits is None or len(commits) > _COMMITS_LOOKED_AT:
            return False
        return first_touching(reads, takewhile(lambda commit: commit.timestamp <= until, commits)) is None

    def watch(self, reads: Reads, since: int, on_stale: Callable[[], None]) -> Watch:
        """Call `on_stale`, once and in whatever thread, when what was read at the snapshot `since` has changed.

        Where that has happened already, or nobody knows any more, it is called before this returns.
        """
        watch = Watch(on_stale, self._close)
        looked_until = since
        while True:
            with self._lock:
                commits = () if self._recent.untouched(reads, looked_until) else self._recent.since(looked_until)
                if commits is not None and not commits:
                    self._watches.add(watch, reads)
                    return watch
            if commits is None or first_touching(reads, commits) is not None:
                watch.is_stale = True
                on_stale()
                return watch
            looked_until = commits[-1].timestamp

    def _close(self, watch: Watch) -> None:
        with self._lock:
            self._watches.discard(watch)
