"""Names that one owner has, whoever asks at the same time."""

from convexgen import MutationCtx, QueryCtx, mutation, query
from tests.runtime.simulation.moments import others_go_on

from .schema import Handle


@mutation
async def claim(ctx: MutationCtx, handle: str, owner: str) -> str:
    """Who owns it now."""
    found = await ctx.db.query(Handle).with_index(Handle.by_handle, Handle.handle == handle).unique()
    others_go_on()
    if found is not None:
        return found.owner
    await ctx.db.insert(Handle(handle=handle, owner=owner))
    return owner


@query
async def held(ctx: QueryCtx) -> list[list[str]]:
    return [[found.handle, found.owner] async for found in ctx.db.query(Handle).with_index(Handle.by_handle)]


@query
async def who_am_i(ctx: QueryCtx) -> str | None:
    user = await ctx.auth.get_user_identity()
    return None if user is None else user.subject
