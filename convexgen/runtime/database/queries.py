"""The chain `ctx.db.query(Message).with_index(…).order("desc").take(10)`: one class for each link of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, Self, cast

from typing_extensions import TypeVar

from convexgen.authoring.indexes import Index, SearchIndex
from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.authoring.tables import Table, table_of
from convexgen.runtime.database.access_paths import AccessPath
from convexgen.runtime.database.documents import Documents
from convexgen.runtime.database.filters import all_of
from convexgen.runtime.database.pages import Journal, read_page
from convexgen.runtime.database.ranges import range_of
from convexgen.runtime.database.scans import Stretch
from convexgen.runtime.database.searches import Search
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.search import TextQuery
from convexgen.runtime.store import Order
from convexgen.runtime.values import Value

T = TypeVar("T", bound=Table)


@dataclass(frozen=True, slots=True)
class OrderedDocuments(Generic[T]):
    """An `OrderedQuery`. Each use of it reads anew."""

    documents: Documents
    journal: Journal
    live: LiveTable
    source: Stretch | Search
    predicates: tuple[Callable[[T], bool], ...] = ()

    def filter(self, predicate: Callable[[T], bool], /) -> Self:
        return replace(self, predicates=(*self.predicates, predicate))

    async def collect(self) -> list[T]:
        return list(self._read())

    async def take(self, limit: int, /) -> list[T]:
        if limit < 0:
            raise ValueError(f"take(): {limit} is no number of documents")
        return self._first(limit)

    async def first(self) -> T | None:
        return next(iter(self._first(1)), None)

    async def unique(self) -> T | None:
        found = self._first(2)
        if len(found) > 1:
            raise ValueError(
                f"unique() query returned more than one result from table {self.live.name}: "
                f"[{found[0].id}, {found[1].id}, ...]"
            )
        return found[0] if found else None

    async def paginate(self, options: PaginationOptions, /) -> Page[T]:
        return read_page(self.documents, self.journal, self.source, self._matching, options)

    def __aiter__(self) -> AsyncIterator[T]:
        return _Loop(self._read(_A_FEW))

    def _first(self, limit: int) -> list[T]:
        found: list[T] = []
        if limit:
            for document in self._read(limit):
                found.append(document)
                if len(found) == limit:
                    break
        return found

    def _read(self, expected: int | None = None) -> Iterator[T]:
        source = self.source
        scan = self.documents.search(source) if isinstance(source, Search) else self.documents.scan(source, expected)
        while (found := scan.next()) is not None:
            document = self._matching(found.value)
            if document is not None:
                yield document

    def _matching(self, value: dict[str, Value]) -> T | None:
        document = cast("T", self.live.load(value))
        return document if all(predicate(document) for predicate in self.predicates) else None


_A_FEW = 16
"""Rows read at first by a loop, which may end at any time."""


class _Loop(Generic[T]):
    """No async generator: a loop that is left early would leave it to be closed by whatever event loop is running."""

    def __init__(self, documents: Iterator[T]) -> None:
        self._documents = documents

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        for document in self._documents:
            return document
        raise StopAsyncIteration


@dataclass(frozen=True, slots=True)
class IndexedDocuments(OrderedDocuments[T]):
    """An `IndexQuery`."""

    source: Stretch

    def order(self, direction: Order, /) -> OrderedDocuments[T]:
        if direction not in ("asc", "desc"):
            raise ValueError(f"order(): the direction is 'asc' or 'desc', not {direction!r}")
        stretch = replace(self.source, order=direction)
        return OrderedDocuments(self.documents, self.journal, self.live, stretch, self.predicates)


@dataclass(frozen=True, slots=True)
class TableDocuments(IndexedDocuments[T]):
    """A `Query`."""

    def with_index(self, index: Index[T], /, *conditions: bool) -> IndexedDocuments[T]:
        if not isinstance(index, Index):
            raise TypeError(f"with_index() takes an index of the table, as in Message.by_author; got {index!r}")
        if table_of(index.table) is not table_of(self.live.cls):
            raise ValueError(f"{index!r} is no index of the table {self.live.name!r}")
        table = self.source.path.table
        path = AccessPath.of(table, index.name)
        stretch = Stretch(path, range_of(index, conditions, self.live, table))
        return IndexedDocuments(self.documents, self.journal, self.live, stretch, self.predicates)

    def with_search_index(self, index: SearchIndex[T], text: str, /, *conditions: bool) -> OrderedDocuments[T]:
        if not isinstance(index, SearchIndex):
            raise TypeError(f"with_search_index() takes a SearchIndex of the table; got {index!r}")
        if table_of(index.table) is not table_of(self.live.cls):
            raise ValueError(f"{index!r} is no index of the table {self.live.name!r}")
        if not isinstance(text, str):
            raise TypeError(f"with_search_index() searches for a str, not {text!r}")
        table = self.source.path.table
        query = TextQuery.of(text, all_of(index, conditions, self.live))
        search = Search(table, table.searches[index.name], query)
        return OrderedDocuments(self.documents, self.journal, self.live, search, self.predicates)
