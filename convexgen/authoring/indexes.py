"""`Index`, `SearchIndex` and `VectorIndex`: class attributes of a table that know their table and name.

Each is a descriptor. The declaration stands once in a class body and may be inherited by several tables; reading it
from a class gives a copy bound to that class, which is also how a type checker knows whose index it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self

from typing_extensions import TypeVar

if TYPE_CHECKING:
    from convexgen.authoring.tables import Table

DocumentT = TypeVar("DocumentT", bound="Table")
DocumentT_co = TypeVar("DocumentT_co", bound="Table", covariant=True, default=Any)


class TableIndex(Generic[DocumentT_co]):
    """What the three kinds share: a name, and the table they were read from. Compared by content."""

    _compared: ClassVar[tuple[str, ...]]

    def __init__(self, name: str | None) -> None:
        self._name = name
        self._table: type[DocumentT_co] | None = None

    def __set_name__(self, owner: type, attribute: str) -> None:
        if self._name is None:
            self._name = attribute

    @property
    def name(self) -> str:
        """The index's name: `name=` if it was given, else the attribute's."""
        if self._name is None:
            raise ValueError("an index gets its name as a class attribute of a table")
        return self._name

    @property
    def table(self) -> type[DocumentT_co]:
        """The table that the index was read from."""
        if self._table is None:
            raise ValueError("an index is bound when it is read from its table, as in Message.by_author")
        return self._table

    def _bound_to(self, table: type) -> Self:
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__, _table=table)
        return bound

    def _content(self) -> tuple[object, ...]:
        return (type(self), self._table, self._name, *(getattr(self, field) for field in self._compared))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TableIndex) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._content())

    def __repr__(self) -> str:
        table = f"{self._table.__name__}." if self._table else ""
        return f"<{type(self).__name__} {table}{self._name}>"


class Index(TableIndex[DocumentT_co]):
    """A database index: `by_author = Index("author", "meta.rank")`.

    `fields` are Python field names, dotted into nested objects, in the order in which documents are sorted;
    `creation_time` is implied at the end. `name` is needed only when the index's name equals a field's.
    Raises `ValueError` without a field.
    """

    _compared = ("fields",)

    def __init__(self, *fields: str, name: str | None = None) -> None:
        if not fields:
            raise ValueError("an index needs at least one field")
        super().__init__(name)
        self.fields = fields

    def __get__(self, instance: object, owner: type[DocumentT]) -> Index[DocumentT]:
        return self._bound_to(owner)  # type: ignore[return-value]


class SearchIndex(TableIndex[DocumentT_co]):
    """A full-text index over one string field: `search_body = SearchIndex("body", filter_fields=["author"])`."""

    _compared = ("field", "filter_fields")

    def __init__(self, field: str, *, filter_fields: Sequence[str] = (), name: str | None = None) -> None:
        super().__init__(name)
        self.field = field
        self.filter_fields = tuple(filter_fields)

    def __get__(self, instance: object, owner: type[DocumentT]) -> SearchIndex[DocumentT]:
        return self._bound_to(owner)  # type: ignore[return-value]


class VectorIndex(TableIndex[DocumentT_co]):
    """An index for similarity over one `list[float]` field, whose vectors all have `dimensions` numbers (2 to 4096).

    `by_embedding = VectorIndex("embedding", dimensions=1536, filter_fields=["cuisine"])`
    """

    _compared = ("field", "dimensions", "filter_fields")

    def __init__(
        self, field: str, *, dimensions: int, filter_fields: Sequence[str] = (), name: str | None = None
    ) -> None:
        super().__init__(name)
        self.field = field
        self.dimensions = dimensions
        self.filter_fields = tuple(filter_fields)

    def __get__(self, instance: object, owner: type[DocumentT]) -> VectorIndex[DocumentT]:
        return self._bound_to(owner)  # type: ignore[return-value]
