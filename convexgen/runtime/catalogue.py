"""Which numbers the tables and indexes of a program have in its store. A number is never given twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from convexgen.runtime.values import Value, entry_key

FieldPath = tuple[str, ...]
"""The wire names on the way to a field: `("meta", "rank")`."""

BY_CREATION_TIME = "by_creation_time"
BY_ID = "by_id"


@dataclass(frozen=True, slots=True)
class CataloguedIndex:
    """`fields` is what entries are sorted by: the declared ones, then `_creationTime`. The id decides among equals."""

    name: str
    number: int
    fields: tuple[FieldPath, ...]

    def key(self, document: dict[str, Value]) -> bytes:
        """Where a document stands in the index."""
        return entry_key(document, self.fields)


@dataclass(frozen=True, slots=True)
class CataloguedTable:
    """`indexes` by name: the declared ones and `by_creation_time`. `by_id` is the table itself and has no number."""

    name: str
    number: int
    indexes: Mapping[str, CataloguedIndex]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The tables of the program and of the system, by name."""

    tables: Mapping[str, CataloguedTable]
    names: Mapping[int, str] = field(init=False)
    """The names of tables by their numbers."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {table.number: name for name, table in self.tables.items()})
