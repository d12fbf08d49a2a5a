"""One function for each thing that can come of a call."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from convexgen import (
    UNSET,
    ConvexError,
    Id,
    Int64,
    MutationCtx,
    Page,
    PaginationOptions,
    QueryCtx,
    Unset,
    internal_mutation,
    internal_query,
    mutation,
    query,
)
from tests.runtime.engine.backend._moments import reach
from tests.runtime.engine.backend.schema import Counter, Note


@query
async def echo(ctx: QueryCtx, text: str, number: Int64, missing: float | Unset = UNSET) -> list[Any]:
    """The arguments."""
    return [text, number] if missing is UNSET else [text, number, missing]


@query
async def lies(ctx: QueryCtx) -> str:
    """What is no text."""
    answer: Any = 5.0
    return answer  # type: ignore[no-any-return]  # this is what is tried


@query
async def raises(ctx: QueryCtx, kind: str) -> None:
    """One of several errors."""
    print("about to raise")
    if kind == "convex":
        raise ConvexError({"code": "full", "left": 0})
    if kind == "text":
        raise ConvexError("full")
    raise LookupError("nothing here")


@query
async def tells(ctx: QueryCtx) -> str:
    """Print and log."""
    print("it's", 5)
    logging.getLogger("backend").warning("careful: %s", "hot")
    return "told"


@internal_query
async def hidden(ctx: QueryCtx) -> str:
    """For other functions."""
    return "seen"


@internal_mutation
async def hidden_write(ctx: MutationCtx, text: str) -> Id[Note]:
    """For other functions."""
    return await ctx.db.insert(Note(text=text))


@query
async def who(ctx: QueryCtx) -> str | None:
    """The name of the caller."""
    reach("who")
    identity = await ctx.auth.get_user_identity()
    return identity.name if identity else None


@query
async def who_once_told(ctx: QueryCtx) -> str | None:
    """The name of the caller, if there is a note; otherwise nobody looks."""
    reach("who_once_told")
    if await ctx.db.query(Note).first() is None:
        return None
    identity = await ctx.auth.get_user_identity()
    return identity.name if identity else "a visitor"


@query
async def notes(ctx: QueryCtx) -> list[str]:
    """The texts of all notes."""
    reach("notes")
    return [each.text async for each in ctx.db.query(Note)]


@query
async def page(ctx: QueryCtx, pagination_opts: PaginationOptions) -> Page[Note]:
    """A page of the notes."""
    reach("page")
    return await ctx.db.query(Note).paginate(pagination_opts)


@query
async def now(ctx: QueryCtx) -> float:
    """What time it is."""
    reach("now")
    return ctx.now()


@query
async def sleeps(ctx: QueryCtx) -> None:
    """Wait, which a query cannot."""
    await asyncio.sleep(1)


@query
async def never_ends(ctx: QueryCtx) -> None:
    """Go on for ever, and hold on to it."""
    while True:
        try:
            reach("never_ends")
        except Exception:
            continue


@query
async def greedy(ctx: QueryCtx) -> str:
    """Read all notes, and take no refusal."""
    try:
        return str(len(await ctx.db.query(Note).collect()))
    except Exception as error:
        return f"never mind: {error}"


@mutation
async def write(ctx: MutationCtx, text: str) -> Id[Note]:
    """Add a note."""
    return await ctx.db.insert(Note(text=text))


@mutation
async def remove(ctx: MutationCtx, note: Id[Note]) -> None:
    """Delete a note."""
    await ctx.db.delete(note)


@mutation
async def leave(ctx: MutationCtx, text: str, then: str) -> None:
    """Add a note, and raise if `then` says so."""
    await ctx.db.insert(Note(text=text))
    print(f"left {text}")
    if then == "raise":
        raise ConvexError(text)


@mutation
async def nested(ctx: MutationCtx) -> list[str]:
    """A mutation in a mutation, whose error is caught, between two that go well."""
    await ctx.run_mutation(leave, text="first", then="")
    try:
        await ctx.run_mutation(leave, text="second", then="raise")
    except ConvexError as error:
        await ctx.run_mutation(leave, text=f"caught {error.data}", then="")
    return await ctx.run_query(notes)


@query
async def asks_hidden(ctx: QueryCtx) -> str:
    """An internal query in a public one."""
    return await ctx.run_query(hidden)


@query
async def deep(ctx: QueryCtx, levels: float) -> float:
    """Run itself in itself."""
    return 0 if levels == 0 else 1 + await ctx.run_query(deep, levels=levels - 1)


@query
async def misuses(ctx: QueryCtx, what: str) -> None:
    """Name what is no query of the program."""
    target: Any = {"kind": write, "text": "notes", "foreign": query(hidden.handler)}[what]
    await ctx.run_query(target)


@query
async def mistakes(ctx: QueryCtx) -> float:
    """Run a query with an argument of another type."""
    text: Any = "two"
    return await ctx.run_query(deep, levels=text)


@mutation
async def count(ctx: MutationCtx, name: str) -> float:
    """Add a note and a counter in one transaction."""
    await ctx.db.insert(Note(text=name))
    await ctx.db.insert(Counter(name=name))
    return float(len(await ctx.db.query(Counter).collect()))
