# mypy: ignore-errors
"""The tables that the programs of the typing suite are written against: every form that a table can take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel

from convexgen import (
    UNSET,
    Field,
    Id,
    Index,
    Int64,
    MaxLen,
    SearchIndex,
    StoredFile,
    Table,
    Unset,
    VectorIndex,
    View,
)


class User(Table, name="users"):
    """A person who can post."""

    name: str
    token_identifier: str
    avatar: Id[StoredFile] | None = None

    by_token = Index("token_identifier")


class Meta(BaseModel):
    rank: int = 0


class Edited(BaseModel):
    """Fields that several tables share."""

    edited_at: float | None = None


class Message(Table, Edited, name="messages"):
    author: Id[User]
    text: Annotated[str, MaxLen(2000)]
    likes: int = 0
    meta: Meta = Field(default_factory=Meta)
    views: Int64 = Int64(0)
    topic: str | Unset = UNSET
    embedding: list[float] = Field(default_factory=list)

    by_author = Index("author")
    search_text = SearchIndex("text", filter_fields=["author"])
    by_embedding = VectorIndex("embedding", dimensions=4, filter_fields=["author"])


class Note(Edited, Table, name="notes"):
    """The shared fields stand before `Table`: pyrefly then takes pydantic's configuration from them."""

    text: str


class Profile(Table, name="profiles"):
    """Names on the wire that no rule would give."""

    git_hub_url: str = Field(alias="gitHubUrl")
    gitlab_url: Annotated[str, Field(alias="gitLabUrl")]


class AuthoredMessage(Message, view=True):
    author_name: str


class Card(View[Message]):
    text: str
    shouting: bool


class Shape(Table, name="shapes"):
    colour: str

    by_colour = Index("colour")


class Circle(Shape, variant=True):
    kind: Literal["circle"] = "circle"
    radius: float


class Square(Shape, variant=True):
    kind: Literal["square"] = "square"
    side: float
