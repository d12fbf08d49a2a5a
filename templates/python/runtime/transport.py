"""The seam between calls and what moves them: a WebSocket, HTTP, a fake in tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, cast, runtime_checkable

from .errors import (
    ConvexClientError,
    ConvexError,
    FunctionError,
    NotFound,
    ProtocolError,
)
from .values import JsonObject, JsonValue, Unset, decode

CLIENT_NAME = "python-convexgen-1.0.0"
"""What servers are told of us."""

DEFAULT_TIMEOUT = 30.0
"""Seconds that a call waits for the server, unless told otherwise."""

Kind = Literal["query", "mutation", "action"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it goes over the wire: `args` is encoded JSON.

    `timeout` is in seconds; with None the wait has no end.
    """

    kind: Kind
    path: str
    args: JsonObject
    timeout: float | None


Query: TypeAlias = tuple[str, JsonObject]
"""A query to be followed, by its path and encoded arguments."""

Result: TypeAlias = "JsonValue | ConvexClientError"
"""What a query that is followed gives: encoded JSON, or why it gives nothing."""

TokenSource: TypeAlias = "Callable[[bool], str | None | Awaitable[str | None]]"
"""Gives a JSON Web Token, or None if there is none to be had.

It is called with True when a token that was kept before will not do: the server has
refused it, or it ends soon.
"""

AsyncTokenSource: TypeAlias = "Callable[[bool], Awaitable[str | None]]"
"""As a `TokenSource`, for asynchronous code."""


class EditableResults(Protocol):
    """Results of queries that are followed, as an optimistic update may change them."""

    def get(self, path: str, args: JsonObject) -> JsonValue | Unset:
        """The result; `UNSET` while there is none, or nobody follows the query."""
        ...

    def all(self, path: str) -> Iterator[tuple[JsonObject, JsonValue]]:
        """Arguments and results of all queries of one function that have any."""
        ...

    def set(self, path: str, args: JsonObject, value: JsonValue) -> None:
        """Put `value` in the place of a result, which is not to be changed itself."""
        ...


Update: TypeAlias = Callable[[EditableResults], None]
"""An optimistic update."""


class Transport(Protocol):
    """Moves calls to a server. It must allow calls from several threads at once."""

    def call(self, call: Call) -> JsonValue:
        """The function's result as encoded JSON; raises what `errors` describes."""
        ...

    def set_auth(self, token: str | None) -> None:
        """Send this JSON Web Token with all further calls, or none."""
        ...

    def close(self) -> None:
        """Give connections back. No call follows."""
        ...


class AsyncTransport(Protocol):
    """Moves calls to a server. It must allow calls from several tasks at once."""

    async def call(self, call: Call) -> JsonValue:
        """The function's result as encoded JSON; raises what `errors` describes."""
        ...

    def set_auth(self, token: str | None) -> None:
        """Send this JSON Web Token with all further calls, or none."""
        ...

    async def aclose(self) -> None:
        """Give connections back. No call follows."""
        ...


class Follower(Protocol):
    """The results of queries that are followed together, all of one timestamp."""

    def values(self, timeout: float | None) -> list[JsonValue]:
        """The results, as encoded JSON, when they are others than last time.

        Waits until all are there. Raises what `errors` describes; `Timeout` after that
        many seconds.
        """
        ...

    def results(self, timeout: float | None) -> Mapping[int, Result]:
        """The results that are there, when they are others than last time.

        Their keys are those of `change`, or places among the queries that `follow` was
        given. Raises `ConnectionFailed` and `Timeout`.
        """
        ...

    def change(self, queries: Mapping[int, Query]) -> None:
        """Follow these queries from now on, and none of the others.

        Whoever waits for `results` gets those that are there.
        """
        ...

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        ...


@runtime_checkable
class LiveTransport(Transport, Protocol):
    """A transport that can also follow queries."""

    def call(self, call: Call, update: Update | None = None) -> JsonValue:
        """As that of `Transport`. `update` is shown until the mutation has ended."""
        ...

    def follow(self, *queries: Query) -> Follower:
        """Follow queries."""
        ...

    def set_auth(self, token: str | TokenSource | None) -> None:
        """Be who the token says, or ask for tokens whenever there is need of one."""
        ...


class AsyncFollower(Protocol):
    """The results of queries that are followed together, all of one timestamp."""

    async def values(self, timeout: float | None) -> list[JsonValue]:
        """The results, as encoded JSON, when they are others than last time.

        Waits until all are there. Raises what `errors` describes; `Timeout` after that
        many seconds.
        """
        ...

    async def results(self, timeout: float | None) -> Mapping[int, Result]:
        """The results that are there, when they are others than last time.

        Their keys are those of `change`, or places among the queries that `follow` was
        given. Raises `ConnectionFailed` and `Timeout`.
        """
        ...

    def change(self, queries: Mapping[int, Query]) -> None:
        """Follow these queries from now on, and none of the others.

        Whoever waits for `results` gets those that are there.
        """
        ...

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        ...


@runtime_checkable
class AsyncLiveTransport(AsyncTransport, Protocol):
    """A transport that can also follow queries."""

    async def call(self, call: Call, update: Update | None = None) -> JsonValue:
        """As that of `AsyncTransport`. `update` is shown until the mutation has ended."""
        ...

    def follow(self, *queries: Query) -> AsyncFollower:
        """Follow queries."""
        ...

    def set_auth(self, token: str | AsyncTokenSource | None) -> None:
        """Be who the token says, or ask for tokens whenever there is need of one."""
        ...


def result_of(path: str, answer: JsonValue) -> JsonValue:
    """What the server's answer to a call of `path` holds: its value, or an error."""
    match answer:
        case {"status": "success", "value": value}:
            return value
        case {"status": "error", "errorMessage": str(message)}:
            raise _failure(path, message, cast(JsonObject, answer))
        case _:
            raise ProtocolError(f"{path}: not an answer to a call: {answer!r:.200}")


def _failure(path: str, message: str, answer: JsonObject) -> FunctionError:
    lines = answer.get("logLines")
    log_lines = tuple(map(str, lines)) if isinstance(lines, list) else ()
    if "errorData" in answer:
        try:
            data = decode(answer["errorData"])
        except ValueError as error:
            raise ProtocolError(f"{path}: error data: {error}") from error
        return ConvexError(path, message, data, log_lines)
    if "Could not find public function for" in message:
        return NotFound(path, message, log_lines)
    return FunctionError(path, message, log_lines)
