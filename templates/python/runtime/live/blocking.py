"""A connection for ordinary code: its event loop runs in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from threading import Lock, Thread
from typing import Any, TypeAlias, TypeVar

from ..errors import ConnectionFailed
from ..transport import Call
from ..values import JsonObject, JsonValue
from .connection import Connection, Follower, TokenSource
from .messages import Outcome
from .optimism import Update

ResultT = TypeVar("ResultT")

BlockingTokenSource: TypeAlias = Callable[[bool], "str | None"]
"""Gives a token, a new one if it is called with True; None if there is none."""


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

    def follow(self, *queries: tuple[str, JsonObject]) -> BlockingFollower:
        """As `Connection.follow`."""

        async def follow() -> Follower:
            return self._connection.follow(*queries)

        return BlockingFollower(self, self._wait(follow()))

    def set_auth(self, token: str | BlockingTokenSource | None) -> None:
        """As `Connection.set_auth`; who is asked for tokens may take its time."""

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


def _in_thread(source: BlockingTokenSource) -> TokenSource:
    async def fetch(force: bool) -> str | None:
        return await asyncio.to_thread(source, force)

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

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        self._connection.leave(self._follower)
