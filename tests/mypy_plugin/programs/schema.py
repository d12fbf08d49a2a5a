# mypy: ignore-errors
"""Tables with every kind of index, field and relation that conditions and changes can be about."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel

from convexgen import UNSET, Field, Id, Index, MaxLen, SearchIndex, Table, Unset, VectorIndex, View

STATUS: Final = "status"


class User(Table, name="users"):
    name: str
    manager: Id[User] | None = None

    by_name = Index("name")


class Place(BaseModel):
    city: str
    zip_code: str | None = None


class Dated(BaseModel):
    edited_at: float | None = None


class Task(Table, Dated, name="tasks"):
    owner: Id[User]
    title: Annotated[str, MaxLen(100)]
    status: Literal["open", "done"] = "open"
    urgent: bool = False
    due: float | None = None
    rank: int = 0
    place: Place | None = None
    label: str | Unset = UNSET
    tags: list[str] = Field(default_factory=list)
    wire_name: int = Field(alias="wireName")
    embedding: list[float] = Field(default_factory=list)

    by_owner = Index("owner", STATUS, "due")
    by_status = Index("status", "rank")
    by_urgent = Index("urgent")
    by_city = Index("place.city")
    by_label = Index("label")
    by_edited = Index("edited_at")
    search_title = SearchIndex("title", filter_fields=["owner", "status"])
    search_plain = SearchIndex("title", name="plain")
    by_embedding = VectorIndex("embedding", dimensions=3, filter_fields=("status", "owner"))


class Archived(Task, name="archive"):
    """A table of its own, with the fields and indexes of another."""

    reason: str


class Overdue(Task, view=True):
    days: int
    note: str = ""


class Card(View[Task]):
    title: str
    shouting: bool


class Shape(Table, name="shapes"):
    layer: int

    by_layer = Index("layer")


class Circle(Shape, variant=True):
    kind: Literal["circle"] = "circle"
    radius: float


class Square(Shape, variant=True):
    kind: Literal["square"] = "square"
    side: float
    radius: int = 0
