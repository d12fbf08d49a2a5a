"""The engine, and somebody who is told how every call of a client went."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, Outcome, SessionRequest
from convexgen.runtime.engine.contract import Engine, MutationResult, QueryResult, Watch


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """What was run, what came of it, and how long that took. `request_id` is what clients are told with an error."""

    path: str
    kind: FunctionKind | Literal["http action"]
    outcome: Outcome
    seconds: float
    request_id: str


class ToldEngine:
    """Fulfils `contract.Engine`. `tell` is called in the thread that ran the function, and only if one was run."""

    def __init__(self, engine: Engine, tell: Callable[[FinishedCall], None]) -> None:
        self._engine = engine
        self._tell = tell

    @property
    def latest(self) -> int:
        return self._engine.latest

    def kind(self, path: str) -> FunctionKind | None:
        return self._engine.kind(path)

    def cached_query(self, call: Call, *, journal: str | None, timestamp: int) -> QueryResult | None:
        return self._engine.cached_query(call, journal=journal, timestamp=timestamp)

    def run_query(self, call: Call, *, journal: str | None = None, timestamp: int | None = None) -> QueryResult:
        at = self._engine.latest if timestamp is None else timestamp
        known = self._engine.cached_query(call, journal=journal, timestamp=at)
        if known is not None:
            return known
        began = time.perf_counter()
        result = self._engine.run_query(call, journal=journal, timestamp=at)
        self._tell(FinishedCall(call.path, "query", result.outcome, time.perf_counter() - began, call.request_id))
        return result

    def run_mutation(self, call: Call, request: SessionRequest | None = None) -> MutationResult:
        began = time.perf_counter()
        result = self._engine.run_mutation(call, request)
        if not result.repeated:
            seconds = time.perf_counter() - began
            self._tell(FinishedCall(call.path, "mutation", result.outcome, seconds, call.request_id))
        return result

    async def run_action(self, call: Call) -> Outcome:
        began = time.perf_counter()
        outcome = await self._engine.run_action(call)
        self._tell(FinishedCall(call.path, "action", outcome, time.perf_counter() - began, call.request_id))
        return outcome

    def watch(self, result: QueryResult, on_stale: Callable[[], None]) -> Watch:
        return self._engine.watch(result, on_stale)
