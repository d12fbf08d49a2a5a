"""What can be awaited in a transaction, and what is told to whoever awaits something else."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

import httpx
import pytest

from convexgen.runtime.engine.transaction_loop import WaitingError, run


async def _one() -> int:
    return 1


async def _gathered() -> list[int]:
    return list(await asyncio.gather(_one(), _one()))


async def _in_a_group() -> int:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_one())
    return task.result()


async def _within_a_time_limit() -> int:
    async with asyncio.timeout(1):
        return await asyncio.wait_for(_one(), 1)


async def _through_an_event() -> str:
    event, found = asyncio.Event(), list[str]()

    async def wait() -> None:
        await event.wait()
        found.append("woken")

    waiting = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    event.set()
    await waiting
    return found[0]


@pytest.mark.parametrize(
    ("function", "result"),
    [
        (_one, 1),
        (_gathered, [1, 1]),
        (_in_a_group, 1),
        (_within_a_time_limit, 1),
        (_through_an_event, "woken"),
    ],
)
def test_functions_may_await_one_another(function: Callable[[], Coroutine[Any, Any, object]], result: object) -> None:
    assert run(function()) == result


async def _sleeps() -> None:
    await asyncio.sleep(3600)


async def _leaves_for_a_thread() -> None:
    await asyncio.to_thread(print)


async def _starts_a_program() -> None:
    await asyncio.create_subprocess_shell("true")


async def _waits_for_nobody() -> None:
    await asyncio.Event().wait()


async def _waits_for_a_future_of_its_own() -> None:
    await asyncio.gather(_sleeps(), _sleeps())


@pytest.mark.parametrize(
    "function",
    [_sleeps, _leaves_for_a_thread, _starts_a_program, _waits_for_nobody, _waits_for_a_future_of_its_own],
)
def test_who_waits_for_anything_else_is_told_so(function: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with pytest.raises(WaitingError, match=r"^a query or mutation cannot wait: .*Do that in an action$"):
        run(function())


def test_the_network_is_refused() -> None:
    async def fetch() -> None:
        async with httpx.AsyncClient() as client:
            await client.get("http://127.0.0.1:9")

    with pytest.raises(ExceptionGroup) as raised:
        run(fetch())
    assert raised.value.subgroup(WaitingError) is not None


def test_the_error_is_raised_where_somebody_waits() -> None:
    async def careful() -> str:
        try:
            await _sleeps()
        except WaitingError:
            return "went on without sleep"
        return "slept"

    assert run(careful()) == "went on without sleep"


def test_what_is_left_behind_is_cancelled() -> None:
    told: list[str] = []

    async def left() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    async def leave() -> str:
        told.append(type(asyncio.ensure_future(left())).__name__)
        await asyncio.sleep(0)
        return "done"

    assert run(leave()) == "done"
    gc.collect()
    assert told == ["Task", "cancelled"]


def test_runs_within_a_running_loop_which_is_there_again_afterwards() -> None:
    async def outer() -> tuple[object, bool]:
        before = asyncio.get_running_loop()
        return run(_gathered()), asyncio.get_running_loop() is before

    assert asyncio.run(outer()) == ([1, 1], True)


def test_the_context_of_the_caller_is_seen_and_not_changed() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="nobody")

    async def look() -> str:
        seen = variable.get()
        variable.set("the function")
        return seen

    variable.set("the caller")
    assert run(look()) == "the caller"
    assert variable.get() == "the caller"
