"""How people are seen, and written, while others are imported."""

from __future__ import annotations

from convexgen import Id, MutationCtx, QueryCtx, mutation, query
from tests.runtime.transfer.backend.schema import Note, Person


@query
async def names(ctx: QueryCtx) -> list[str]:
    """All of them, by name."""
    return [person.name async for person in ctx.db.query(Person).with_index(Person.by_name)]


@query
async def words(ctx: QueryCtx) -> list[list[str]]:
    """Who has written what, and that the author is there."""
    found = []
    async for note in ctx.db.query(Note):
        author = await ctx.db.get(note.author)
        found.append([author.name if author else "nobody", *note.words])
    return found


@mutation
async def add(ctx: MutationCtx, name: str, words: list[str]) -> Id[Note]:
    """Somebody with a note."""
    return await ctx.db.insert(Note(author=await ctx.db.insert(Person(name=name)), words=words))
