"""`ctx.scheduler`: functions that are to run later, as part of a mutation, or each by itself where an action asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from convexgen.authoring.functions import Function
from convexgen.authoring.ids import Id
from convexgen.authoring.system_tables import ScheduledJob
from convexgen.runtime import scheduling
from convexgen.runtime.calls import stored_path
from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.program.live import LiveFunction
from convexgen.runtime.values import Value, check_arguments, size

R = TypeVar("R")

MAXIMUM_JOBS: Final = 1000
MAXIMUM_BYTES: Final = 2**24
"""How many functions one mutation may schedule, and how large their arguments may be, all together."""


@dataclass(slots=True)
class ScheduledSoFar:
    """What a mutation has scheduled, with all that ran within it. Only grows: undone work was done all the same."""

    jobs: int = 0
    bytes: int = 0

    def add(self, arguments: dict[str, Value]) -> None:
        """Raises `ValueError` for what is too much."""
        self.jobs += 1
        self.bytes += size(arguments)
        if self.jobs > MAXIMUM_JOBS:
            raise ValueError(f"Too many functions scheduled by this mutation (limit: {MAXIMUM_JOBS})")
        if self.bytes > MAXIMUM_BYTES:
            raise ValueError(
                "Too large total size of the arguments of scheduled functions from this mutation "
                f"(limit: {MAXIMUM_BYTES} bytes)"
            )


@dataclass(frozen=True, slots=True)
class MutationScheduler:
    """The `Scheduler` of a transaction that began at `now`. `job` is the scheduled job that it is a part of,
    or, as `is_job` says, that it is itself.

    `find` gives the live function that users' code names; see `Deployed.schedulable`.
    """

    system: SystemDocuments
    find: Callable[[object], LiveFunction]
    now: float
    job: str | None
    is_job: bool
    so_far: ScheduledSoFar

    async def run_after(
        self, delay: timedelta, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any
    ) -> Id[ScheduledJob]:
        callee = self.find(function)
        return self.add(callee, scheduling.after(delay, self.now), checked(callee, args, kwargs))

    async def run_at(
        self, moment: datetime, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any
    ) -> Id[ScheduledJob]:
        callee = self.find(function)
        return self.add(callee, scheduling.at(moment, self.now), checked(callee, args, kwargs))

    async def cancel(self, job: Id[ScheduledJob], /) -> None:
        self.cancel_now(job)

    def add(self, callee: LiveFunction, due: float, arguments: dict[str, Value]) -> Id[ScheduledJob]:
        self.so_far.add(arguments)
        return Id(scheduling.add(self.system, callee.path, arguments, due, self.now, self.job))

    def cancel_now(self, job: str) -> None:
        scheduling.cancel(self.system, str(job), self.now, self.job if self.is_job else None)


class Committed(Protocol):
    """Does something with a scheduler in a transaction of its own, which may be run several times."""

    def __call__(self, work: Callable[[MutationScheduler], R], /) -> Awaitable[R]: ...


@dataclass(frozen=True, slots=True)
class ActionScheduler:
    """The `Scheduler` of an action: every call is a transaction of its own, and done when it returns."""

    find: Callable[[object], LiveFunction]
    committed: Committed

    async def run_after(
        self, delay: timedelta, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any
    ) -> Id[ScheduledJob]:
        callee = self.find(function)
        arguments = checked(callee, args, kwargs)
        return await self.committed(lambda within: within.add(callee, scheduling.after(delay, within.now), arguments))

    async def run_at(
        self, moment: datetime, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any
    ) -> Id[ScheduledJob]:
        callee = self.find(function)
        arguments = checked(callee, args, kwargs)
        return await self.committed(lambda within: within.add(callee, scheduling.at(moment, within.now), arguments))

    async def cancel(self, job: Id[ScheduledJob], /) -> None:
        await self.committed(lambda within: within.cancel_now(job))


def checked(callee: LiveFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Value]:
    """The arguments as they are kept until then. Raises `TypeError`, `InvalidValueError`."""
    arguments = callee.dump_arguments(callee.function.arguments(*args, **kwargs))
    check_arguments(stored_path(callee.path), arguments)
    return arguments
