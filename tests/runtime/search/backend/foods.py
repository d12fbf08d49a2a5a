"""What is done with foods."""

from typing import Any

from pydantic import BaseModel

from convexgen import ActionCtx, Id, MutationCtx, QueryCtx, action, internal_query, mutation, query

from .schema import Food, Origin


class Hit(BaseModel):
    title: str
    score: float


@mutation
async def add(ctx: MutationCtx, title: str, cuisine: str, embedding: list[float], country: str = "") -> Id[Food]:
    origin = Origin(country=country) if country else None
    return await ctx.db.insert(Food(title=title, cuisine=cuisine, embedding=embedding, origin=origin))


@mutation
async def change(ctx: MutationCtx, food: Id[Food], embedding: list[float]) -> None:
    await ctx.db.patch(food, embedding=embedding)


@mutation
async def remove(ctx: MutationCtx, food: Id[Food]) -> None:
    await ctx.db.delete(food)


@query
async def search(ctx: QueryCtx, text: str) -> list[str]:
    found = await ctx.db.query(Food).with_search_index(Food.search_title, text).collect()
    return [food.title for food in found]


@mutation
async def add_unless_found(ctx: MutationCtx, title: str) -> bool:
    """Whether there was no such food."""
    found = await ctx.db.query(Food).with_search_index(Food.search_title, title).first()
    if found is not None:
        return False
    await ctx.db.insert(Food(title=title, cuisine="any"))
    return True


@internal_query
async def title(ctx: QueryCtx, food: Id[Food]) -> str:
    found = await ctx.db.get(food)
    assert found is not None
    return found.title


@action
async def near(
    ctx: ActionCtx, embedding: list[float], cuisines: list[str] | None = None, country: str = "", limit: int = 10
) -> list[Hit]:
    conditions: list[Any] = []
    if cuisines:
        condition: Any = Food.cuisine == cuisines[0]
        for cuisine in cuisines[1:]:
            condition = condition | (Food.cuisine == cuisine)
        conditions.append(condition)
    if country:
        fields: Any = Food
        conditions.append(fields.origin.country == country)
    found = await ctx.vector_search(Food.by_embedding, embedding, *conditions, limit=limit)
    return [Hit(title=await ctx.run_query(title, food=match.id), score=match.score) for match in found]
