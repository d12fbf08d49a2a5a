"""Queries that are followed by ordinary code: one, several at a time, or a list by pages."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from .errors import ConnectionFailed, Timeout
from .functions import Function
from .paged_calls import PagedCall, PageReader
from .pages import LoadedItems, Pages
from .transport import Follower, LiveTransport, Query, Transport

NewsT = TypeVar("NewsT")
ResultT = TypeVar("ResultT")
ItemT = TypeVar("ItemT")
ValuesT = TypeVar("ValuesT", bound=tuple[Any, ...])


class News(Generic[NewsT]):
    """What is told again and again, until `close`: `for ... in ...`.

    An iteration ends when another thread calls `close`. Ends too at the end of a `with`
    statement, or when nobody holds it any more. To wait for a limited time, call `next`.
    """

    _follower: Follower | None = None
    _is_closed = False

    def next(self, timeout: float | None = None) -> NewsT:
        """What there is to tell, when it is there and is another than last time.

        Raises `Timeout` after that many seconds.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        self._is_closed = True
        if self._follower is not None:
            self._follower.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> NewsT:
        if self._is_closed:
            raise StopIteration
        try:
            return self.next()
        except ConnectionFailed:
            if self._is_closed:
                raise StopIteration from None
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class Subscription(News[ResultT]):
    """The results of a query, one after another: `for result in subscription`.

    What comes while nobody asks is passed over: what is given is the latest. A query
    that fails raises its error here, and may be asked on.
    """

    def __init__(
        self, transport: LiveTransport, function: Function, query: Query
    ) -> None:
        self.wire_transport = transport
        self.wire_function = function
        self.wire_query = query
        self._results = self._follower = transport.follow(query)

    def next(self, timeout: float | None = None) -> ResultT:
        (value,) = self._results.values(timeout)
        result: ResultT = self.wire_function.receive(value)
        return result


class Together(News[ValuesT]):
    """The results of several queries, all as of one time: `for a, b in together`.

    They are given when all are there, and again when any is another one. If a query
    fails, its error is raised here; the others may be asked on.
    """

    def __init__(self, *subscriptions: Subscription[Any]) -> None:
        transports = {id(each.wire_transport) for each in subscriptions}
        if len(transports) != 1:
            raise ValueError("only subscriptions of one client are of one time")
        transport = subscriptions[0].wire_transport
        self._functions = [each.wire_function for each in subscriptions]
        self._results = self._follower = transport.follow(
            *[each.wire_query for each in subscriptions]
        )
        for each in subscriptions:
            each.close()

    def next(self, timeout: float | None = None) -> ValuesT:
        values = self._results.values(timeout)
        received: Any = tuple(
            function.receive(value)
            for function, value in zip(self._functions, values, strict=True)
        )
        result: ValuesT = received
        return result


class Paginated(News[LoadedItems[ItemT]]):
    """A list, as far as it is loaded: `for loaded in paginated`.

    Each time `loaded.items` are all items of all pages that were asked for, as of one
    time; `load_more` asks for another page. `items` reads the list once instead.
    """

    def __init__(
        self,
        transport: Transport,
        call: PagedCall[ItemT],
        page_size: int,
        timeout: float | None,
    ) -> None:
        self._transport = transport
        self._call = call
        self._page_size = page_size
        self._timeout = timeout
        self._pages: Pages[ItemT] = Pages(page_size)
        self._lock = Lock()
        """Held while `_pages` or what is followed changes, but not while waiting."""
        self._told: LoadedItems[ItemT] | None = None

    def next(self, timeout: float | None = None) -> LoadedItems[ItemT]:
        until = None if timeout is None else monotonic() + timeout
        with self._lock:
            follower = self._following()
        while True:
            left = None if until is None else max(0.0, until - monotonic())
            try:
                results = follower.results(left)
            except Timeout:
                message = f"{self._call.path}: no news within {timeout} s"
                raise Timeout(message) from None
            with self._lock:
                self._pages.hear(self._call.pages(results))
                follower.change(self._call.queries(self._pages))
                told, self._told = self._told, None
                self._told = loaded = self._pages.loaded()
                if loaded != told:
                    return loaded

    def load_more(self, count: int | None = None) -> bool:
        """Load `count` more items, or as many as are in a page.

        False if that is not possible now: something is being loaded, or all is there.
        """
        with self._lock:
            if not self._pages.load_more(self._page_size if count is None else count):
                return False
            self._following().change(self._call.queries(self._pages))
            return True

    def items(self) -> Iterator[ItemT]:
        """Each item once, in order: pages are asked for as they are needed.

        Nothing is followed, so each page is as of its own time. What is there all along
        is given; what comes and goes meanwhile may be. The client's time-out is that of
        each page.
        """
        reader = PageReader(self._call, self._page_size, self._timeout)
        while (call := reader.call) is not None:
            yield from reader.hear(self._transport.call(call))

    def _following(self) -> Follower:
        if self._follower is None:
            if self._is_closed:
                raise ConnectionFailed(f"{self._call.path}: the list was closed")
            self._follower = live(self._transport).follow()
            self._follower.change(self._call.queries(self._pages))
        return self._follower


def live(transport: Transport) -> LiveTransport:
    """`transport`, if it is one that can follow queries. Raises `TypeError`."""
    if not isinstance(transport, LiveTransport):
        raise TypeError("this client's transport cannot follow queries")
    return transport
