"""A schema to test with: indexes over several fields and within objects, a view, a table that is a union."""

from __future__ import annotations

from pydantic import BaseModel

from convexgen import Id, Int64, Table
from convexgen.authoring.indexes import Index, SearchIndex


class Meta(BaseModel):
    rank: float


class Task(Table, name="tasks"):
    title: str
    rank: float = 0.0
    assignee: str | None = None
    count: Int64 = Int64(0)
    meta: Meta | None = None
    tags: tuple[str, ...] = ()

    by_rank = Index("rank")
    by_assignee = Index("assignee", "rank")
    by_meta = Index("meta.rank")


class Note(Table, name="notes"):
    text: str
    task: Id[Task] | None = None
    meta: Meta | None = None

    search_text = SearchIndex("text", filter_fields=["task", "meta.rank"])


class LongTask(Task, view=True):
    days: float


class Shape(Table, name="shapes"):
    area: float

    by_area = Index("area")


class Circle(Shape, variant=True):
    kind: str = "circle"
    radius: float
