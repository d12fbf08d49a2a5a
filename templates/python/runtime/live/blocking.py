"""A connection for ordinary code: its event loop runs in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from inspect import isawaitable
from threading import Lock, Thread
from typing import Any, TypeVar

from ..errors import ConnectionFailed
from ..transport import AsyncTokenSource, Call, Query, Result, TokenSource, Update
from ..values import JsonValue
from .connection import Connection
from .following import Follower
from .messages import Outcome

ResultT = TypeVar("ResultT")


class BlockingConnection:
    """Calls functions and follows queries of a server over one socket, from threads.

    The thread begins when the first call does, and ends with `close`. It keeps no
    program from ending. `on_auth_change` is called in it, as are optimistic updates.
    """

    def __init__(
        self, url: str, *, on_auth_change: Callable[[bool], None] | None = None
    ) -> None:
        self._connection = Connection(url, on_auth_change=on_auth_change)
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._is_closed = False

    def call(self, call: Call, update: Update | None = None) -> JsonValue:
        """As `Connection.call`."""
        return self._wait(self._connection.call(call, update))

    def follow(self, *queries: Query) -> BlockingFollower:
        """As `Connection.follow`."""

        async def follow() -> Follower:
            return self._connection.follow(*queries)

        return BlockingFollower(self, self._wait(follow()))

    def set_auth(self, token: str | TokenSource | None) -> None:
        """As `Connection.set_auth`; who is asked for tokens is in a thread of
        its own, and what it gives may be awaited."""

        source = token if token is None or isinstance(token, str) else _in_thread(token)

        async def set_auth() -> None:
            self._connection.set_auth(source)

        self._wait(set_auth())

    def close(self) -> None:
        """Close the socket, and end the thread. Threads that wait get an error."""
        with self._lock:
            self._is_closed = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._connection.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def wait_for(self, follower: Follower, timeout: float | None) -> list[Outcome]:
        """The next results of `follower`. Raises `TimeoutError`."""

        async def wait() -> list[Outcome]:
            async with asyncio.timeout(timeout):
                return await follower.next()

        return self._wait(wait())

    def values(self, follower: Follower, timeout: float | None) -> list[JsonValue]:
        """The next results of `follower`, as encoded JSON."""
        return self._wait(follower.values(timeout))

    def results(
        self, follower: Follower, timeout: float | None
    ) -> Mapping[int, Result]:
        """The next results of `follower` that are there."""
        return self._wait(follower.results(timeout))

    def change(self, follower: Follower, queries: Mapping[int, Query]) -> None:
        """Have `follower` follow other queries."""

        async def change() -> None:
            follower.change(queries)

        self._wait(change())

    def leave(self, follower: Follower) -> None:
        """Follow no more what `follower` does. Waits for nothing: it may be garbage."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(follower.close)

    def _wait(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Do `work` in the thread. An interrupt cancels it."""
        try:
            loop = self._running()
        except BaseException:
            work.close()
            raise
        result = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return result.result()
        except BaseException:
            result.cancel()
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._is_closed:
                raise ConnectionFailed("the client was closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(
                    target=self._loop.run_forever, name="convex", daemon=True
                )
                self._thread.start()
            return self._loop


def _in_thread(source: TokenSource) -> AsyncTokenSource:
    async def fetch(force: bool) -> str | None:
        token = await asyncio.to_thread(source, force)
        return await token if isawaitable(token) else token

    return fetch


class BlockingFollower:
    """The results of one or more queries, all as of one timestamp, again and again."""

    def __init__(self, connection: BlockingConnection, follower: Follower) -> None:
        self._connection = connection
        self._follower = follower

    def next(self, timeout: float | None = None) -> list[Outcome]:
        """The results when they are there, or when they are others than last time.

        Raises `TimeoutError` after `timeout` seconds, `ConnectionFailed` when the client
        is closed.
        """
        return self._connection.wait_for(self._follower, timeout)

    def values(self, timeout: float | None) -> list[JsonValue]:
        """What `next` gives as encoded JSON; raises what `errors` describes."""
        return self._connection.values(self._follower, timeout)

    def results(self, timeout: float | None) -> Mapping[int, Result]:
        """As `Follower.results`."""
        return self._connection.results(self._follower, timeout)

    def change(self, queries: Mapping[int, Query]) -> None:
        """As `Follower.change`."""
        self._connection.change(self._follower, queries)

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        self._connection.leave(self._follower)
