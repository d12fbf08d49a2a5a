"""The engine with the functions of the system beside those of the program, for whoever speaks to clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, Failure, Outcome, SessionRequest, Success
from convexgen.runtime.engine import contract
from convexgen.runtime.engine.contract import MutationResult, QueryResult, Watch
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.system.functions import SystemFunction


class SystemEngine:
    """Fulfils `contract.Engine`. `program` runs the functions of users, `engine` those of the system.

    To all but administrators a function of the system is one that there is not.
    """

    def __init__(self, program: contract.Engine, engine: Engine, functions: Mapping[str, SystemFunction]) -> None:
        self._program = program
        self._engine = engine
        self._functions = functions

    @property
    def latest(self) -> int:
        return self._program.latest

    def kind(self, path: str) -> FunctionKind | None:
        function = self._functions.get(path)
        return function.kind if function else self._program.kind(path)

    def cached_query(self, call: Call, *, journal: str | None, timestamp: int) -> QueryResult | None:
        if self._called(call) is None:
            return self._program.cached_query(call, journal=journal, timestamp=timestamp)
        return self._engine.cached_system_query(call, journal, timestamp)

    def run_query(self, call: Call, *, journal: str | None = None, timestamp: int | None = None) -> QueryResult:
        function = self._called(call)
        if function is None or function.kind != "query":
            return self._program.run_query(call, journal=journal, timestamp=timestamp)
        work = function.work
        return self._engine.system_query(call, lambda run: work(run, call.arguments), journal, timestamp)

    def run_mutation(self, call: Call, request: SessionRequest | None = None) -> MutationResult:
        function = self._called(call)
        if function is None or function.kind != "mutation":
            return self._program.run_mutation(call, request)
        work = function.work
        try:
            if request is not None:
                return MutationResult(*self._engine.transact_once(lambda run: work(run, call.arguments), request))
            value, timestamp = self._engine.transact(lambda run: work(run, call.arguments))
        except ValueError as error:
            return MutationResult(Failure(str(error)), None)
        return MutationResult(Success(value), timestamp)

    async def run_action(self, call: Call) -> Outcome:
        return await self._program.run_action(call)

    def watch(self, result: QueryResult, on_stale: Callable[[], None]) -> Watch:
        return self._program.watch(result, on_stale)

    def _called(self, call: Call) -> SystemFunction | None:
        return self._functions.get(call.path) if call.identity.is_admin else None
