"""A store that fails when it is told to: in a commit that it then has not made, or after one that it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from convexgen.runtime.store import Commit, StoreError
from convexgen.runtime.store.memory_store import MemoryStore


class FullDiskError(StoreError):
    """What the store raises."""


def _nothing() -> None:
    pass


class BrokenStore(MemoryStore):
    """`before` and `after` are called around each commit, and may raise."""

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[], None] = _nothing
        self.after: Callable[[], None] = _nothing
        self.batches: list[int] = []
        """How many commits each call had that was made."""

    def commit(self, commits: Sequence[Commit]) -> None:
        self.before()
        super().commit(commits)
        self.batches.append(len(commits))
        self.after()

    def heal(self) -> None:
        self.before = self.after = _nothing


def fail() -> None:
    raise FullDiskError("the disk is full")
