"""An engine with jobs over a store that outlives it, asked in as few words as possible. The time is told."""

from __future__ import annotations

import asyncio
from functools import cache
from random import Random
from typing import Any

from convexgen.runtime.calls import Call, Failure, Identity, Success
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.jobs import FinishedTask, Jobs
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.scheduling import JOBS
from convexgen.runtime.store import Store
from convexgen.runtime.values import Value
from tests.runtime.commits.clock import Clock

ADMIN = Identity(is_admin=True)
SECOND = 10**9


@cache
def program(*, crons: bool = False) -> Program:
    """The program of these tests."""
    modules = ["schema", "work", "crons"] if crons else ["schema", "work"]
    return load_program("tests.runtime.jobs.backend", modules, "camel")


class Served:
    """One life of an engine: the next one is another object over the same store and clock."""

    def __init__(self, store: Store, clock: Clock, live: Program | None = None, *, seed: int = 1) -> None:
        self.clock = clock
        self.told: list[FinishedTask] = []
        self.engine = Engine(store, clock=clock, ids=Random(seed), pause=lambda seconds: None)
        self.jobs = Jobs(self.engine, tell=self.told.append)
        self.deploy(live or program())
        self.jobs.start()

    def deploy(self, live: Program) -> None:
        for _ in self.engine.deploy(live):
            pass

    def query(self, path: str) -> Any:
        return self._value(self.engine.run_query(Call(path, {}, "query", ADMIN)).outcome)

    def mutate(self, path: str, **arguments: Value) -> Any:
        return self._value(self.engine.run_mutation(Call(path, arguments, "mutation", ADMIN)).outcome)

    def act(self, path: str, **arguments: Value) -> Any:
        return self._value(asyncio.run(self.engine.run_action(Call(path, arguments, "action", ADMIN))))

    def run_due(self) -> None:
        asyncio.run(self.jobs.run_due())

    def advance(self, seconds: float) -> None:
        """Let time pass, and run what comes due."""
        goal = self.clock.now + int(seconds * SECOND)
        while (due := self.jobs.next_due()) is not None and due * 1e6 <= goal:
            self.clock.now = max(self.clock.now, int(due * 1e6))
            self.run_due()
        self.clock.now = goal

    def scheduled(self) -> list[Any]:
        """The documents of all jobs, in the order in which they were made."""
        return self.engine.system(lambda system: system.find(JOBS, "by_creation_time", (), limit=5000))

    def states(self) -> list[str]:
        return [job["state"]["kind"] for job in self.scheduled()]

    @staticmethod
    def _value(outcome: Success | Failure) -> Any:
        if isinstance(outcome, Failure):
            raise AssertionError(outcome.message)
        return outcome.value
