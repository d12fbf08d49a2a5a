"""Tables with fields of every kind, that refer to one another and to files."""

from __future__ import annotations

from typing import Any

from convexgen import Id, Index, Int64, StoredFile, Table


class Person(Table, name="people"):
    name: str
    age: int = 0
    score: float | None = None
    visits: Int64 | None = None

    by_name = Index("name")


class Note(Table, name="notes"):
    author: Id[Person]
    words: list[str]
    anything: Any = None


class Picture(Table, name="pictures"):
    file: Id[StoredFile]
    thumbnail: bytes = b""
