"""`Worker`: runs what is due, when it is, beside a server. It never looks without a reason.

Reasons are a commit that changed what waits, the time at which the next one is due, and the end of a run.

Life cycle: `work` until it is cancelled. Mutations come to their end all the same, each in its thread; actions are
cancelled, and count as broken off when the jobs are started again.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.jobs.executor import Jobs, Pending
from convexgen.runtime.jobs.steps import TOGETHER, delay, next_step
from convexgen.runtime.jobs.tasks import Task

logger = logging.getLogger("convexgen.jobs")

LONGEST_SLEEP: Final = 60_000.0
"""Milliseconds after which the clock is asked anew, which may have been set meanwhile."""
_FORGET_EVERY: Final = 10 * 60 * 1000.0
"""Milliseconds between two looks at jobs that ended long ago."""


class Worker:
    """For one event loop. `jobs` have been started."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._news = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._failures: dict[str, int] = {}
        self._delayed: dict[str, float] = {}
        self._forget_at = 0.0

    async def work(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                await self._look()
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _look(self) -> None:
        """Begin what is due, and wait for a reason to look again."""
        self._news.clear()
        engine = self._jobs.engine
        try:
            limit = TOGETHER + len(self._running) + len(self._delayed) + 1
            found: Pending = await engine.wait(lambda: self._jobs.pending(limit))
            await self._forget_old()
        except Exception:
            logger.exception("scheduled functions could not be looked for")
            await asyncio.sleep(1)
            return
        step = next_step(self._jobs.now, found.tasks, self._running.keys(), self._delayed)
        for task in step.run:
            self._running[task.id] = asyncio.create_task(self._run(task))
        until = LONGEST_SLEEP if step.look_again is None else min(LONGEST_SLEEP, step.look_again - self._jobs.now)
        loop = asyncio.get_running_loop()
        watch = engine.committer.watch(found.reads, found.timestamp, lambda: _tell(loop, self._news))
        try:
            async with asyncio.timeout(max(0.0, until) / 1000):
                await self._news.wait()
        except TimeoutError:
            pass
        finally:
            watch.close()

    async def _run(self, task: Task) -> None:
        try:
            await self._jobs.run(task, _pause)
            self._failures.pop(task.id, None)
            self._delayed.pop(task.id, None)
        except EngineError as error:
            self._failures[task.id] = self._failures.get(task.id, 0) + 1
            self._delayed[task.id] = self._jobs.now + delay(self._failures[task.id])
            logger.warning("%s will be run again: %s", task.call.path, error)
        except Exception:
            self._delayed[task.id] = self._jobs.now + LONGEST_SLEEP
            logger.exception("%s could not be run", task.call.path)
        finally:
            del self._running[task.id]
            self._news.set()

    async def _forget_old(self) -> None:
        now = self._jobs.now
        if now < self._forget_at:
            return
        more = await self._jobs.engine.wait(self._jobs.forget)
        self._forget_at = now if more else now + _FORGET_EVERY


def _tell(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    """Called in whatever thread commits, even when the loop is about to end."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(news.set)


async def _pause(milliseconds: float) -> None:
    await asyncio.sleep(milliseconds / 1000)
