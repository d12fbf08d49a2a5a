"""The chat's clean-up: a mutation that goes on in further transactions while there is more to delete."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from convexgen.discover import discover
from convexgen.runtime.program.loading import program_of
from convexgen.settings import Settings
from convexgen.testing import Backend
from tests.oracle.importing import imported

CHAT = Path(__file__).parents[3] / "fixtures" / "projects" / "chat"


def test_old_messages_are_cleared_in_as_many_transactions_as_it_takes() -> None:
    with imported(CHAT, "backend", discover(CHAT, Settings())) as modules:
        backend = Backend(program_of(modules, "camel"))
        asyncio.run(_clear(backend, modules["schema"], modules["messages"].clear_old, modules["messages"].BATCH))


async def _clear(backend: Backend, schema: Any, clear_old: Any, batch: int) -> None:
    async with backend.transaction() as ctx:
        user = await ctx.db.insert(schema.User(name="Ada", token_identifier="ada"))
        channel = await ctx.db.insert(schema.Channel(name="general", created_by=user))
        for number in range(batch * 2 + 5):
            await ctx.db.insert(schema.Message(channel=channel, author=user, text=str(number)))
    await backend.advance(timedelta(days=91))
    assert await backend.mutation(clear_old) == batch
    assert await _messages(backend, schema) == batch + 5
    await backend.advance(timedelta())
    assert await _messages(backend, schema) == 0


async def _messages(backend: Backend, schema: Any) -> int:
    async with backend.transaction() as ctx:
        return len(await ctx.db.query(schema.Message).collect())
