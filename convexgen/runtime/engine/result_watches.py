"""Who waits for news of a query's result: documents that change, and programs that take the place of others."""

from __future__ import annotations

import threading
from collections.abc import Callable

from convexgen.runtime.commits import Committer, Watch
from convexgen.runtime.engine.contract import QueryResult


class ResultWatch:
    """The engine's `Watch`. It is told of news at most once, whatever they are."""

    def __init__(self, on_stale: Callable[[], None], close: Callable[[ResultWatch], None]) -> None:
        self.is_stale = False
        self.of_documents: Watch | None = None
        self._on_stale = on_stale
        self._close = close
        self._lock = threading.Lock()

    def go_stale(self) -> None:
        with self._lock:
            if self.is_stale:
                return
            self.is_stale = True
        self._on_stale()

    def close(self) -> None:
        self._close(self)


class ResultWatches:
    """All of them. Any thread may use it."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer
        self._lock = threading.Lock()
        self._deployment = 0
        self._watches: set[ResultWatch] = set()

    def watch(self, result: QueryResult, on_stale: Callable[[], None]) -> ResultWatch:
        """Call `on_stale` when the result is no longer what the query would give; now, if it is not already."""
        watch = ResultWatch(on_stale, self._close)
        with self._lock:
            is_current = result.deployment == self._deployment
            if is_current:
                self._watches.add(watch)
        if is_current:
            watch.of_documents = self._committer.watch(result.reads, result.timestamp, watch.go_stale)
        else:
            watch.go_stale()
        return watch

    def deployed(self, deployment: int) -> None:
        """Tell everyone that another program runs: what their queries would give now, nobody knows."""
        with self._lock:
            self._deployment = deployment
            outdated = list(self._watches)
        for watch in outdated:
            watch.go_stale()

    def __len__(self) -> int:
        return len(self._watches)

    def _close(self, watch: ResultWatch) -> None:
        with self._lock:
            self._watches.discard(watch)
        if watch.of_documents is not None:
            watch.of_documents.close()
