"""`Jobs`: what is due in one engine, and the runs of it. It waits for nothing by itself: see `Worker` for that.

Life cycle: `start` before anything is run, when a program is live; `deployed` after each further one. Then either
a `Worker` runs what is due when it is, or whoever tells the time calls `run_due`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from convexgen.runtime.calls import Call, Failure, Outcome, stored_path
from convexgen.runtime.engine.contexts import Deployed, Run
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.engine.runs import Ran
from convexgen.runtime.jobs.steps import TOGETHER, delay, next_step
from convexgen.runtime.jobs.tasks import Task, pending
from convexgen.runtime.reads import Reads
from convexgen.runtime.scheduling import CronEntry, cron_documents, job_documents, synchronise

T = TypeVar("T")

_STEPS: Final = 100
"""Documents that are looked at in one transaction."""


class Pending(NamedTuple):
    """The tasks that are due first, of a snapshot; they are the same as long as nothing of `reads` changes."""

    tasks: list[Task]
    reads: Reads
    timestamp: int


@dataclass(frozen=True, slots=True)
class FinishedTask:
    """What was run, what came of it, and how long that took in milliseconds."""

    call: Call
    outcome: Outcome
    milliseconds: float


class ActionLoop(Protocol):
    """Runs a coroutine where actions run."""

    def __call__(self, begin: Callable[[], Coroutine[Any, Any, Ran]], /) -> Awaitable[Ran]: ...


async def in_place(begin: Callable[[], Coroutine[Any, Any, Ran]], /) -> Ran:
    """The simplest `ActionLoop`: whoever waits runs it."""
    return await begin()


def _nobody(finished: FinishedTask) -> None:
    """Nobody is told."""


class Jobs:
    """Scheduled jobs and crons of an engine. `tell` hears of every run that was made; it must not raise."""

    def __init__(
        self, engine: Engine, *, tell: Callable[[FinishedTask], None] = _nobody, on_action_loop: ActionLoop = in_place
    ) -> None:
        self.engine = engine
        self._tell = tell
        self._on_action_loop = on_action_loop

    @property
    def now(self) -> float:
        """Milliseconds since the epoch. Commits may be ahead of the clock."""
        return max(self.engine.milliseconds(), self.engine.latest / 1_000_000)

    def start(self) -> None:
        """Settle what was broken off when the engine ended last, and begin the crons. Blocks. Raises `EngineError`."""
        while self.engine.transact(
            lambda run: job_documents.give_up_interrupted(run.transaction.system, run.now, _STEPS)
        )[0]:
            pass
        self.engine.transact(lambda run: cron_documents.resume(run.transaction.system, run.now))
        self.deployed()

    def deployed(self) -> None:
        """Make the crons of the program that is live the ones that there are. Blocks. Raises `EngineError`."""
        self.engine.transact(lambda run: synchronise(run.transaction.system, _declared(run.deployed), run.now))

    def forget(self) -> bool:
        """Delete some jobs that ended a week ago; true if there are more. Blocks. Raises `EngineError`."""
        return self.engine.transact(lambda run: job_documents.forget(run.transaction.system, run.now, _STEPS))[0]

    def pending(self, limit: int = 1) -> Pending:
        """What waits for its time. Blocks. Raises `EngineError`."""

        def look(run: Run) -> tuple[list[Task], Reads]:
            return pending(run.transaction.system, limit), run.transaction.reads()

        (tasks, reads), timestamp = self.engine.transact(look)
        return Pending(tasks, reads, timestamp)

    def next_due(self) -> float | None:
        """When the next one is due, in milliseconds since the epoch; None if nothing waits. Raises `EngineError`."""
        tasks = self.pending().tasks
        return tasks[0].due if tasks else None

    async def run_due(self) -> None:
        """Run all that is due now, one after the other as they are due, with what they schedule for now themselves.

        For one thread, in which the time is told. Raises `EngineError` where the store fails.
        """
        while step := next_step(self.now, self.pending(TOGETHER).tasks, frozenset(), {}).run:
            await self.run(step[0])

    async def run(self, task: Task, pause: Callable[[float], Awaitable[None]] | None = None) -> None:
        """Run a task, and write down that it was run. Raises `EngineError` if it is to be run again later.

        `pause` waits for some milliseconds before what became of an action is written down anew; without it, an error
        in that is raised, and nobody knows that the action has ended.
        """
        began = self.now
        kind = self.engine.kind(task.call.path)
        if kind == "mutation":
            ran = await self._mutation(task)
        elif kind == "action":
            ran = await self._action(task, pause)
        else:
            ran = Ran(Failure(f"Attempted to schedule function at nonexistent path: {stored_path(task.call.path)}"))
            await self._fail(task, ran)
        if ran is not None:
            self._tell(FinishedTask(replace(task.call, kind=kind), ran.outcome, max(0.0, self.now - began)))

    async def _mutation(self, task: Task) -> Ran | None:
        call = replace(task.call, kind="mutation")
        ran = await self.engine.wait(lambda: self.engine.mutation_within(call, _Around(task)))
        if ran is not None and isinstance(ran.outcome, Failure):
            await self._fail(task, ran)
        return ran

    async def _fail(self, task: Task, ran: Ran) -> None:
        """Write down what went wrong, where nothing of it was: unless the task was canceled meanwhile."""
        assert isinstance(ran.outcome, Failure)
        message = ran.outcome.message

        def fail(run: Run) -> None:
            if task.claim(run.transaction.system):
                task.finish(run.transaction.system, run.now, message)

        await self.engine.wait(lambda: self.engine.transact(fail))

    async def _action(self, task: Task, pause: Callable[[float], Awaitable[None]] | None) -> Ran | None:
        claimed, _ = await self.engine.wait(
            lambda: self.engine.transact(lambda run: task.claim(run.transaction.system))
        )
        if not claimed:
            return None
        call = replace(task.call, kind="action")
        try:
            ran = await self._on_action_loop(lambda: self.engine.action(call, 0))
        except Exception as error:  # it never came to run, or nobody knows how far
            ran = Ran(Failure(job_documents.TRANSIENT), error)
        message = ran.outcome.message if isinstance(ran.outcome, Failure) else None

        def finish(run: Run) -> None:
            task.finish(run.transaction.system, run.now, message)

        failures = 0
        while True:
            try:
                await self.engine.wait(lambda: self.engine.transact(finish))
                return ran
            except EngineError:
                if pause is None:
                    raise
                failures += 1
                await pause(delay(failures))


@dataclass(frozen=True, slots=True)
class _Around:
    """A mutation that is a task: it is claimed and finished in its own transaction."""

    task: Task

    def before(self, run: Run) -> bool:
        run.is_job = run.job is not None
        return self.task.claim(run.transaction.system)

    def after(self, run: Run) -> None:
        self.task.finish(run.transaction.system, run.now, None)


def _declared(deployed: Deployed) -> list[CronEntry]:
    entries: list[CronEntry] = []
    for cron in deployed.program.crons:
        live = deployed.schedulable(cron.function)
        entries.append(CronEntry(cron.name, cron.schedule, live.path, live.dump_arguments(cron.arguments)))
    return entries
