"""Queries that are followed by asynchronous code: one, several at a time, or a list by pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from .errors import ConnectionFailed, Timeout
from .functions import Function
from .paged_calls import PagedCall, PageReader
from .pages import LoadedItems, Pages
from .transport import AsyncFollower, AsyncLiveTransport, AsyncTransport, Query

NewsT = TypeVar("NewsT")
ResultT = TypeVar("ResultT")
ItemT = TypeVar("ItemT")
ValuesT = TypeVar("ValuesT", bound=tuple[Any, ...])


class AsyncNews(Generic[NewsT]):
    """What is told again and again, until `close`: `async for ... in ...`.

    An iteration ends when another task calls `close`. Ends too at the end of an
    `async with` statement, or when nobody holds it any more. To wait for a limited time,
    call `next`; a task that waits may be cancelled, and the next one asks on.
    """

    _follower: AsyncFollower | None = None
    _is_closed = False

    async def next(self, timeout: float | None = None) -> NewsT:
        """What there is to tell, when it is there and is another than last time.

        Raises `Timeout` after that many seconds.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        self._is_closed = True
        if self._follower is not None:
            self._follower.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> NewsT:
        if self._is_closed:
            raise StopAsyncIteration
        try:
            return await self.next()
        except ConnectionFailed:
            if self._is_closed:
                raise StopAsyncIteration from None
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class Subscription(AsyncNews[ResultT]):
    """The results of a query, one after another: `async for result in subscription`.

    What comes while nobody asks is passed over: what is given is the latest. A query
    that fails raises its error here, and may be asked on.
    """

    def __init__(
        self, transport: AsyncLiveTransport, function: Function, query: Query
    ) -> None:
        self.wire_transport = transport
        self.wire_function = function
        self.wire_query = query
        self._results = self._follower = transport.follow(query)

    async def next(self, timeout: float | None = None) -> ResultT:
        (value,) = await self._results.values(timeout)
        result: ResultT = self.wire_function.receive(value)
        return result


class Together(AsyncNews[ValuesT]):
    """The results of several queries, all as of one time: `async for a, b in together`.

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

    async def next(self, timeout: float | None = None) -> ValuesT:
        values = await self._results.values(timeout)
        received: Any = tuple(
            function.receive(value)
            for function, value in zip(self._functions, values, strict=True)
        )
        result: ValuesT = received
        return result


class Paginated(AsyncNews[LoadedItems[ItemT]]):
    """A list, as far as it is loaded: `async for loaded in paginated`.

    Each time `loaded.items` are all items of all pages that were asked for, as of one
    time; `load_more` asks for another page. `items` reads the list once instead.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        call: PagedCall[ItemT],
        page_size: int,
        timeout: float | None,
    ) -> None:
        self._transport = transport
        self._call = call
        self._page_size = page_size
        self._timeout = timeout
        self._pages: Pages[ItemT] = Pages(page_size)
        self._told: LoadedItems[ItemT] | None = None

    async def next(self, timeout: float | None = None) -> LoadedItems[ItemT]:
        follower = self._following()
        try:
            async with asyncio.timeout(timeout):
                while True:
                    self._pages.hear(self._call.pages(await follower.results(None)))
                    follower.change(self._call.queries(self._pages))
                    told, self._told = self._told, None
                    self._told = loaded = self._pages.loaded()
                    if loaded != told:
                        return loaded
        except TimeoutError:
            raise Timeout(f"{self._call.path}: no news within {timeout} s") from None

    def load_more(self, count: int | None = None) -> bool:
        """Load `count` more items, or as many as are in a page.

        False if that is not possible now: something is being loaded, or all is there.
        """
        if not self._pages.load_more(self._page_size if count is None else count):
            return False
        self._following().change(self._call.queries(self._pages))
        return True

    async def items(self) -> AsyncIterator[ItemT]:
        """Each item once, in order: pages are asked for as they are needed.

        Nothing is followed, so each page is as of its own time. What is there all along
        is given; what comes and goes meanwhile may be. The client's time-out is that of
        each page.
        """
        reader = PageReader(self._call, self._page_size, self._timeout)
        while (call := reader.call) is not None:
            for item in reader.hear(await self._transport.call(call)):
                yield item

    def _following(self) -> AsyncFollower:
        if self._follower is None:
            if self._is_closed:
                raise ConnectionFailed(f"{self._call.path}: the list was closed")
            self._follower = live(self._transport).follow()
            self._follower.change(self._call.queries(self._pages))
        return self._follower


def live(transport: AsyncTransport) -> AsyncLiveTransport:
    """`transport`, if it is one that can follow queries. Raises `TypeError`."""
    if not isinstance(transport, AsyncLiveTransport):
        raise TypeError("this client's transport cannot follow queries")
    return transport
