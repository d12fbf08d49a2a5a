"""Which numbers the tables and indexes of a program have in its store. A number is never given twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from convexgen.runtime.search import SearchEntry
from convexgen.runtime.values import Value, entry_key, sort_key, value_at

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
class CataloguedSearch:
    """An index of the words in `field`. `filters` are the fields that a search may be narrowed by."""

    name: str
    number: int
    field: FieldPath
    filters: tuple[FieldPath, ...]

    def entry(self, document: dict[str, Value]) -> SearchEntry:
        """What the index keeps of a document."""
        return search_entry(document, self.field, self.filters)

    def key(self, document: dict[str, Value]) -> bytes:
        """The same as a store has it."""
        return self.entry(document).pack()


def search_entry(document: dict[str, Value], field: FieldPath, filters: Iterable[FieldPath]) -> SearchEntry:
    """What an index of the words in a field keeps of a document."""
    text, created = value_at(document, field), document["_creationTime"]
    assert isinstance(created, float)
    keys = [sort_key(value_at(document, path)) for path in filters]
    return SearchEntry.of(created, keys, text if isinstance(text, str) else "")


@dataclass(frozen=True, slots=True)
class CataloguedTable:
    """`indexes` by name: the declared ones and `by_creation_time`. `by_id` is the table itself and has no number.

    `searches` are those for text, by name.
    """

    name: str
    number: int
    indexes: Mapping[str, CataloguedIndex]
    searches: Mapping[str, CataloguedSearch] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The tables of the program and of the system, by name."""

    tables: Mapping[str, CataloguedTable]
    names: Mapping[int, str] = field(init=False)
    """The names of tables by their numbers."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {table.number: name for name, table in self.tables.items()})
