"""Where functions run, so that none of them can stop the server: in a few threads, and on a loop of their own.

Queries and mutations block a thread each for as long as they take. Actions are coroutines of people who may well block
in them, so they have an event loop to themselves.

Life cycle: threads start with the first call; `close` lets what runs in threads come to its end, and cancels actions.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeVar

from convexgen.runtime.server.problems import overloaded

T = TypeVar("T")

WORKERS: Final = 16
WAITING: Final = 1000
"""Queries and mutations that run at once, and that may be under way altogether; as many actions."""
_PARTING: Final = 5.0
"""Seconds that cancelled actions have to clear up."""


class FunctionRuns:
    """Used from one event loop, that of the server."""

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="convexgen function")
        self._actions = _ActionLoop()
        self._waiting = waiting
        self._working = 0
        self._acting = 0

    async def in_worker(self, work: Callable[[], T]) -> T:
        """What `work` gives, which may block. Raises `RequestError` if there is too much to do already."""
        if self._working >= self._waiting:
            raise overloaded("Too many functions are waiting to be run. Try again later.")
        self._working += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._working -= 1

    async def in_turn(self, work: Callable[[], T]) -> T:
        """The same for those who ask for one thing after the other, and need not be refused. On any event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def on_action_loop(self, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What a coroutine gives on the loop of actions. Cancelling this cancels it. Raises `RequestError`."""
        if self._acting >= self._waiting:
            raise overloaded("Too many actions are running. Try again later.")
        self._acting += 1
        try:
            return await self._actions.run(begin)
        finally:
            self._acting -= 1

    def close(self) -> None:
        """Let go of all threads. What waits for one is given up."""
        self._actions.close()
        self._pool.shutdown(wait=True, cancel_futures=True)


class _ActionLoop:
    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._loop = asyncio.new_event_loop()

    async def run(self, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop.run_forever, name="convexgen actions", daemon=True)
            self._thread.start()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(begin(), self._loop))

    def close(self) -> None:
        if self._thread is not None:
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result(_PARTING)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_PARTING)
            if self._thread.is_alive():
                return  # a function that blocks it and cannot be stopped; it ends with the process
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
