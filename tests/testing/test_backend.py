"""Functions called by tests: what comes back, in whose name, at what time, over which documents."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import pytest

from convexgen import ConvexError, Id, Int64, MutationCtx, UserIdentity, query
from convexgen.runtime.engine.contract import EngineError
from convexgen.testing import Backend, SyncBackend
from tests.runtime.engine.backend import actions, counters, functions
from tests.runtime.engine.backend.schema import Counter, Note
from tests.runtime.engine.served import program

Test = Callable[[Backend], Coroutine[Any, Any, None]]


def on_a_loop(test: Test) -> Callable[[Backend], None]:
    """As plugins for asynchronous tests do it."""

    @wraps(test)
    def run(backend: Backend) -> None:
        asyncio.run(test(backend))

    return run


@pytest.fixture
def backend() -> Backend:
    return Backend(program())


@on_a_loop
async def test_functions_of_all_kinds_are_called(backend: Backend) -> None:
    assert await backend.mutation(counters.add, name="a", by=2) == 2
    assert await backend.query(counters.get, "a") == 2
    assert await backend.query(functions.echo, text="a", number=Int64(5)) == ["a", Int64(5)]
    assert await backend.action(actions.side_by_side, names=["a", "b"]) == [3, 1]


@on_a_loop
async def test_internal_functions_are_called_too(backend: Backend) -> None:
    note = await backend.mutation(functions.hidden_write, text="a")
    assert await backend.query(functions.hidden) == "seen"
    assert await backend.action(actions.inner, text="a") == "a of nobody"
    assert backend.subscribe(functions.hidden).value == "seen"
    async with backend.transaction() as ctx:
        found = await ctx.db.get(note)
    assert found is not None
    assert (found.id, found.text) == (note, "a")


@on_a_loop
async def test_arguments_are_checked_before_and_while_it_runs(backend: Backend) -> None:
    with pytest.raises(ValueError, match=r"^ArgumentValidationError: expected a number, got 'x'\nPath: \.levels$"):
        await backend.query(functions.deep, levels="x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="missing a required argument: 'levels'"):
        await backend.query(functions.deep)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"is no query$"):
        await backend.query(counters.add, name="a")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^ReturnsValidationError: "):
        await backend.query(functions.lies)


@on_a_loop
async def test_errors_come_as_they_were_raised(backend: Backend) -> None:
    with pytest.raises(ConvexError) as raised:
        await backend.query(functions.raises, kind="convex")
    assert raised.value.data == {"code": "full", "left": 0}
    for what in ("query", "action"):
        with pytest.raises(LookupError, match=r"^nothing here$"):
            await backend.action(actions.lets_through, what=what)


@on_a_loop
async def test_a_mutation_that_raises_leaves_nothing(backend: Backend) -> None:
    with pytest.raises(ValueError, match=r"^changed my mind$"):
        await backend.mutation(counters.add_and_fail, name="a")
    assert await backend.query(counters.names) == []


def test_a_function_that_is_none_of_the_program_s_is_refused(backend: Backend) -> None:
    foreign = query(functions.hidden.handler)
    with pytest.raises(ValueError, match=r"is not part of the program that is running$"):
        asyncio.run(backend.query(foreign))


@on_a_loop
async def test_users_share_a_backend(backend: Backend) -> None:
    ada, bob = backend.as_user("ada", name="Ada"), backend.as_user("bob", name="Bob")
    assert [await each.query(functions.who) for each in (ada, bob, backend, ada)] == ["Ada", "Bob", None, "Ada"]
    await ada.mutation(functions.write, text="a")
    assert await bob.query(functions.notes) == ["a"]
    assert await bob.action(actions.inner, text="a") == "a of Bob"
    assert await bob.with_identity(None).query(functions.who) is None


@on_a_loop
async def test_all_that_is_known_of_a_user_can_be_given(backend: Backend) -> None:
    identity = UserIdentity(token_identifier="t", subject="s", issuer="i", name="N", claims={"roles": ["admin"]})
    async with backend.with_identity(identity).transaction() as ctx:
        assert await ctx.auth.get_user_identity() == identity
    async with backend.as_user("ada", email="a@b.example", claims={"x": 1}).transaction() as ctx:
        found = await ctx.auth.get_user_identity()
    assert found == UserIdentity(
        token_identifier="https://issuer.example|ada",
        subject="ada",
        issuer="https://issuer.example",
        email="a@b.example",
        claims={"x": 1},
    )


@on_a_loop
async def test_time_stands_still_until_it_is_advanced(backend: Backend) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert backend.now == start
    assert [await backend.query(functions.now) for _ in range(2)] == [start.timestamp() * 1000] * 2
    await backend.as_user("ada").advance(timedelta(days=1, milliseconds=5))
    later = start + timedelta(days=1, milliseconds=5)
    assert backend.now == later
    assert await backend.query(functions.now) == later.timestamp() * 1000
    with pytest.raises(ValueError, match=r"^time does not go back: -1 day, "):
        await backend.advance(timedelta(seconds=-1))


@on_a_loop
async def test_documents_are_in_the_order_in_which_they_were_made(backend: Backend) -> None:
    texts = [str(number) for number in range(10)]
    for text in texts:
        await backend.mutation(functions.write, text=text)
    assert await backend.query(functions.notes) == texts


def test_the_time_to_begin_with_is_given_with_its_zone() -> None:
    begin = datetime(2030, 5, 1, 12, tzinfo=UTC)
    assert Backend(program(), start=begin).now == begin
    with pytest.raises(ValueError, match=r"has no time zone$"):
        Backend(program(), start=begin.replace(tzinfo=None))


@on_a_loop
async def test_a_transaction_that_raises_leaves_nothing(backend: Backend) -> None:
    with pytest.raises(LookupError):
        async with backend.transaction() as ctx:
            await ctx.db.insert(Note(text="a"))
            raise LookupError
    assert await backend.query(functions.notes) == []


@on_a_loop
async def test_a_transaction_sees_one_moment_and_tells_of_a_conflict(backend: Backend) -> None:
    with pytest.raises(EngineError, match=r'^Documents read from or written to the "counters" table changed'):
        async with backend.transaction() as ctx:
            assert await ctx.db.query(Counter).first() is None
            await backend.mutation(counters.add, name="a")
            assert await ctx.db.query(Counter).first() is None
            await ctx.db.insert(Counter(name="b"))
    assert await backend.query(counters.names) == ["a"]


@on_a_loop
async def test_functions_of_the_test_itself_are_run_with_a_context(backend: Backend) -> None:
    async def arrange(ctx: MutationCtx) -> Id[Note]:
        return await ctx.db.insert(Note(text=f"at {ctx.random.random():.3f}"))

    note = await backend.run(arrange)
    async with backend.transaction() as ctx:
        found = await ctx.db.get(note)
    assert found is not None


@on_a_loop
async def test_a_subscription_has_what_the_query_gives_now(backend: Backend) -> None:
    followed = backend.subscribe(counters.get, name="a")
    assert (followed.value, followed.is_stale) == (None, False)
    await backend.mutation(counters.add, name="b")
    assert not followed.is_stale
    await backend.mutation(counters.add, name="a")
    assert (followed.is_stale, followed.value, followed.is_stale) == (True, 1, False)
    await backend.mutation(counters.add, name="a")
    assert followed.value == 2
    followed.close()
    await backend.mutation(counters.add, name="a")
    assert followed.value == 2


def test_a_subscription_raises_what_its_query_raises(backend: Backend) -> None:
    with pytest.raises(LookupError):
        backend.subscribe(functions.raises, kind="other")


def test_two_backends_share_nothing_and_run_alike() -> None:
    async def run(backend: Backend) -> list[object]:
        note = await backend.mutation(functions.write, text="a")
        await backend.mutation(counters.add, name="a")
        return [note, await backend.mutation(counters.draw, name="a"), await backend.query(functions.notes)]

    first, second = (asyncio.run(run(Backend(program()))) for _ in range(2))
    assert first == second


def test_what_functions_print_and_log_is_the_test_s_own(
    backend: Backend, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        asyncio.run(backend.query(functions.tells))
    assert capsys.readouterr().out == "it's 5\n"
    assert caplog.messages == ["careful: hot"]


def test_tests_that_are_no_coroutines_have_the_same(backend: Backend) -> None:
    async def count(ctx: MutationCtx) -> int:
        return len(await ctx.db.query(Counter).collect())

    sync = SyncBackend(backend)
    assert sync.mutation(counters.add, name="a") == 1
    assert sync.query(counters.get, name="a") == 1
    assert sync.action(actions.side_by_side, names=["a"]) == [2]
    assert sync.subscribe(counters.get, name="a").value == 2
    assert sync.run(count) == 1
    before = sync.now
    sync.advance(timedelta(hours=1))
    assert sync.now - before == timedelta(hours=1) - (before - datetime(2026, 1, 1, tzinfo=UTC))
    ada = sync.as_user("ada", name="Ada")
    assert (ada.query(functions.who), ada.with_identity(None).query(functions.who)) == ("Ada", None)
