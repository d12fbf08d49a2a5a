"""The messages of the sync protocol: what the server says read, what we say written.

Everything is JSON, one object to a text frame. Timestamps are nanoseconds since the
epoch, as eight bytes in base64, the lowest first.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, cast

from ..values import JsonObject, JsonValue


class Misunderstood(Exception):
    """The server said something that is not in the protocol, or not at that point."""


class Version(NamedTuple):
    """How far the conversation has come, by three counters."""

    query_set: int = 0
    identity: int = 0
    timestamp: int = 0


@dataclass(frozen=True, slots=True)
class Success:
    """A function's result, as encoded JSON."""

    value: JsonValue
    log_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A function that failed. `data` is what a `ConvexError` was raised with, if it was one."""

    message: str
    data: JsonValue = None
    is_convex_error: bool = False
    log_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection was lost; whether the function ran is not known."""

    reason: str


Outcome: TypeAlias = Success | Failure


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query gives now. `journal` goes back to the server with the next `Add`."""

    query_id: int
    outcome: Outcome
    journal: str | None


@dataclass(frozen=True, slots=True)
class QueryRemoved:
    """A query is followed no more, as was asked for."""

    query_id: int


@dataclass(frozen=True, slots=True)
class Transition:
    """The next state of all queries, all at the one timestamp of `end`."""

    start: Version
    end: Version
    modifications: tuple[QueryResult | QueryRemoved, ...]
    clock_skew: float
    """Seconds by which our clock is ahead of the server's."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of the text of a transition that is too long for one message."""

    text: str
    part: int
    parts: int
    transition: str


@dataclass(frozen=True, slots=True)
class Response:
    """A mutation or action has ended. `timestamp` is that of a mutation's commit."""

    request_id: int
    outcome: Outcome
    timestamp: int | None


@dataclass(frozen=True, slots=True)
class AuthError:
    """The server does not accept our token, or not any more. It closes the socket next."""

    message: str
    base_version: int
    was_updating: bool


@dataclass(frozen=True, slots=True)
class FatalError:
    """The server will not talk to us."""

    message: str


@dataclass(frozen=True, slots=True)
class Ping:
    """The server is there and has nothing to say."""


ServerMessage: TypeAlias = Transition | Chunk | Response | AuthError | FatalError | Ping


def read(text: str) -> ServerMessage:
    """A message of the server. Raises `Misunderstood`."""
    try:
        message = json.loads(text)
        match message["type"]:
            case "Transition":
                return _transition(message)
            case "MutationResponse":
                succeeded = bool(message["success"])
                timestamp = read_timestamp(message["ts"]) if succeeded else None
                return Response(int(message["requestId"]), _answer(message), timestamp)
            case "ActionResponse":
                return Response(int(message["requestId"]), _answer(message), None)
            case "TransitionChunk":
                return Chunk(
                    str(message["chunk"]),
                    int(message["partNumber"]),
                    int(message["totalParts"]),
                    str(message["transitionId"]),
                )
            case "AuthError":
                return AuthError(
                    str(message["error"]),
                    int(message["baseVersion"]),
                    bool(message.get("authUpdateAttempted", True)),
                )
            case "FatalError":
                return FatalError(str(message["error"]))
            case "Ping":
                return Ping()
            case other:
                raise Misunderstood(f"an unknown message: {other!r:.100}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misunderstood(f"not a message: {text:.200} ({error!r})") from error


def _transition(message: JsonObject) -> Transition:
    skew = message.get("clientClockSkew")
    return Transition(
        _version(cast(JsonObject, message["startVersion"])),
        _version(cast(JsonObject, message["endVersion"])),
        tuple(map(_modification, cast(list[JsonObject], message["modifications"]))),
        skew / 1000 if isinstance(skew, (int, float)) else 0.0,
    )


def _version(version: JsonObject) -> Version:
    query_set, identity = version["querySet"], version["identity"]
    return Version(
        int(cast(float, query_set)),
        int(cast(float, identity)),
        read_timestamp(cast(str, version["ts"])),
    )


def _modification(modification: JsonObject) -> QueryResult | QueryRemoved:
    query_id = int(cast(float, modification["queryId"]))
    match modification["type"]:
        case "QueryUpdated":
            outcome: Outcome = Success(modification["value"], _log_lines(modification))
        case "QueryFailed":
            outcome = _failure(modification, modification["errorMessage"])
        case "QueryRemoved":
            return QueryRemoved(query_id)
        case other:
            raise Misunderstood(f"an unknown modification: {other!r:.100}")
    return QueryResult(
        query_id, outcome, cast("str | None", modification.get("journal"))
    )


def _answer(message: JsonObject) -> Outcome:
    if message["success"]:
        return Success(message["result"], _log_lines(message))
    return _failure(message, message["result"])


def _failure(message: JsonObject, text: JsonValue) -> Failure:
    return Failure(
        str(text), message.get("errorData"), "errorData" in message, _log_lines(message)
    )


def _log_lines(message: JsonObject) -> tuple[str, ...]:
    lines = message.get("logLines")
    return tuple(map(str, lines)) if isinstance(lines, list) else ()


def read_timestamp(text: str) -> int:
    """The number that eight bytes in base64 stand for. Raises `ValueError`."""
    data = b64decode(text, validate=True)
    if len(data) != 8:
        raise ValueError(f"not a timestamp: {text!r}")
    return int.from_bytes(data, "little")


def timestamp_text(timestamp: int) -> str:
    return b64encode(timestamp.to_bytes(8, "little")).decode()


# --- What we say ----------------------------------------------------------------------


def connect(
    session_id: str,
    connection_count: int,
    last_close_reason: str | None,
    max_observed: int | None,
    now: float,
) -> str:
    """The first message on each socket. `now` is in seconds since the epoch."""
    message: JsonObject = {
        "type": "Connect",
        "sessionId": session_id,
        "connectionCount": connection_count,
        "lastCloseReason": last_close_reason,
        "clientTs": round(now * 1000),
    }
    if max_observed is not None:
        message["maxObservedTimestamp"] = timestamp_text(max_observed)
    return _text(message)


def authenticate(base_version: int, token: str | None) -> str:
    if token is None:
        return _text(
            {"type": "Authenticate", "tokenType": "None", "baseVersion": base_version}
        )
    return _text(
        {
            "type": "Authenticate",
            "tokenType": "User",
            "value": token,
            "baseVersion": base_version,
        }
    )


def modify_query_set(base_version: int, modifications: Iterable[JsonObject]) -> str:
    return _text(
        {
            "type": "ModifyQuerySet",
            "baseVersion": base_version,
            "newVersion": base_version + 1,
            "modifications": list(modifications),
        }
    )


def add_query(query_id: int, path: str, args: JsonObject) -> JsonObject:
    return {"type": "Add", "queryId": query_id, "udfPath": path, "args": [args]}


def remove_query(query_id: int) -> JsonObject:
    return {"type": "Remove", "queryId": query_id}


def request(kind: str, request_id: int, path: str, args: JsonObject) -> str:
    """`kind` is "Mutation" or "Action"."""
    return _text(
        {"type": kind, "requestId": request_id, "udfPath": path, "args": [args]}
    )


def canonical(value: JsonValue) -> str:
    """One text for equal values, whatever the order of their keys."""
    return json.dumps(
        value,
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )


def _text(message: JsonObject) -> str:
    return json.dumps(
        message, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
