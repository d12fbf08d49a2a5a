"""What an optimistic update sees: the results of queries that are followed, typed.

    def show(store: LocalStore, *, channel: Id[Literal["channels"]]) -> None:
        unread = store.get_query(client.channels.unread, channel=channel)
        if unread is not UNSET:
            store.set_query(client.channels.unread, 0, channel=channel)

    client.channels.mark_read.optimistic(show)(channel=channel)

An update is run when the mutation is called, and again upon each newer result of the
server, until the server's results are those that the mutation has made, or it has failed.
So it must do nothing but read and set results, and wait for nothing. Values that were got
must not be changed themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from .functions import Function, ListReference, QueryReference
from .paged_calls import OPTIONS
from .transport import EditableResults
from .values import UNSET, JsonObject, JsonValue, Unset

P = ParamSpec("P")
ResultT = TypeVar("ResultT")
ItemT = TypeVar("ItemT")


class LocalStore:
    """See above. Good only while the update runs that it was given to."""

    def __init__(self, results: EditableResults) -> None:
        self._results = results

    def get_query(
        self, query: QueryReference[P, ResultT], /, *args: P.args, **kwargs: P.kwargs
    ) -> ResultT | Unset:
        """The result of `query`; `UNSET` if nobody follows it, or it has none yet."""
        function = query.wire_function
        value = self._results.get(*_called(function, args, kwargs))
        if isinstance(value, Unset):
            return UNSET
        result: ResultT = function.receive(value)
        return result

    def set_query(
        self,
        query: QueryReference[P, ResultT],
        value: ResultT,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Show `value` as the result of `query` to all who follow it."""
        function = query.wire_function
        path, wired = _called(function, args, kwargs)
        self._results.set(path, wired, function.codec.show(path, value))

    def change_all(
        self,
        query: QueryReference[..., ResultT],
        change: Callable[[ResultT], ResultT],
        /,
    ) -> None:
        """Show what `change` makes of each result of `query`, whatever its arguments."""
        function = query.wire_function
        for args, value in list(self._results.all(function.path)):
            changed = change(function.receive(value))
            self._results.set(
                function.path, args, function.codec.show(function.path, changed)
            )

    def change_items(
        self,
        query: ListReference[P, ItemT],
        change: Callable[[ItemT], ItemT],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Show what `change` makes of each item in the loaded pages of a list."""
        for options, items in self._pages(query, args, kwargs):
            self._set_page(query, options, [change(item) for item in items])

    def insert_first(
        self,
        query: ListReference[P, ItemT],
        item: ItemT,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Show `item` before all others of a list whose first page is loaded."""
        for options, items in self._pages(query, args, kwargs):
            if cast(JsonObject, options[OPTIONS])["cursor"] is None:
                self._set_page(query, options, [item, *items])

    def _pages(
        self, query: ListReference[..., ItemT], args: Any, kwargs: Any
    ) -> list[tuple[JsonObject, list[ItemT]]]:
        """The wire arguments and items of each loaded page."""
        function = query.wire_function
        options = {"numItems": 1}
        path, wanted = _called(function, (options, *args), kwargs)
        return [
            (wired, list(function.receive(value).page))
            for wired, value in self._results.all(path)
            if _without_options(wired) == _without_options(wanted)
        ]

    def _set_page(
        self, query: ListReference[..., ItemT], wired: JsonObject, items: list[ItemT]
    ) -> None:
        function = query.wire_function
        page = self._results.get(function.path, wired)
        changed = function.receive(cast(JsonValue, page)).model_copy(
            update={"page": items}
        )
        shown = function.codec.show(function.path, changed)
        self._results.set(function.path, wired, shown)


def _called(function: Function, args: Any, kwargs: Any) -> tuple[str, JsonObject]:
    call = function.call(args, kwargs, None)
    return call.path, call.args


def _without_options(wired: JsonObject) -> JsonObject:
    return {name: value for name, value in wired.items() if name != OPTIONS}
