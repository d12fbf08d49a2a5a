"""Which snapshots somebody still reads, so that the history they see is not forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from convexgen.runtime.commits.errors import OutOfRetentionError
from convexgen.runtime.commits.timeline import Timeline
from convexgen.runtime.store import Store


class PinnedSnapshots:
    """Any thread may use it."""

    def __init__(self, store: Store) -> None:
        self._lock = Lock()
        self._pins: Counter[int] = Counter()
        self._oldest = store.oldest
        """Nothing before this may be pinned any more: it is being forgotten."""

    @contextmanager
    def pinned(self, timeline: Timeline, timestamp: int | None = None) -> Iterator[int]:
        """Keep a snapshot, the latest unless told otherwise. Raises `OutOfRetentionError`."""
        with self._lock:
            pinned = timeline.latest if timestamp is None else timestamp
            if pinned < self._oldest:
                raise OutOfRetentionError(pinned)
            self._pins[pinned] += 1
        try:
            yield pinned
        finally:
            with self._lock:
                self._pins[pinned] -= 1
                if not self._pins[pinned]:
                    del self._pins[pinned]

    @property
    def oldest_pinned(self) -> int | None:
        with self._lock:
            return min(self._pins, default=None)

    def give_up_before(self, timestamp: int) -> int:
        """Let nothing be pinned before a timestamp, or before what is pinned already; gives which of them it is."""
        with self._lock:
            self._oldest = max(self._oldest, min(timestamp, *self._pins) if self._pins else timestamp)
            return self._oldest
