"""Actions: what goes its own way."""

from __future__ import annotations

import asyncio
from typing import Any

from convexgen import ActionCtx, ConvexError, action, internal_action
from tests.runtime.engine.backend import counters, functions
from tests.runtime.engine.backend._moments import reach


@action
async def everything(ctx: ActionCtx) -> list[Any]:
    """A query, mutations, and another action."""
    print("begun")
    first = await ctx.run_mutation(counters.add, name="a", by=2)
    await ctx.run_mutation(functions.leave, text="a note", then="")
    second = await ctx.run_action(inner, text="text")
    return [first, second, await ctx.run_query(counters.get, name="a"), await ctx.run_query(functions.notes)]


@internal_action
async def inner(ctx: ActionCtx, text: str) -> str:
    """For other actions."""
    print("within")
    identity = await ctx.auth.get_user_identity()
    return f"{text} of {identity.name if identity else 'nobody'}"


@action
async def catches(ctx: ActionCtx) -> str:
    """What a mutation raised, by its data; what it wrote is gone, what was written before stays."""
    await ctx.run_mutation(functions.leave, text="before", then="")
    try:
        await ctx.run_mutation(functions.leave, text="after", then="raise")
    except ConvexError as error:
        return f"caught {error.data}"
    return "not raised"


@action
async def lets_through(ctx: ActionCtx, what: str) -> None:
    """What a function raised that it ran."""
    if what == "query":
        await ctx.run_query(functions.raises, kind="other")
    elif what == "mutation":
        await ctx.run_mutation(counters.add_and_fail, name="x")
    elif what == "action":
        await ctx.run_action(lets_through, what="query")
    else:
        await ctx.run_query(functions.raises, kind="convex")


@action
async def for_ever(ctx: ActionCtx) -> None:
    """Wait for what does not come."""
    print("waiting")
    reach("for_ever")
    try:
        await asyncio.Event().wait()
    finally:
        reach("ended")


@action
async def side_by_side(ctx: ActionCtx, names: list[str]) -> list[float]:
    """Several mutations at once."""
    return list(await asyncio.gather(*(ctx.run_mutation(counters.add, name=name) for name in names)))


@action
async def deep(ctx: ActionCtx, levels: float) -> float:
    """Run itself in itself."""
    return 0 if levels == 0 else 1 + await ctx.run_action(deep, levels=levels - 1)
