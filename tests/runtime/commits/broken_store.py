"""Stores that fail when they are told to: in a commit that they then have not made, or after one that they have."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from convexgen.runtime.store import Commit, StoreError
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.store.sqlite_store import SqliteStore


class FullDiskError(StoreError):
    """What the store raises."""


def _nothing() -> None:
    pass


class Breaks:
    """`before` and `after` are called around each commit, and may raise."""

    before: Callable[[], None] = staticmethod(_nothing)
    after: Callable[[], None] = staticmethod(_nothing)

    def commit(self, commits: Sequence[Commit]) -> None:
        self.before()
        super().commit(commits)  # type: ignore[misc]  # the store that this is mixed into
        self.after()

    def heal(self) -> None:
        self.before = self.after = _nothing


class BrokenStore(Breaks, MemoryStore):
    pass


class BrokenSqliteStore(Breaks, SqliteStore):
    pass


def fail() -> None:
    raise FullDiskError("the disk is full")
