"""Writing something down, and counting it in the same transaction."""

from convexgen import MutationCtx, QueryCtx, mutation, query

from .schema import Count, Written

EVERYTHING = "everything"


async def _count(ctx: QueryCtx, name: str) -> Count | None:
    return await ctx.db.query(Count).with_index(Count.by_name, Count.name == name).unique()


@mutation
async def write(ctx: MutationCtx, batch: int, token: str, writer: str) -> int:
    """How many the writer has written, this one included."""
    await ctx.db.insert(Written(batch=batch, token=token))
    counts = []
    for name in (EVERYTHING, writer):
        count = await _count(ctx, name)
        if count is None:
            await ctx.db.insert(Count(name=name, count=1))
        else:
            await ctx.db.patch(count.id, count=count.count + 1)
        counts.append(1 if count is None else count.count + 1)
    return counts[-1]


@query
async def tokens(ctx: QueryCtx, batch: int) -> list[str]:
    return [each.token async for each in ctx.db.query(Written).with_index(Written.by_batch, Written.batch == batch)]


@query
async def count(ctx: QueryCtx, name: str) -> int:
    found = await _count(ctx, name)
    return 0 if found is None else found.count
