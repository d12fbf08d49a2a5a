"""Users, as every kind of function sees them."""

from typing import Any

from convexgen import ActionCtx, Id, MutationCtx, QueryCtx, action, mutation, query
from tests.runtime.auth.backend.schema import User


@query
async def me(ctx: QueryCtx) -> User | None:
    identity = await ctx.auth.get_user_identity()
    if identity is None:
        return None
    return (
        await ctx.db.query(User).with_index(User.by_token, User.token_identifier == identity.token_identifier).unique()
    )


@mutation
async def store(ctx: MutationCtx) -> Id[User]:
    identity = await ctx.auth.get_user_identity()
    if identity is None:
        raise PermissionError("nobody is signed in")
    return await ctx.db.insert(User(name=identity.name or "?", token_identifier=identity.token_identifier))


@query
async def claims(ctx: QueryCtx) -> dict[str, Any] | None:
    identity = await ctx.auth.get_user_identity()
    return None if identity is None else dict(identity.claims)


@action
async def names(ctx: ActionCtx) -> list[str | None]:
    """The caller's, as the action has it and as a query has it that the action runs."""
    identity = await ctx.auth.get_user_identity()
    user = await ctx.run_query(me)
    return [None if identity is None else identity.name, None if user is None else user.name]
