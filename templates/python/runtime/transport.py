"""The seam between calls and what moves them: a WebSocket, HTTP, a fake in tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, cast, runtime_checkable

from .errors import ConvexError, FunctionError, NotFound, ProtocolError
from .values import JsonObject, JsonValue, decode

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

        Raises what `errors` describes; `Timeout` after that many seconds.
        """
        ...

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        ...


@runtime_checkable
class LiveTransport(Transport, Protocol):
    """A transport that can also follow queries."""

    def follow(self, *queries: tuple[str, JsonObject]) -> Follower:
        """Follow queries, given by paths and encoded arguments."""
        ...


class AsyncFollower(Protocol):
    """The results of queries that are followed together, all of one timestamp."""

    async def values(self, timeout: float | None) -> list[JsonValue]:
        """The results, as encoded JSON, when they are others than last time.

        Raises what `errors` describes; `Timeout` after that many seconds.
        """
        ...

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        ...


@runtime_checkable
class AsyncLiveTransport(AsyncTransport, Protocol):
    """A transport that can also follow queries."""

    def follow(self, *queries: tuple[str, JsonObject]) -> AsyncFollower:
        """Follow queries, given by paths and encoded arguments."""
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
