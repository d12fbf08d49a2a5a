"""Who follows the logs is told everything once, in order, as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.calls import Failure, Success
from convexgen.runtime.server.function_logs import MOST, FunctionLogs, LoggedCall, Told

NOW = 1_795_352_545_044.5


@pytest.fixture
def logs() -> Iterator[FunctionLogs]:
    yield FunctionLogs(lambda: NOW)


def call(path: str = "a:b", ended: float = NOW) -> LoggedCall:
    return LoggedCall(path, "query", Success(None), 0.25, "00112233aabbccdd", ended)


def names(told: Told) -> list[object]:
    return [each["identifier"] for each in told.entries if isinstance(each, dict)]


def test_an_entry_says_all_there_is_to_say(logs: FunctionLogs) -> None:
    failed = Failure("Uncaught ValueError: no\n    at handler", ("[LOG] 'one'",))
    logs.add(LoggedCall("messages:default", "http action", failed, 0.25, "00112233aabbccdd", NOW))

    assert asyncio.run(logs.after(0)) == Told(
        [
            {
                "kind": "Completion",
                "udfType": "HttpAction",
                "identifier": "messages",
                "timestamp": NOW / 1000,
                "executionTime": 0.25,
                "logLines": ["[LOG] 'one'"],
                "requestId": "00112233aabbccdd",
                "executionId": "1",
                "error": "Uncaught ValueError: no\n    at handler",
            }
        ],
        NOW,
    )


def test_the_first_question_is_answered_at_once(logs: FunctionLogs) -> None:
    assert asyncio.run(logs.after(0)) == Told([], NOW)


@given(st.lists(st.lists(st.floats(0, 1e13), max_size=4), max_size=6))
def test_whatever_the_clock_does_everything_is_told_once(batches: list[list[float]]) -> None:
    logs = FunctionLogs(lambda: NOW)
    logs.close()  # so that nobody waits
    cursor, told = 0.0, list[object]()
    for number, batch in enumerate(batches):
        for each, ended in enumerate(batch):
            logs.add(call(f"m:f{number}_{each}", ended))
        found = asyncio.run(logs.after(cursor))
        assert found.cursor >= cursor
        cursor = found.cursor
        told += names(found)
    assert told == [f"m:f{number}_{each}" for number, batch in enumerate(batches) for each in range(len(batch))]


def test_who_waits_is_told_as_soon_as_there_is_something(logs: FunctionLogs) -> None:
    async def follow() -> Told:
        first = await logs.after(0)
        waiting = asyncio.create_task(logs.after(first.cursor))
        await asyncio.sleep(0)
        assert not waiting.done()
        await asyncio.to_thread(logs.add, call("a:b"))
        return await waiting

    told = asyncio.run(follow())
    assert (names(told), told.cursor > NOW) == (["a:b"], True)


def test_patience_has_an_end(logs: FunctionLogs) -> None:
    async def follow() -> Told:
        first = await logs.after(0)
        return await logs.after(first.cursor, patience=0)

    assert asyncio.run(follow()) == Told([], NOW)


def test_nobody_waits_for_what_is_closed(logs: FunctionLogs) -> None:
    async def follow() -> list[Told]:
        first = await logs.after(0)
        waiting = asyncio.create_task(logs.after(first.cursor))
        await asyncio.sleep(0)
        logs.close()
        return [await waiting, await logs.after(first.cursor)]

    assert asyncio.run(follow()) == [Told([], NOW), Told([], NOW)]


def test_a_cursor_from_before_a_restart_misses_nothing(logs: FunctionLogs) -> None:
    logs.add(call("a:b", ended=NOW - 5000))

    assert names(asyncio.run(logs.after(NOW + 5000))) == ["a:b"]


def test_only_the_last_are_kept(logs: FunctionLogs) -> None:
    for number in range(MOST + 2):
        logs.add(call(f"a:f{number}"))

    found = names(asyncio.run(logs.after(0)))
    assert (len(found), found[0], found[-1]) == (MOST, "a:f2", f"a:f{MOST + 1}")
