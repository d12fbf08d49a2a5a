"""Results of queries that are still true, so that a thousand clients who ask the same are served by one run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from convexgen.runtime.calls import Call, Success
from convexgen.runtime.engine.contract import QueryResult
from convexgen.runtime.engine.health import Tally
from convexgen.runtime.reads import Reads
from convexgen.runtime.values import canonical, size

MAXIMUM_SIZE: Final = 64 * 2**20
"""Bytes of results, as `values.size` counts them."""

_OVERHEAD: Final = 500
"""What a result counts for beside its value."""

_KEPT_IF_TIME_WAS_OBSERVED: Final = 17 * 10**9
"""Nanoseconds. Nobody is told of news that only time brings; who asks again after this gets them."""

Unchanged = Callable[[Reads, int, int], bool]
"""Whether what was read is the same at two snapshots. False where that is not known."""


class QueryKey(NamedTuple):
    """What a query's result depends on, beside what it reads. `identity` is None for what is the same for everybody."""

    deployment: int
    path: str
    arguments: str
    journal: str | None
    identity: str | None

    @classmethod
    def of(cls, deployment: int, call: Call, journal: str | None) -> QueryKey:
        return cls(deployment, call.path, canonical(dict(call.arguments)), journal, call.identity.key)

    @property
    def for_anybody(self) -> QueryKey:
        return self._replace(identity=None)


class QueryRun(NamedTuple):
    """A result, and whether the function asked who calls it and what time it is."""

    result: QueryResult
    observed_identity: bool
    observed_time: bool


@dataclass(slots=True)
class _Entry:
    result: QueryResult
    size: int
    expires: int | None


class QueryCache:
    """Any thread may use it. Failures are not kept. `now` is in nanoseconds since the epoch, as timestamps are."""

    def __init__(self, unchanged: Unchanged, maximum_size: int = MAXIMUM_SIZE) -> None:
        self._unchanged = unchanged
        self._maximum_size = maximum_size
        self._lock = threading.Lock()
        self._entries: OrderedDict[QueryKey, _Entry] = OrderedDict()
        self._size = 0
        self._running: dict[QueryKey, Future[None]] = {}
        self.hits = Tally()
        """Results that were given without a run."""
        self.runs = Tally()

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return self._size

    def find(self, key: QueryKey, timestamp: int, now: int) -> QueryResult | None:
        """The result at a snapshot, if there is one that is still true there."""
        # A function that asks who calls it only at times may have left both, of which one is of no use any more.
        return self._find(key, timestamp, now) or self._find(key.for_anybody, timestamp, now)

    def _find(self, key: QueryKey, timestamp: int, now: int) -> QueryResult | None:
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            self._entries.move_to_end(key)
        result = found.result
        if result.timestamp > timestamp or (found.expires is not None and found.expires < now):
            return None
        if result.timestamp < timestamp:
            if not self._unchanged(result.reads, result.timestamp, timestamp):
                return None
            # The next one who asks need not look further back than this.
            result = found.result = replace(result, timestamp=timestamp)
        self.hits.add()
        return result

    def find_or_run(self, key: QueryKey, timestamp: int, now: int, run: Callable[[], QueryRun]) -> QueryResult:
        """The same, or what `run` gives. While one thread runs a query the others who want the same wait for it."""
        while True:
            found = self.find(key, timestamp, now)
            if found is not None:
                return found
            with self._lock:
                other = self._running.get(key)
                if other is None:
                    mine = self._running[key] = Future()
                    break
            other.result()
        try:
            self.runs.add()
            done = run()
            self._keep(key, done, now)
            return done.result
        finally:
            with self._lock:
                del self._running[key]
            mine.set_result(None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._size = 0

    def _keep(self, key: QueryKey, run: QueryRun, now: int) -> None:
        result = run.result
        if not isinstance(result.outcome, Success):
            return
        expires = now + _KEPT_IF_TIME_WAS_OBSERVED if run.observed_time else None
        entry = _Entry(result, _OVERHEAD + size(result.outcome.value), expires)
        keys = {key if run.observed_identity else key.for_anybody}
        # A page ends where it ended the first time, for those too who have seen it and say so.
        keys |= {each._replace(journal=result.journal) for each in keys}
        with self._lock:
            for each in keys:
                before = self._entries.get(each)
                if before is not None and before.result.timestamp > result.timestamp:
                    continue  # whoever asked for an older snapshot is not to spoil it for all others
                self._remove(each)
                self._entries[each] = entry
                self._size += entry.size
            while self._size > self._maximum_size:
                self._remove(next(iter(self._entries)))

    def _remove(self, key: QueryKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size -= entry.size
