"""The pages of a list beside a model of the server: what is shown is the beginning of the list, whatever happens.

The model keeps to what servers promise: a query without an end takes as many items as it asks for when it is answered
first, and ends there ever after; all answers that are told together are of one time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.python.runtime.errors import ConvexClientError, ConvexError, FunctionError
from templates.python.runtime.models import Page
from templates.python.runtime.pages import LoadedItems, Pages
from templates.python.runtime.values import JsonObject

END = 1000
"""Behind all items."""
BUDGET = 7
"""More rows than this are not read for one page."""

Asked: TypeAlias = tuple[int, JsonObject]


@dataclass
class Server:
    """A list of numbers, and the queries that have been answered."""

    items: set[int] = field(default_factory=set)
    order: int = 0
    """Which list it is: cursors of another one are invalid."""
    ends: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Of each query: the list that it was answered with first, and where it ends in that."""

    def answer(self, key: int, options: JsonObject) -> Page[int] | ConvexClientError:
        order, start = _position(options["cursor"], self.order)
        if options.get("endCursor") is not None:
            self.ends.setdefault(key, _position(options["endCursor"], self.order))
        behind = sorted(item for item in self.items if item > start)
        if key not in self.ends:
            size = int(str(options["numItems"]).partition(".")[0])
            self.ends[key] = (self.order, behind[size - 1] if len(behind) >= size else END)
        pinned_order, end = self.ends[key]
        if {order, pinned_order} != {self.order}:
            data = {"isConvexSystemError": True, "paginationError": "InvalidCursor"}
            return ConvexError("m:list", "InvalidCursor: another list", data)
        rows = [item for item in behind if item <= end]
        middle = f"{self.order} {rows[(len(rows) - 1) // 2]}" if len(rows) > 2 else None
        status: Literal["SplitRequired"] | None = None
        if len(rows) > BUDGET:
            rows, status = rows[:BUDGET], "SplitRequired"
        return Page(
            page=rows,
            is_done=end == END,
            continue_cursor=f"{self.order} {end}",
            split_cursor=middle,
            page_status=status,
        )


def _position(cursor: object, order: int) -> tuple[int, int]:
    if cursor is None:
        return order, -1
    assert isinstance(cursor, str)
    listed, _, place = cursor.partition(" ")
    return int(listed), int(place)


class Follower:
    """Someone who follows a list, at a server that answers each query when it is told to."""

    def __init__(self, page_size: int) -> None:
        self.page_size = page_size
        self.pages: Pages[int] = Pages(page_size)
        self.server = Server()
        self.answered: set[int] = set()

    def insert(self, item: int) -> None:
        self.server.items.add(item)

    def delete(self, item: int) -> None:
        self.server.items.discard(item)

    def sort_otherwise(self, _: int) -> None:
        self.server.order += 1

    def load_more(self, size: int) -> None:
        self.pages.load_more(1 + size % 5)

    def answer_one(self, number: int) -> None:
        waiting = [key for key in self.pages.queries if key not in self.answered]
        if waiting:
            self.answered.add(waiting[number % len(waiting)])

    def hear(self) -> None:
        queries = self.pages.queries
        self.pages.hear({key: self.server.answer(key, each) for key, each in queries.items() if key in self.answered})

    def settle(self) -> None:
        """Everything is answered, until there is nothing more to ask."""
        while not self.answered.issuperset(self.pages.queries):
            self.answered.update(self.pages.queries)
            self.hear()


STEPS: list[Callable[[Follower, int], None]] = [
    *[Follower.insert] * 6,
    *[Follower.delete] * 2,
    *[Follower.load_more] * 2,
    *[Follower.answer_one] * 6,
    Follower.sort_otherwise,
]
ROLLS = st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 99)), max_size=80)


@given(st.integers(1, 4), ROLLS)
def test_what_is_shown_is_the_beginning_of_the_list(page_size: int, rolls: list[tuple[int, int]]) -> None:
    follower = Follower(page_size)
    for step, number in rolls:
        STEPS[step](follower, number)
        follower.hear()
        items = follower.pages.loaded().items
        assert items == sorted(follower.server.items)[: len(items)]


@given(st.integers(1, 4), ROLLS)
def test_in_the_end_all_of_it_is_there(page_size: int, rolls: list[tuple[int, int]]) -> None:
    follower = Follower(page_size)
    for step, number in rolls:
        STEPS[step](follower, number)
        follower.hear()
    follower.settle()
    while follower.pages.load_more(page_size):
        assert follower.pages.loaded().is_loading
        follower.settle()
    assert follower.pages.loaded() == LoadedItems(sorted(follower.server.items), "Exhausted")
    longest = max(2, 2 * page_size)
    pages = [follower.server.answer(key, each) for key, each in follower.pages.queries.items()]
    assert all(isinstance(page, Page) and len(page.page) <= longest for page in pages)


@given(st.integers(1, 4), ROLLS)
def test_each_query_is_what_it_was(page_size: int, rolls: list[tuple[int, int]]) -> None:
    """A key stands for one query for ever, and never for another one after it was left."""
    follower = Follower(page_size)
    known: dict[int, JsonObject] = {}
    for step, number in rolls:
        before = set(follower.pages.queries)
        STEPS[step](follower, number)
        follower.hear()
        for key, options in follower.pages.queries.items():
            assert known.setdefault(key, options) == options
        assert min(set(follower.pages.queries) - before, default=len(known)) > max(before)


def page(*items: int, end: str = "e", **more: Any) -> Page[int]:
    return Page(page=list(items), continue_cursor=end, **({"is_done": False} | more))


def options(pages: Pages[int]) -> list[JsonObject]:
    """What is asked for, without the numbers that keep followers apart."""
    return [{name: value for name, value in each.items() if name != "id"} for each in pages.queries.values()]


def test_pages_begin_where_the_ones_before_end() -> None:
    pages: Pages[int] = Pages(2)
    assert pages.loaded() == LoadedItems([], "LoadingFirstPage")
    assert options(pages) == [{"numItems": 2, "cursor": None}]
    assert not pages.load_more(3)
    pages.hear({0: page(1, 2, end="a")})
    assert pages.loaded() == LoadedItems([1, 2], "CanLoadMore")
    assert pages.load_more(3)
    assert not pages.load_more(3)
    assert options(pages) == [{"numItems": 2, "cursor": None}, {"numItems": 3, "cursor": "a"}]
    assert pages.loaded() == LoadedItems([1, 2], "LoadingMore")
    pages.hear({0: page(1, 2, end="a"), 1: page(3, end="z", is_done=True)})
    assert pages.loaded() == LoadedItems([1, 2, 3], "Exhausted")
    assert not pages.load_more(3)


def test_two_followers_keep_apart() -> None:
    one: Pages[int] = Pages(2)
    other: Pages[int] = Pages(2)
    assert one.queries[0]["id"] != other.queries[0]["id"]


@pytest.mark.parametrize("status", ["SplitRecommended", None])
def test_a_page_is_shown_whole_until_both_halves_are_there(status: str | None) -> None:
    pages: Pages[int] = Pages(2)
    long = page(1, 2, 3, 4, 5, end="z", split_cursor="m", page_status=status)
    pages.hear({0: long})
    assert options(pages)[1:] == [
        {"numItems": 2, "cursor": None, "endCursor": "m"},
        {"numItems": 2, "cursor": "m", "endCursor": "z"},
    ]
    pages.hear({0: long, 1: page(1, 2, 3, end="m")})
    assert pages.loaded() == LoadedItems([1, 2, 3, 4, 5], "CanLoadMore")
    pages.hear({0: long, 1: page(1, 2, 3, end="m"), 2: page(4, 5, end="z")})
    assert list(pages.queries) == [1, 2]
    assert pages.loaded() == LoadedItems([1, 2, 3, 4, 5], "CanLoadMore")


def test_a_page_that_is_not_whole_is_not_shown() -> None:
    pages: Pages[int] = Pages(2)
    pages.hear({0: page(1, end="z", split_cursor="m", page_status="SplitRequired")})
    assert pages.loaded() == LoadedItems([], "LoadingMore")
    assert not pages.load_more(2)


def test_a_page_that_fails_raises_its_error_and_the_list_goes_on() -> None:
    pages: Pages[int] = Pages(2)
    error = FunctionError("m:list", "broken")
    pages.hear({0: page(1, 2, end="a")})
    assert pages.load_more(2)
    pages.hear({0: page(1, 2, end="a"), 1: error})
    with pytest.raises(FunctionError, match="m:list: broken"):
        pages.loaded()
    assert not pages.load_more(2)
    pages.hear({0: page(1, 2, end="a"), 1: page(3, end="b")})
    assert pages.loaded() == LoadedItems([1, 2, 3], "CanLoadMore")


def test_a_query_that_never_accepts_its_cursor_fails() -> None:
    pages: Pages[int] = Pages(2)
    error = FunctionError("m:list", "Server Error InvalidCursor: something")
    pages.hear({0: error})
    with pytest.raises(FunctionError, match="InvalidCursor"):
        pages.loaded()
    pages.hear({0: page(1)})
    pages.hear({0: error})
    assert list(pages.queries) == [1]
    assert pages.loaded() == LoadedItems([], "LoadingFirstPage")
