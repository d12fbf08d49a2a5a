"""The tables."""

from pydantic import BaseModel

from convexgen import UNSET, SearchIndex, Table, Unset, VectorIndex


class Origin(BaseModel):
    country: str


class Food(Table, name="foods"):
    title: str
    cuisine: str
    embedding: list[float] | Unset = UNSET
    origin: Origin | None = None

    search_title = SearchIndex("title", filter_fields=["cuisine"])
    by_embedding = VectorIndex("embedding", dimensions=3, filter_fields=["cuisine", "origin.country"])
