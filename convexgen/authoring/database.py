"""`ctx.db`: reading, querying and writing documents. Interfaces only; the engine implements them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Literal, Protocol, Self

from typing_extensions import TypeVar

from convexgen.authoring.ids import Id
from convexgen.authoring.indexes import Index, SearchIndex
from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.authoring.tables import Table

T = TypeVar("T", bound=Table)


class OrderedQuery(Protocol[T]):
    """Documents in a fixed order, yet to be read. Nothing is read before one of the `async` methods runs.

    `async for message in query` reads one document after another and may stop early.
    """

    def filter(self, predicate: Callable[[T], bool], /) -> Self:
        """Only the documents for which `predicate` holds. The others are read all the same: prefer an index."""
        ...

    async def collect(self) -> list[T]:
        """All documents. Prefer `take` or `paginate` for tables that grow: a function may read 32,000 documents."""
        ...

    async def take(self, limit: int, /) -> list[T]:
        """The first `limit` documents, or fewer if there are not that many."""
        ...

    async def first(self) -> T | None:
        """The first document, if there is one."""
        ...

    async def unique(self) -> T | None:
        """The only document, if there is one. Raises `ValueError` if there are several."""
        ...

    async def paginate(self, options: PaginationOptions, /) -> Page[T]:
        """The page that `options` ask for. A function paginates one query, once."""
        ...

    def __aiter__(self) -> AsyncIterator[T]: ...


class IndexQuery(OrderedQuery[T], Protocol[T]):
    """Documents in the order of an index, ascending unless said otherwise."""

    def order(self, direction: Literal["asc", "desc"], /) -> OrderedQuery[T]:
        """Ascending or descending in all fields of the index."""
        ...


class Query(IndexQuery[T], Protocol[T]):
    """The documents of a table, by creation time unless an index is chosen."""

    def with_index(self, index: Index[T], /, *conditions: bool) -> IndexQuery[T]:
        """The documents in a range of an index: `.with_index(Message.by_author, Message.author == author)`.

        Conditions follow the order of the index's fields: `==` on the first ones, then `>`, `>=`, `<`, `<=` on the next
        (`creation_time` stands after the last). Raises `ValueError` where they do not, `TypeError` for what is no
        condition.
        """
        ...

    def with_search_index(self, index: SearchIndex[T], text: str, /, *conditions: bool) -> OrderedQuery[T]:
        """The documents whose search field has one of the words of `text`, the best first: at most 1,024.

        Of the last word its beginning is enough. Case makes no difference; the first 16 different words count, and the
        first 32 characters of each. Conditions are `==` on the index's filter fields. Raises `ValueError` for others.
        """
        ...


class DatabaseReader(Protocol):
    """Reads of a query or mutation. All of them see one moment in time."""

    async def get(self, document_id: Id[T], /) -> T | None:
        """The document, or None if there is none (any more)."""
        ...

    def query(self, table: type[T], /) -> Query[T]:
        """The documents of a table, to be narrowed and then read. Queries on a table with variants give variants.

        Raises `TypeError` for a view.
        """
        ...

    def normalize_id(self, table: type[T], text: str, /) -> Id[T] | None:
        """`text` as an id of the table, or None if it is not one. Whether the document exists is not asked."""
        ...


class DatabaseWriter(DatabaseReader, Protocol):
    """Reads and writes of a mutation. Its own later reads see what it wrote, others when it has committed."""

    async def insert(self, document: T, /) -> Id[T]:
        """Store a new document and give its id. Raises `TypeError` for a view, which is never stored."""
        ...

    async def patch(self, document_id: Id[Table], /, **changes: object) -> None:
        """Change the fields given and leave the others; `field=UNSET` removes a field.

        Raises `ValueError` if the document does not exist, pydantic's `ValidationError` if the changes do not fit it.
        """
        ...

    async def replace(self, document_id: Id[T], document: T, /) -> None:
        """Put a new document in the place of an old one; its id and creation time stay.

        Raises `ValueError` if the document does not exist, `TypeError` for a document of another table.
        """
        ...

    async def delete(self, document_id: Id[Table], /) -> None:
        """Delete a document. Raises `ValueError` if it does not exist."""
        ...
