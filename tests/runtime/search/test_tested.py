"""Searches as users test them: a backend in memory, subscriptions that say whether they are stale."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from convexgen.runtime.program.live import Program
from convexgen.testing import Backend
from tests.runtime.search.backend import foods as functions
from tests.runtime.search.backend.schema import Food


@pytest.fixture
def backend(foods: Program) -> Backend:
    return Backend(foods)


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await work()

    asyncio.run(main())


def test_a_subscription_follows_what_answers_it(backend: Backend) -> None:
    async def work() -> None:
        shown = backend.subscribe(functions.search, text="green cur")
        seen = [shown.value]
        await backend.mutation(functions.add, title="Apple pie", cuisine="any", embedding=[])
        stale = [shown.is_stale]
        curry = await backend.mutation(functions.add, title="Red curry", cuisine="thai", embedding=[])
        stale.append(shown.is_stale)
        seen.append(shown.value)
        await backend.mutation(functions.add, title="Green curry", cuisine="thai", embedding=[])
        seen.append(shown.value)
        await backend.mutation(functions.remove, food=curry)
        seen.append(shown.value)
        assert seen == [[], ["Red curry"], ["Green curry", "Red curry"], ["Green curry"]]
        assert stale == [False, True]

    run(work)


def test_an_answer_is_looked_up_by_its_meaning(backend: Backend) -> None:
    async def work() -> None:
        for title, embedding in (("soup", [1.0, 0.0, 0.0]), ("salad", [0.0, 1.0, 0.0])):
            await backend.mutation(functions.add, title=title, cuisine="any", embedding=embedding)
        hits = await backend.action(functions.near, embedding=[0.1, 0.9, 0.0], limit=1)
        assert [hit.title for hit in hits] == ["salad"]
        async with backend.transaction() as ctx:
            await ctx.db.insert(Food(title="stew", cuisine="any", embedding=[0.1, 0.9, 0.0]))
        hits = await backend.action(functions.near, embedding=[0.1, 0.9, 0.0], limit=2)
        assert [hit.title for hit in hits] == ["stew", "salad"]

    run(work)
