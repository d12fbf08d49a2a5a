# mypy: ignore-errors
"""Right programs: mypy finds nothing here, whatever else runs beside the plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, assert_type

from convexgen import UNSET, ActionCtx, Id, Index, MutationCtx, QueryCtx, ScheduledJob, Unset

from . import schema
from .schema import Archived, Card, Circle, Overdue, Shape, Square, Task, User

Work: TypeAlias = Task


async def ranges(ctx: QueryCtx, owner: Id[User], today: float, city: str, open_: Literal["open"]) -> None:
    tasks = ctx.db.query(Task)
    tasks.with_index(Task.by_owner)
    tasks.with_index(Task.by_owner, Task.owner == owner)
    tasks.with_index(Task.by_owner, Task.owner == owner, Task.status == "open")
    tasks.with_index(Task.by_owner, Task.owner == owner, Task.status == open_, Task.due < today)
    tasks.with_index(Task.by_owner, Task.owner == owner, Task.status == "done", Task.due >= today, Task.due < today + 1)
    tasks.with_index(Task.by_owner, Task.owner == owner, Task.status == "done", Task.due < today, Task.due >= 1)
    tasks.with_index(
        Task.by_owner,
        Task.owner == owner,
        Task.status == "done",
        Task.due == None,  # noqa: E711
        Task.creation_time > 3,
    )
    tasks.with_index(Task.by_status, Task.status == "done", Task.rank > 3)
    tasks.with_index(Task.by_status, Task.status > "done")
    tasks.with_index(Task.by_creation_time, Task.creation_time >= today)
    tasks.with_index(Task.by_id, Task.id == Id("t"))
    tasks.with_index(Task.by_city, Task.place.city == city, Task.creation_time < 5)
    tasks.with_index(Task.by_label, Task.label == UNSET)
    tasks.with_index(Task.by_label, Task.label >= "a", Task.label <= "b")
    tasks.with_index(Task.by_urgent, Task.urgent == True)  # noqa: E712
    tasks.with_index(Task.by_edited, Task.edited_at <= today)


async def spellings(ctx: QueryCtx, owner: Id[User], today: float, any_: Any, both: list[bool]) -> None:
    tasks = ctx.db.query(schema.Task)
    tasks.with_index(schema.Task.by_owner, schema.Task.owner == owner)
    tasks.with_index(Work.by_owner, Work.owner == owner, Task.status == "open", today > Work.due)
    tasks.with_index(Task.by_owner, owner == Task.owner)
    tasks.with_index(Task.by_owner, Task.owner == any_, *both)
    tasks.with_index(Task.by_owner, *both)
    named: Index[Task] = Task.by_owner
    tasks.with_index(named, Task.status == "open")
    condition = Task.owner == owner
    tasks.with_index(Task.by_owner, condition, Task.status == "open")
    manager: Id[User] | None = None
    ctx.db.query(User).with_index(User.by_name, User.name == ("a" if manager else "b"))


async def inherited(ctx: QueryCtx, owner: Id[User], layer: int) -> None:
    ctx.db.query(Archived).with_index(Archived.by_owner, Archived.owner == owner, Archived.status == "open")
    shapes = ctx.db.query(Shape).with_index(Shape.by_layer, Shape.layer == layer)
    ctx.db.query(Circle).with_index(Circle.by_layer, Circle.layer == layer)
    async for shape in shapes:
        assert_type(shape, Shape)


async def searches(ctx: QueryCtx, actions: ActionCtx, owner: Id[User], vector: Sequence[float]) -> None:
    tasks = ctx.db.query(Task)
    tasks.with_search_index(Task.search_title, "milk")
    tasks.with_search_index(Task.search_title, "milk", Task.status == "open", Task.owner == owner)
    tasks.with_search_index(Task.search_plain, "milk")
    await actions.vector_search(Task.by_embedding, vector, Task.owner == owner, limit=3)
    await actions.vector_search(Task.by_embedding, vector, (Task.status == "open") | (Task.owner == owner))
    tasks.filter(lambda task: task.due is not None and task.due < 3 and task.urgent)


async def writes(ctx: MutationCtx, task: Task, owner: Id[User], moved: float | None) -> None:
    await ctx.db.patch(task.id, title="x", due=moved, status="done", wire_name=3)
    await ctx.db.patch(task.id, due=UNSET, label=UNSET, rank=UNSET, tags=[], place=None)
    await ctx.db.patch(task.id)
    await ctx.db.patch(owner, manager=owner)
    overdue = Overdue.of(task, days=3)
    await ctx.db.patch(overdue.id, title="x")
    await ctx.db.replace(overdue.id, task)
    changes: dict[str, Any] = {"title": "y"}
    await ctx.db.patch(task.id, **changes)
    other: Id[Any] = Id("x")
    await ctx.db.patch(other, whatever=3)
    await ctx.db.replace(task.id, Task(owner=owner, title="", wireName=3))
    await ctx.db.insert(Task(owner=owner, title="", wireName=3, due=None))
    await ctx.db.delete(task.id)


async def unions(ctx: MutationCtx, shape: Id[Shape], circle: Id[Circle]) -> None:
    await ctx.db.patch(shape, layer=3, radius=1.5)
    await ctx.db.patch(shape, side=2.0)
    await ctx.db.patch(circle, radius=2)
    await ctx.db.replace(shape, Circle(layer=1, radius=2.0))
    await ctx.db.replace(circle, Square(layer=1, side=2.0))


async def views(ctx: QueryCtx, task: Task, nothing: str | Unset) -> list[Overdue]:
    card = Card.of(task, shouting=True)
    assert_type(card, Card)
    Card.of(task, shouting=False, title="other")
    assert_type(card.id, Id[Task])
    job = await ctx.db.get(Id[ScheduledJob]("j"))
    assert_type(job, ScheduledJob | None)
    return [Overdue.of(task, days=3), Overdue.of(task, days=3, note="", title="y")]
