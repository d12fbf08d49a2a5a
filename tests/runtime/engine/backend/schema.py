"""Counters that are changed, and notes that are added."""

from __future__ import annotations

from convexgen import Index, Table


class Counter(Table, name="counters"):
    """A number that goes up."""

    name: str
    value: float = 0

    by_name = Index("name")


class Note(Table, name="notes"):
    """A text of somebody's."""

    text: str
    owner: str | None = None
