"""The argument and the result of a paginated query, in the shapes that `usePaginatedQuery` sends and expects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Literal

from pydantic import BaseModel
from typing_extensions import TypeVar

T = TypeVar("T")
NewT = TypeVar("NewT")


class PaginationOptions(BaseModel, defer_build=True):
    """Which page is wanted. Take it as an argument and hand it to `paginate`; only tests make one."""

    num_items: int
    """How many documents are wanted, at least 1. Ignored where `end_cursor` says where the page ends."""
    cursor: str | None = None
    """The `continue_cursor` of the page before; None asks for the first page."""
    end_cursor: str | None = None
    id: int | None = None
    """Distinguishes two lists on one screen; functions ignore it."""
    maximum_rows_read: int | None = None
    maximum_bytes_read: int | None = None


class Page(BaseModel, Generic[T], defer_build=True):
    """One page of results."""

    page: list[T]
    is_done: bool
    """Whether this is the last page."""
    continue_cursor: str
    """Opaque. Where the next page begins; always a string, also on the last page."""
    split_cursor: str | None = None
    page_status: Literal["SplitRecommended", "SplitRequired"] | None = None

    def with_items(self, items: Iterable[NewT]) -> Page[NewT]:
        """The same page with other items: `result.with_items([AuthoredMessage.of(m, ...) for m in result.page])`."""
        return Page(
            page=list(items),
            is_done=self.is_done,
            continue_cursor=self.continue_cursor,
            split_cursor=self.split_cursor,
            page_status=self.page_status,
        )
