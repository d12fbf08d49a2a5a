"""What shows whether a mutation has happened, and how often."""

from convexgen import ActionCtx, MutationCtx, QueryCtx, action, mutation, query
from tests.runtime.simulation.moments import others_go_on

from .schema import Counter, Flag, Stamp, Token


async def count_on(ctx: MutationCtx, name: str) -> int:
    """The new count."""
    counter = await ctx.db.query(Counter).with_index(Counter.by_name, Counter.name == name).unique()
    others_go_on()
    if counter is None:
        await ctx.db.insert(Counter(name=name, count=1))
        return 1
    await ctx.db.patch(counter.id, count=counter.count + 1)
    return counter.count + 1


@mutation
async def bump(ctx: MutationCtx, name: str) -> int:
    return await count_on(ctx, name)


@action
async def bump_twice(ctx: ActionCtx, name: str) -> list[int]:
    """In two transactions, between which anything may happen."""
    first = await ctx.run_mutation(bump, name=name)
    others_go_on()
    return [first, await ctx.run_mutation(bump, name=name)]


@mutation
async def bump_and_break(ctx: MutationCtx, name: str) -> int:
    await count_on(ctx, name)
    raise RuntimeError("broken")


@mutation
async def note(ctx: MutationCtx, token: str) -> None:
    """Reads nothing, so nothing is in its way."""
    await ctx.db.insert(Token(token=token))


@mutation
async def stamp(ctx: MutationCtx, token: str) -> list[float]:
    """What nobody can foretell: the time and a random number."""
    made = Stamp(token=token, now=ctx.now(), drawn=ctx.random.random())
    await ctx.db.insert(made)
    return [made.now, made.drawn]


@mutation
async def flag(ctx: MutationCtx, kind: str) -> None:
    """Fails for "c" in a schema that knows no such kind."""
    await ctx.db.insert(Flag.model_construct(kind=kind))


@mutation
async def unflag(ctx: MutationCtx, kind: str) -> int:
    """How many there were."""
    found = [flag async for flag in ctx.db.query(Flag) if flag.kind == kind]
    for flag_ in found:
        await ctx.db.delete(flag_.id)
    return len(found)


@query
async def count(ctx: QueryCtx, name: str) -> int:
    counter = await ctx.db.query(Counter).with_index(Counter.by_name, Counter.name == name).unique()
    return 0 if counter is None else counter.count


@query
async def counts(ctx: QueryCtx) -> dict[str, int]:
    return {counter.name: counter.count async for counter in ctx.db.query(Counter)}


@query
async def tokens(ctx: QueryCtx) -> list[str]:
    return sorted([token.token async for token in ctx.db.query(Token)])


@query
async def stamps(ctx: QueryCtx) -> list[list[float]]:
    found = await ctx.db.query(Stamp).with_index(Stamp.by_token).collect()
    return [[stamp.now, stamp.drawn] for stamp in found]


@query
async def flags(ctx: QueryCtx) -> list[str]:
    return sorted([flag.kind async for flag in ctx.db.query(Flag)])
