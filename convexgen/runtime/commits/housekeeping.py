"""Forgetting what nobody can ask for any more, a little at a time, between other work."""

from __future__ import annotations

from typing import Final

from convexgen.runtime.commits.committer import Committer

EXPIRING: Final = "session/"
"""Metadata whose names begin so is forgotten after `METADATA_KEPT`: the answers to requests that may come again."""

SECOND: Final = 10**9
HISTORY_KEPT: Final = 20 * SECOND
METADATA_KEPT: Final = 14 * 24 * 60 * 60 * SECOND
_METADATA_PAUSE: Final = 60 * 60 * SECOND
_STEPS: Final = 1_000
"""The most changes, entries of indexes and pieces of metadata that are forgotten at once: some milliseconds of work."""


class Housekeeping:
    """For one thread, every few seconds."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer
        self._expired_at: int | None = None

    def run(self, now: int) -> bool:
        """Do some of what there is to do; true if more is left. `now`: nanoseconds since the epoch.

        Snapshots are kept for `HISTORY_KEPT`, and as long as somebody has pinned them. Raises `StoreError`.
        """
        more = [self._prune(now), self._expire(now), self._drop_indexes()]
        return any(more)

    def _prune(self, now: int) -> bool:
        committer = self._committer
        latest = committer.latest
        kept_from = min(max(now, latest) - HISTORY_KEPT, latest)  # commits may be ahead of a clock that was set back
        before = committer.snapshots.give_up_before(kept_from)
        return committer.store.prune(before, _STEPS)

    def _expire(self, now: int) -> bool:
        if self._expired_at is not None and 0 <= now - self._expired_at < _METADATA_PAUSE:
            return False
        more = self._committer.store.expire_metadata(EXPIRING, now - METADATA_KEPT, _STEPS)
        self._expired_at = None if more else now
        return more

    def _drop_indexes(self) -> bool:
        committer = self._committer
        if not committer.store.indexes().keys() - committer.record.served_indexes():
            return False
        with committer.turn():
            unused = committer.unused_indexes
            return bool(unused) and (committer.store.drop_index(unused[0], _STEPS) or len(unused) > 1)
