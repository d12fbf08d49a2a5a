"""Calls of a query that gives a list by pages, for those who follow it or read it once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from .errors import ConvexClientError, InvalidArguments
from .functions import Function
from .pages import Pages
from .transport import Call, Query, Result
from .values import JsonObject, JsonValue

if TYPE_CHECKING:
    from .models import Page  # slow to import

ItemT = TypeVar("ItemT")

OPTIONS = "paginationOpts"
"""The argument that chooses a page, on the wire."""


class PagedCall(Generic[ItemT]):
    """A query with all of its arguments but the one that chooses the page.

    Raises `InvalidArguments`.
    """

    def __init__(
        self,
        function: Function,
        page_size: int,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> None:
        options = {"numItems": page_size, "cursor": None}
        self._args = function.call((options, *args), kwargs, None).args
        if page_size < 1:
            raise InvalidArguments(f"{function.path}: page_size: at least 1")
        self.path = function.path
        self._function = function
        self._read: dict[int, tuple[JsonValue, Page[ItemT]]] = {}

    def queries(self, pages: Pages[ItemT]) -> dict[int, Query]:
        """What is to be followed for `pages`."""
        return {
            key: (self.path, self.with_options(options))
            for key, options in pages.queries.items()
        }

    def pages(
        self, results: Mapping[int, Result]
    ) -> dict[int, Page[ItemT] | ConvexClientError]:
        """The results, read. What has been read before is not read once more."""
        pages = {key: self._page(key, result) for key, result in results.items()}
        self._read = {key: read for key, read in self._read.items() if key in pages}
        return pages

    def _page(self, key: int, result: Result) -> Page[ItemT] | ConvexClientError:
        if isinstance(result, ConvexClientError):
            return result
        if key in self._read and self._read[key][0] is result:
            return self._read[key][1]
        try:
            page = self.receive(result)
        except ConvexClientError as error:
            return error
        self._read[key] = (result, page)
        return page

    def receive(self, result: JsonValue) -> Page[ItemT]:
        """A page of an encoded result."""
        return cast("Page[ItemT]", self._function.receive(result))

    def with_options(self, options: JsonObject) -> JsonObject:
        """The encoded arguments that choose a page."""
        return {**self._args, OPTIONS: options}


class PageReader(Generic[ItemT]):
    """Reads a list once from its first page to its last: which call is next."""

    def __init__(
        self, paged: PagedCall[ItemT], page_size: int, timeout: float | None
    ) -> None:
        self._paged = paged
        self._size = float(page_size)
        self._timeout = timeout
        self.call: Call | None = None
        """The next call to be made; None after the last page."""
        self._ask(None)

    def hear(self, result: JsonValue) -> list[ItemT]:
        """The items of a page, and the next call.

        A page that the server could not read whole is asked for again, up to its middle.
        """
        page = self._paged.receive(result)
        if page.page_status == "SplitRequired" and page.split_cursor:
            self._ask(self._cursor, until=page.split_cursor)
            return []
        if page.is_done:
            self.call = None
        else:
            self._ask(page.continue_cursor)
        return page.page

    def _ask(self, cursor: str | None, until: str | None = None) -> None:
        self._cursor = cursor
        options: JsonObject = {"numItems": self._size, "cursor": cursor}
        if until is not None:
            options["endCursor"] = until
        args = self._paged.with_options(options)
        self.call = Call("query", self._paged.path, args, self._timeout)
