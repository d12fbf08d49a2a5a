"""`ctx` of actions: everything that is not the database goes its own way; each query and mutation is a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from convexgen.authoring.contexts import UserIdentity, VectorMatch
from convexgen.authoring.functions import Function
from convexgen.authoring.indexes import VectorIndex
from convexgen.authoring.tables import Table
from convexgen.runtime.calls import Call, Failure, Success
from convexgen.runtime.engine.contexts import Deployed, MutationContext, Run, check_depth, handled
from convexgen.runtime.engine.runs import Ran
from convexgen.runtime.engine.scheduler import ActionScheduler, MutationScheduler
from convexgen.runtime.engine.storage import ActionFiles, FilesOfEngine
from convexgen.runtime.engine.vector_searches import VectorSearches
from convexgen.runtime.program.failures import failure
from convexgen.runtime.program.live import LiveFunction
from convexgen.runtime.program.logs import collecting

R = TypeVar("R")
T = TypeVar("T", bound=Table)


class Transactions(FilesOfEngine, Protocol):
    """How an action reaches the engine: calls of internal functions too, on whatever thread, out of the event loop."""

    @property
    def vectors(self) -> VectorSearches: ...

    async def query(self, call: Call) -> Ran: ...
    async def mutation(self, call: Call) -> Ran: ...
    async def action(self, call: Call, depth: int) -> Ran: ...
    def transact(self, work: Callable[[Run], R], /) -> tuple[R, int]: ...


class _Auth:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def get_user_identity(self) -> UserIdentity | None:
        return self._call.identity.caller()


class ActionContext:
    """The `ActionCtx` of a run. `tell` takes the log lines of the functions that it runs."""

    def __init__(
        self,
        deployed: Deployed,
        transactions: Transactions,
        call: Call,
        tell: Callable[[tuple[str, ...]], None],
        depth: int,
    ) -> None:
        self._deployed = deployed
        self._transactions = transactions
        self._call = call
        self._tell = tell
        self._depth = depth

    @property
    def auth(self) -> _Auth:
        return _Auth(self._call)

    @property
    def storage(self) -> ActionFiles:
        return ActionFiles(self._transactions)

    @property
    def scheduler(self) -> ActionScheduler:
        return ActionScheduler(self._deployed.schedulable, self._committed)

    async def _committed(self, work: Callable[[MutationScheduler], R]) -> R:
        def within(run: Run) -> R:
            run.job = self._call.job
            return work(MutationContext(run).scheduler)

        return (await self._transactions.wait(lambda: self._transactions.transact(within)))[0]

    async def run_query(self, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return await self._run(self._deployed.function(function, "query"), self._transactions.query, args, kwargs)

    async def run_mutation(self, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return await self._run(self._deployed.function(function, "mutation"), self._transactions.mutation, args, kwargs)

    async def run_action(self, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any) -> Any:
        check_depth(self._depth)

        async def deeper(call: Call) -> Ran:
            return await self._transactions.action(call, self._depth + 1)

        return await self._run(self._deployed.function(function, "action"), deeper, args, kwargs)

    async def vector_search(
        self, index: VectorIndex[T], vector: Sequence[float], /, *conditions: bool, limit: int = 10
    ) -> list[VectorMatch[T]]:
        search = partial(self._transactions.vectors.search, self._deployed, index, vector, conditions, limit)
        return await self._transactions.wait(search)

    async def _run(
        self,
        callee: LiveFunction,
        run: Callable[[Call], Awaitable[Ran]],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        arguments = callee.dump_arguments(callee.function.arguments(*args, **kwargs))
        call = replace(self._call, path=callee.path, arguments=arguments, kind=callee.declared.kind)
        ran = await run(call)
        self._tell(ran.outcome.log_lines)
        if isinstance(ran.outcome, Failure):
            raise ran.error or RuntimeError(ran.outcome.message)
        return callee.load_result(ran.outcome.value)


async def run_action_in(
    transactions: Transactions, deployed: Deployed, function: LiveFunction, call: Call, depth: int, limit: float | None
) -> Ran:
    """Run an action, for at most `limit` seconds. Only a cancellation from outside comes out as an exception."""
    with collecting() as lines:
        context = ActionContext(deployed, transactions, call, lines.extend, depth)
        work = handled(function, context, dict(call.arguments), deployed.catalogue.names)
        found = await limited(work, call, limit, lines)
        return Ran(found.failure, found.error) if isinstance(found, Raised) else Ran(Success(found, tuple(lines)))


@dataclass(frozen=True, slots=True)
class Raised:
    """What work came to that raised something, or took too long."""

    failure: Failure
    error: BaseException


async def limited(work: Awaitable[R], call: Call, limit: float | None, lines: Iterable[str]) -> R | Raised:
    """What some work gives within `limit` seconds. `lines` has what it said. Raises only if it is cancelled."""
    try:
        async with asyncio.timeout(limit) as time_limit:
            return await work
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise
    except BaseException as error:
        if not time_limit.expired():
            return Raised(failure(error, tuple(lines)), error)
        message = f"Uncaught TimeLimitError: {call.path} took more than {limit:g} seconds, and was ended."
        return Raised(Failure(message, tuple(lines)), error)
