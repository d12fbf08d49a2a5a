"""Those who follow queries: they wait for results, which are all of one time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from ..errors import ConnectionFailed, ConvexClientError, Timeout
from ..transport import Query, Result
from ..values import JsonValue
from .messages import Outcome


class Followed(Protocol):
    """A connection, as followers see it."""

    @property
    def is_ended(self) -> bool:
        """Whether there will be no more results."""
        ...

    @property
    def trouble(self) -> str:
        """Why there is no connection."""
        ...

    def join(self, follower: Follower, query: Query) -> int:
        """Wake `follower` whenever `query` gives something else: the query's id."""
        ...

    def leave(self, follower: Follower, query_ids: list[int]) -> None:
        """`follower` needs these no more. For any thread: it may be garbage."""
        ...

    def outcome(self, query_id: int) -> Outcome | None:
        """What a query gives; None while it has no result."""
        ...

    def result(self, path: str, outcome: Outcome) -> JsonValue:
        """What an outcome holds: a value, or an error to raise."""
        ...


class Follower:
    """The results of one or more queries, all as of one timestamp, again and again.

    Results that come while nobody waits are passed over: what is given is the latest.
    """

    def __init__(self, connection: Followed, queries: Mapping[int, Query]) -> None:
        self._connection = connection
        self._query_ids: dict[int, int] = {}
        self._paths: dict[int, str] = {}
        self._is_open = True
        self._news = asyncio.Event()
        self.change(queries)

    @property
    def query_ids(self) -> tuple[int, ...]:
        return tuple(self._query_ids.values())

    def change(self, queries: Mapping[int, Query]) -> None:
        """Follow these queries from now on, each under its key, and none of the others.

        A key stands for the same query as long as it is followed.
        """
        added = [key for key in queries if key not in self._query_ids]
        removed = [key for key in self._query_ids if key not in queries]
        for key in added:
            self._query_ids[key] = self._connection.join(self, queries[key])
            self._paths[key] = queries[key][0]
        left = [self._query_ids.pop(key) for key in removed]
        for key in removed:
            del self._paths[key]
        if left:
            self._connection.leave(self, left)
        if added or left:  # there may be results that others follow already
            self._news.set()

    async def next(self) -> list[Outcome]:
        """The results when all are there, or when they are others than last time.

        Raises `ConnectionFailed` when the client is closed.
        """
        while True:
            outcomes = await self._next()
            if len(outcomes) == len(self._query_ids):
                return list(outcomes.values())

    async def values(self, timeout: float | None) -> list[JsonValue]:
        """What `next` gives as encoded JSON; raises what `errors` describes."""
        try:
            async with asyncio.timeout(timeout):
                outcomes = await self.next()
        except TimeoutError:
            raise self._too_late(timeout) from None
        return [
            self._connection.result(path, outcome)
            for path, outcome in zip(self._paths.values(), outcomes, strict=True)
        ]

    async def results(self, timeout: float | None) -> dict[int, Result]:
        """What queries give, by their keys, of those that give anything.

        Comes at once when it is asked for first and after `change`, else when something
        has changed. Raises `ConnectionFailed` and `Timeout`.
        """
        try:
            async with asyncio.timeout(timeout):
                outcomes = await self._next()
        except TimeoutError:
            raise self._too_late(timeout) from None
        return {key: self._result(key, outcome) for key, outcome in outcomes.items()}

    async def _next(self) -> dict[int, Outcome]:
        await self._news.wait()
        self._news.clear()
        if self._connection.is_ended or not self._is_open:
            self._news.set()
            raise ConnectionFailed(f"{self._name}: {self._connection.trouble}")
        outcomes = {
            key: self._connection.outcome(query_id)
            for key, query_id in self._query_ids.items()
        }
        return {key: each for key, each in outcomes.items() if each is not None}

    def _result(self, key: int, outcome: Outcome) -> Result:
        try:
            return self._connection.result(self._paths[key], outcome)
        except ConvexClientError as error:
            return error

    def _too_late(self, timeout: float | None) -> Timeout:
        return Timeout(f"{self._name}: no news within {timeout} s")

    @property
    def _name(self) -> str:
        return next(iter(self._paths.values()), "no query")

    def wake(self) -> None:
        """There are new results, or there will be none."""
        self._news.set()

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        if self._is_open:
            self._is_open = False
            self._connection.leave(self, list(self._query_ids.values()))
            self._news.set()
