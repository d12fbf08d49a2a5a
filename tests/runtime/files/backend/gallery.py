"""Functions of each kind, with files."""

from __future__ import annotations

from convexgen import ActionCtx, Id, MutationCtx, QueryCtx, StoredFile, action, mutation, query


@query
async def url(ctx: QueryCtx, file: Id[StoredFile]) -> str | None:
    """Where a file can be read."""
    return await ctx.storage.get_url(file)


@query
async def sizes(ctx: QueryCtx) -> list[int]:
    """Those of all files, as their documents have them."""
    return [file.size for file in await ctx.db.query(StoredFile).collect()]


@query
async def types(ctx: QueryCtx, file: Id[StoredFile]) -> list[str | None]:
    """What is known of a file."""
    found = await ctx.db.get(file)
    return [] if found is None else [found.content_type, found.sha256]


@query
async def whatever(ctx: QueryCtx, text: str) -> str | None:
    """What there is with an id."""
    found = await ctx.db.get(Id[StoredFile](text))
    return None if found is None else str(found.id)


@mutation
async def upload_url(ctx: MutationCtx) -> str:
    """Where to upload."""
    return await ctx.storage.generate_upload_url()


@mutation
async def delete(ctx: MutationCtx, file: Id[StoredFile], then: str = "") -> str | None:
    """Delete a file, and say where it can be read now; then fail, perhaps."""
    await ctx.storage.delete(file)
    url = await ctx.storage.get_url(file)
    if then:
        raise ValueError(then)
    return url


@action
async def store(
    ctx: ActionCtx, content: bytes, content_type: str | None = None, sha256: str | None = None
) -> Id[StoredFile]:
    """Store a file."""
    return await ctx.storage.store(content, content_type=content_type, sha256=sha256)


@action
async def read(ctx: ActionCtx, file: Id[StoredFile]) -> list[str | bytes | None]:
    """What is in a file, and its type."""
    found = await ctx.storage.get(file)
    return [] if found is None else [found.content, found.content_type]


@action
async def everything(ctx: ActionCtx, content: bytes) -> list[str | None]:
    """All that an action can do with a file: its URL before and after it is deleted, and one for uploads."""
    file = await ctx.storage.store(content)
    before = await ctx.storage.get_url(file)
    await ctx.storage.delete(file)
    return [before, await ctx.storage.get_url(file), await ctx.storage.generate_upload_url()]
