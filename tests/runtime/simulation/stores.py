"""The disk of the server: what was committed there is noted down, and the process may die before or after."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from convexgen.runtime.store import Commit, Store
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.store.sqlite_store import SqliteStore


class CrashError(BaseException):
    """The process is no more. Nothing that runs in it may do anything after this."""


class Disk(Protocol):
    """What survives a process."""

    def open(self) -> Store: ...
    def lose_process(self) -> None:
        """Have the next one find what there would be if the process had been killed now."""
        ...

    def close(self) -> None: ...


class Memory:
    """A disk that is none, for speed."""

    def __init__(self) -> None:
        self._store = MemoryStore()

    def open(self) -> Store:
        return self._store

    def lose_process(self) -> None:
        """Whatever was committed is there."""

    def close(self) -> None:
        self._store.close()


class SqliteFolder:
    """Files that are copied under the hands of a process that still has them open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lives = 0
        self._store: SqliteStore | None = None

    @property
    def _current(self) -> Path:
        return self._folder / f"life-{self._lives}"

    def open(self) -> Store:
        self._current.mkdir(parents=True, exist_ok=True)
        self._store = SqliteStore(self._current / "store.sqlite3")
        return self._store

    def lose_process(self) -> None:
        before = self._current
        self._lives += 1
        shutil.copytree(before, self._current)
        (self._current / "store.sqlite3-shm").unlink(missing_ok=True)  # as after a restart of the machine
        self.close()
        shutil.rmtree(before)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


class StoreOfOneLife:
    """A `Store` for one process. `committing` is called before each commit and `committed` after it; both may raise."""

    def __init__(self, store: Store, committing: Callable[[], None], committed: Callable[[Commit], None]) -> None:
        self._store = store
        self._committing = committing
        self._committed = committed
        self.is_over = False

    def __getattr__(self, name: str) -> Any:
        if self.is_over:
            raise CrashError
        return getattr(self._store, name)

    def commit(self, commits: Sequence[Commit]) -> None:
        if self.is_over:
            raise CrashError
        self._committing()
        self._store.commit(commits)
        for commit in commits:
            self._committed(commit)
