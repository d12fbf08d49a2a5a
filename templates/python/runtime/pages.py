"""The pages of a list that is followed: which to ask for, and what they show together.

**How it is driven.** `queries` are to be followed, each by its key; `hear` is told what
they give, all as of one time, whenever something changes. `load_more` asks for another
page. After each, `queries` may be others. There is no I/O here.

**What it sees to.** Each page begins where the one before it ended when that was asked
for; the server keeps to that end (it is in the query's journal), so between pages nothing
is lost and nothing is shown twice, whatever comes and goes. A page that has grown too
long is replaced by its two halves, once both are there. When cursors are good no more,
all begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeAlias, TypeVar

from .errors import ConvexClientError, ConvexError, FunctionError
from .values import JsonObject

if TYPE_CHECKING:
    from .models import Page  # slow to import

ItemT = TypeVar("ItemT")

PageStatus: TypeAlias = Literal[
    "LoadingFirstPage", "LoadingMore", "CanLoadMore", "Exhausted"
]
"""How far a list is loaded, in the words of the official React hook."""

_pagination_ids: Final = count(1)
"""So that two who follow one list do not share their ends of pages."""


@dataclass(frozen=True, slots=True)
class LoadedItems(Generic[ItemT]):
    """What has been loaded of a list, in order, all as of one time."""

    items: list[ItemT]
    status: PageStatus

    @property
    def can_load_more(self) -> bool:
        return self.status == "CanLoadMore"

    @property
    def is_loading(self) -> bool:
        return self.status in ("LoadingFirstPage", "LoadingMore")


@dataclass(frozen=True, slots=True)
class _Range:
    """What one query asks for: `size` items behind `start`, or all until `end`."""

    start: str | None
    size: int
    end: str | None = None

    def options(self, pagination_id: int) -> JsonObject:
        options: JsonObject = {"numItems": float(self.size), "cursor": self.start}
        if self.end is not None:
            options["endCursor"] = self.end
        return options | {"id": float(pagination_id)}


class Pages(Generic[ItemT]):
    """See above. A list of which the first `page_size` items are asked for."""

    def __init__(self, page_size: int) -> None:
        self._page_size = page_size
        self._keys = 0
        self._results: Mapping[int, Page[ItemT] | ConvexClientError] = {}
        self._begin()

    def _begin(self) -> None:
        self._id = next(_pagination_ids)
        self._ranges: dict[int, _Range] = {}
        self._splits: dict[int, tuple[int, int]] = {}
        """The halves of pages that are still shown whole."""
        self._order = [self._ask(_Range(None, self._page_size))]
        self._is_fresh = True
        """Whether no cursor was taken of any answer yet."""
        self._has_answered = False

    @property
    def queries(self) -> dict[int, JsonObject]:
        """The pagination options to follow the query with. No key is ever used again."""
        return {key: each.options(self._id) for key, each in self._ranges.items()}

    def loaded(self) -> LoadedItems[ItemT]:
        """What is there, up to the first page that is not.

        Raises why that page is not there, if it is to be known.
        """
        items: list[ItemT] = []
        is_done = False
        for key in self._order:
            page = self._results.get(key)
            if isinstance(page, ConvexClientError):
                raise page
            if page is None or page.page_status == "SplitRequired":
                return LoadedItems(items, self._loading)
            items += page.page
            is_done = page.is_done
        return LoadedItems(items, "Exhausted" if is_done else "CanLoadMore")

    @property
    def _loading(self) -> PageStatus:
        return "LoadingFirstPage" if self._is_fresh else "LoadingMore"

    def load_more(self, size: int) -> bool:
        """Ask for another `size` items. False if that is not possible now."""
        pages = [self._page(key) for key in self._order]
        last = pages[-1]
        if last is None or last.is_done or not all(map(_is_whole, pages)):
            return False
        self._order.append(self._ask(_Range(last.continue_cursor, size)))
        self._is_fresh = False
        return True

    def hear(self, results: Mapping[int, Page[ItemT] | ConvexClientError]) -> None:
        """What the queries give; those without a result are left out."""
        self._results = {key: results[key] for key in self._ranges if key in results}
        if self._lost_its_way():
            self._begin()
            return
        if any(self._page(key) is not None for key in self._results):
            self._has_answered = True
        self._join_splits()
        for key in self._order:
            page = self._page(key)
            if page is None:
                break
            if key not in self._splits and self._is_too_long(page):
                self._split(key, page)

    # --- Splitting --------------------------------------------------------------------

    def _is_too_long(self, page: Page[ItemT]) -> bool:
        if not page.split_cursor:
            return False
        return bool(page.page_status) or len(page.page) > 2 * self._page_size

    def _split(self, key: int, page: Page[ItemT]) -> None:
        assert isinstance(page.split_cursor, str)
        whole = self._ranges[key]
        first = self._ask(replace(whole, end=page.split_cursor))
        second = self._ask(
            replace(whole, start=page.split_cursor, end=page.continue_cursor)
        )
        self._splits[key] = (first, second)
        self._is_fresh = False

    def _join_splits(self) -> None:
        """Show the halves of each page whose halves are both there, in its place."""
        for key, halves in list(self._splits.items()):
            if all(half in self._results for half in halves):
                del self._splits[key], self._ranges[key]
                place = self._order.index(key)
                self._order[place : place + 1] = halves

    # --- Queries ----------------------------------------------------------------------

    def _ask(self, range_: _Range) -> int:
        key, self._keys = self._keys, self._keys + 1
        self._ranges[key] = range_
        return key

    def _page(self, key: int) -> Page[ItemT] | None:
        result = self._results.get(key)
        return None if isinstance(result, ConvexClientError) else result

    def _lost_its_way(self) -> bool:
        """Whether a cursor is that of another list by now: what the query lists has changed.

        A list that has taken no cursor yet would fare no better a second time.
        """
        if self._is_fresh and not self._has_answered:
            return False
        return any(map(_is_about_cursor, self._results.values()))


def _is_whole(page: Page[Any] | None) -> bool:
    return page is not None and page.page_status != "SplitRequired"


def _is_about_cursor(result: object) -> bool:
    """Whether a query failed since its cursor is not one of its own."""
    if isinstance(result, ConvexError):
        match result.data:
            case {"paginationError": "InvalidCursor"}:
                return True
            case _:
                pass
    return isinstance(result, FunctionError) and "InvalidCursor" in result.message
