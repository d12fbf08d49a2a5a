"""An engine of a few functions written in the tests, over one number that mutations change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, Failure, Outcome, SessionRequest, Success, shown_path, stored_path
from convexgen.runtime.engine.contract import EngineError, MutationResult, QueryResult
from convexgen.runtime.reads import Reads
from convexgen.runtime.values import Value

FIRST = 1_000


@dataclass
class FakeWatch:
    """Stale as soon as the engine has a newer commit than the result."""

    engine: FakeEngine
    since: int
    on_stale: Callable[[], None]
    closed: bool = False

    @property
    def is_stale(self) -> bool:
        return self.engine.latest > self.since

    def close(self) -> None:
        self.closed = True


@dataclass(frozen=True)
class FakeFunction:
    """`run` is given the arguments and the number; a mutation's result is the new number as well, if it is a float."""

    kind: FunctionKind
    run: Callable[[Call, float], Outcome | Value]
    internal: bool = False


@dataclass
class FakeEngine:
    """Fulfils `engine.contract.Engine`."""

    functions: Mapping[str, FakeFunction]
    latest: int = FIRST
    number: float = 0.0
    calls: list[tuple[Call, int | None]] = field(default_factory=list)
    watches: list[FakeWatch] = field(default_factory=list)
    done: dict[SessionRequest, MutationResult] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    broken: EngineError | None = None

    def kind(self, path: str) -> FunctionKind | None:
        return self.functions[path].kind if path in self.functions else None

    def cached_query(self, call: Call, *, journal: str | None, timestamp: int) -> QueryResult | None:
        del call, journal, timestamp
        return None

    def run_query(self, call: Call, *, journal: str | None = None, timestamp: int | None = None) -> QueryResult:
        at = self.latest if timestamp is None else timestamp
        return QueryResult(self._outcome(call, timestamp), at, journal, Reads())

    def run_mutation(self, call: Call, request: SessionRequest | None = None) -> MutationResult:
        with self.lock:
            if request is not None and request in self.done:
                return self.done[request]
            outcome = self._outcome(call, None)
            if isinstance(outcome, Failure):
                return MutationResult(outcome, None)
            if isinstance(outcome.value, float):
                self.number = outcome.value
            self.latest += 1
            result = MutationResult(outcome, self.latest)
            if request is not None:
                self.done[request] = result
        for watch in self.watches:
            if not watch.closed:
                watch.on_stale()
        return result

    async def run_action(self, call: Call) -> Outcome:
        return self._outcome(call, None)

    def watch(self, result: QueryResult, on_stale: Callable[[], None]) -> FakeWatch:
        watch = FakeWatch(self, result.timestamp, on_stale)
        self.watches.append(watch)
        return watch

    def _outcome(self, call: Call, timestamp: int | None) -> Outcome:
        self.calls.append((call, timestamp))
        if self.broken is not None:
            raise self.broken
        function = self.functions.get(call.path)
        if function is None or (function.internal and not call.identity.is_admin):
            return Failure(f"Could not find public function for '{shown_path(call.path)}'.")
        if call.kind not in (None, function.kind):
            defined, wanted = function.kind.title(), str(call.kind).title()
            return Failure(f"Trying to execute {stored_path(call.path)} as {wanted}, but it is defined as {defined}.")
        found = function.run(call, self.number)
        return found if isinstance(found, Success | Failure) else Success(found)
