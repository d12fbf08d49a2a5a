"""Counters: what conflicts."""

from __future__ import annotations

from convexgen import MutationCtx, QueryCtx, mutation, query
from tests.runtime.engine.backend._moments import reach
from tests.runtime.engine.backend.schema import Counter

draws: list[float] = []
"""All numbers that `draw` has drawn, also in runs that came to nothing."""


@query
async def get(ctx: QueryCtx, name: str) -> float | None:
    """The value of a counter, None if there is no such counter."""
    found = await ctx.db.query(Counter).with_index(Counter.by_name, Counter.name == name).unique()
    reach("get")
    return found.value if found else None


@query
async def names(ctx: QueryCtx) -> list[str]:
    """The names of all counters."""
    return [each.name async for each in ctx.db.query(Counter)]


@mutation
async def add(ctx: MutationCtx, name: str, by: float = 1) -> float:
    """Let a counter go up; it need not be there before."""
    found = await ctx.db.query(Counter).with_index(Counter.by_name, Counter.name == name).unique()
    reach("add")
    if found is None:
        await ctx.db.insert(Counter(name=name, value=by))
        return by
    await ctx.db.patch(found.id, value=found.value + by)
    return found.value + by


@mutation
async def draw(ctx: MutationCtx, name: str) -> float:
    """Set a counter to a number drawn at random."""
    drawn = ctx.random.random()
    found = await ctx.db.query(Counter).with_index(Counter.by_name, Counter.name == name).unique()
    print(drawn)
    draws.append(drawn)
    reach("draw")
    assert found is not None
    await ctx.db.patch(found.id, value=drawn)
    return drawn


@mutation
async def remove_first(ctx: MutationCtx, name: str) -> None:
    """Delete the first counter of a name."""
    found = await ctx.db.query(Counter).with_index(Counter.by_name, Counter.name == name).first()
    assert found is not None
    await ctx.db.delete(found.id)


@mutation
async def add_and_fail(ctx: MutationCtx, name: str) -> None:
    """Write, and raise after that."""
    await ctx.db.insert(Counter(name=name, value=1))
    raise ValueError("changed my mind")
