"""Lists that grow and shrink at all places while they are read in pages."""

from convexgen import MutationCtx, Page, PaginationOptions, QueryCtx, mutation, query
from tests.runtime.simulation.moments import others_go_on

from .schema import Entry


@mutation
async def append(ctx: MutationCtx, list: str, text: str) -> int:
    """The place after the last one."""
    entries = ctx.db.query(Entry).with_index(Entry.by_place, Entry.list == list)
    last = await entries.order("desc").first()
    others_go_on()
    place = 0 if last is None else last.place + 1
    await ctx.db.insert(Entry(list=list, place=place, text=text))
    return place


@mutation
async def put(ctx: MutationCtx, list: str, place: int, text: str) -> str | None:
    """What stood there before."""
    found = await _at(ctx, list, place)
    if found is None:
        await ctx.db.insert(Entry(list=list, place=place, text=text))
        return None
    await ctx.db.replace(found.id, Entry(list=list, place=place, text=text))
    return found.text


@mutation
async def take(ctx: MutationCtx, list: str, place: int) -> str | None:
    """What stood there, and stands there no longer."""
    found = await _at(ctx, list, place)
    if found is None:
        return None
    await ctx.db.delete(found.id)
    return found.text


@mutation
async def clear(ctx: MutationCtx, list: str, word: str) -> int:
    """How many there were with such a word, and are no longer."""
    found = await ctx.db.query(Entry).with_search_index(Entry.search_text, word, Entry.list == list).collect()
    others_go_on()
    for entry in found:
        await ctx.db.delete(entry.id)
    return len(found)


async def _at(ctx: QueryCtx, list: str, place: int) -> Entry | None:
    found = await ctx.db.query(Entry).with_index(Entry.by_place, Entry.list == list, Entry.place == place).unique()
    others_go_on()
    return found


@query
async def page(ctx: QueryCtx, list: str, pagination_opts: PaginationOptions) -> Page[str]:
    found = await ctx.db.query(Entry).with_index(Entry.by_place, Entry.list == list).paginate(pagination_opts)
    others_go_on()
    return found.with_items([entry.text for entry in found.page])


@query
async def search(ctx: QueryCtx, list: str, word: str) -> list[str]:
    found = ctx.db.query(Entry).with_search_index(Entry.search_text, word, Entry.list == list)
    others_go_on()
    return sorted([entry.text async for entry in found])


@query
async def all(ctx: QueryCtx, list: str) -> list[str]:
    found = await ctx.db.query(Entry).with_index(Entry.by_place, Entry.list == list).collect()
    return [entry.text for entry in found]
