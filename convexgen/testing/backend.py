"""`Backend`: functions called by tests, as their callers call them, with everything around them in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, ParamSpec, TypeVar, cast

from convexgen.authoring.contexts import MutationCtx, UserIdentity
from convexgen.authoring.functions import ActionFunction, Function, MutationFunction, QueryFunction
from convexgen.runtime.calls import Call, Failure, Identity
from convexgen.runtime.engine.contract import QueryResult
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.engine.runs import Ran
from convexgen.runtime.jobs import Jobs
from convexgen.runtime.program.live import LiveFunction, Program
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.testing.clock import START, Clock, moment
from convexgen.testing.subscriptions import Subscription

P = ParamSpec("P")
R = TypeVar("R")

ISSUER: Final = "https://issuer.example"
"""Who says that users are who they are, unless a test says otherwise."""

_CALLER: Final = Identity(is_admin=True)
"""Nobody, who may call internal functions as well."""


class Backend:
    """A program running over an empty database. Two of them share nothing, and run alike: ids and random numbers too.

    Arguments, results and documents are checked as they are for clients. Errors come as they were raised. What
    functions print and log is the test's own, for `capsys` and `caplog`.
    """

    def __init__(self, program: Program, *, start: datetime = START) -> None:
        """`start` is the time that it is. Raises `ValueError` if it has no time zone."""
        self._clock = Clock(start)
        self._engine = Engine(MemoryStore(), clock=self._clock, ids=Random(0), pause=_no_pause)
        for _ in self._engine.deploy(program):
            pass
        self._jobs = Jobs(self._engine)
        self._identity = _CALLER

    def as_user(
        self,
        subject: str,
        *,
        name: str | None = None,
        email: str | None = None,
        issuer: str = ISSUER,
        claims: Mapping[str, Any] | None = None,
    ) -> Backend:
        """The same backend, called in the name of a user. `subject` is who that is, to the `issuer` of tokens."""
        identity = UserIdentity(
            token_identifier=f"{issuer}|{subject}",
            subject=subject,
            issuer=issuer,
            name=name,
            email=email,
            claims=claims or {},
        )
        return self.with_identity(identity)

    def with_identity(self, identity: UserIdentity | None) -> Backend:
        """The same backend, called in the name of a user with all that is known of them; None for a visitor."""
        view = copy(self)
        view._identity = _CALLER if identity is None else replace(_CALLER, user=identity, key=repr(identity))
        return view

    @property
    def now(self) -> datetime:
        """The time that it is, in UTC. Only `advance` lets it pass; mutations are a microsecond apart at least."""
        return moment(max(self._clock(), self._engine.latest))

    async def advance(self, by: timedelta) -> None:
        """Let time pass, and run the scheduled functions that come due meanwhile, each at its time. No crons run.

        No time at all runs what is due already. What such a function raises stands in its `ScheduledJob`. Raises
        `ValueError` for a negative time.
        """
        if by < timedelta():
            raise ValueError(f"time does not go back: {by}")
        end = moment(self._clock()) + by
        while (due := self._jobs.next_due()) is not None and (then := moment(int(due * 1_000_000))) <= max(
            end, self.now
        ):
            self._until(then)
            await self._jobs.run_due()
        self._until(end)

    def _until(self, then: datetime) -> None:
        self._clock.advance(max(timedelta(), then - moment(self._clock())))

    async def query(self, function: QueryFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """What a query gives. Raises what it raises."""
        live, call = self._called(function, "query", args, kwargs)
        value: R = self._value(live, await self._engine.query(call))
        return value

    async def mutation(self, function: MutationFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """What a mutation gives, which is committed then. Raises what it raises, and nothing was written."""
        live, call = self._called(function, "mutation", args, kwargs)
        value: R = self._value(live, await self._engine.mutation(call))
        return value

    async def action(self, function: ActionFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """What an action gives. Raises what it raises; what its mutations wrote before stays written."""
        live, call = self._called(function, "action", args, kwargs)
        value: R = self._value(live, await self._engine.action(call, 0))
        return value

    def subscribe(self, function: QueryFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Subscription[R]:
        """Follow a query: `value` is always what it gives now. Raises what it raises."""
        live, call = self._called(function, "query", args, kwargs)

        def ask(journal: str | None) -> tuple[QueryResult, R]:
            result = self._engine.run_query(call, journal=journal)
            return result, self._value(live, Ran(result.outcome, result.error))

        return Subscription(ask, self._engine.watch)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MutationCtx]:
        """The `ctx` of a mutation, to put documents there and to look at them: `await ctx.db.insert(…)`.

        It is committed at the end of the block, or not at all if that raises. Raises `EngineError` if a function that
        was called within the block has changed what this one read.
        """
        with self._engine.transaction(self._identity) as ctx:
            yield cast("MutationCtx", ctx)

    async def run(self, work: Callable[[MutationCtx], Coroutine[Any, Any, R]], /) -> R:
        """What a function of the test gives for the `ctx` of a mutation, which is committed then."""
        async with self.transaction() as ctx:
            return await work(ctx)

    def _called(
        self, function: Function[Any, ..., Any], kind: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[LiveFunction, Call]:
        live = self._engine.live().function(function, kind)
        arguments = live.dump_arguments(function.arguments(*args, **kwargs))
        return live, Call(live.path, arguments, kind, self._identity)

    def _value(self, live: LiveFunction, ran: Ran) -> Any:
        if isinstance(ran.outcome, Failure):
            raise ran.error or RuntimeError(ran.outcome.message)
        return live.load_result(ran.outcome.value)


def _no_pause(seconds: float) -> None:
    """Nobody is waited for: there is one thread."""
