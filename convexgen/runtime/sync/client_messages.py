"""What clients say, read strictly: whatever is not one of their messages ends the conversation.

Only the envelope is judged here. Paths and arguments are a matter between the caller and the function, see `targets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn, TypeAlias, TypeVar

from convexgen.runtime.sync.effects import AdminKey, Credentials, UserToken
from convexgen.runtime.sync.timestamps import read_timestamp
from convexgen.runtime.values import InvalidValueError, Json, read_json

_LAST_U32: Final = 2**32 - 1
_LAST_CLOCK: Final = 2**53
_is_uuid = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch

Fields: TypeAlias = Mapping[str, Json]
T = TypeVar("T")


class InvalidMessageError(ValueError):
    """A frame that is no message of the protocol. Its text is for clients to see."""


@dataclass(frozen=True, slots=True)
class Connect:
    """`client_clock`: milliseconds since the epoch; `max_observed`: the latest timestamp that the client has seen."""

    session_id: str
    connection_count: int
    max_observed: int | None
    client_clock: float | None


@dataclass(frozen=True, slots=True)
class Target:
    """A function as the client names it, with arguments as they came. `component` is empty for the root."""

    path: str
    arguments: list[Json]
    component: str


@dataclass(frozen=True, slots=True)
class Add:
    query_id: int
    target: Target
    journal: str | None


@dataclass(frozen=True, slots=True)
class Remove:
    query_id: int


@dataclass(frozen=True, slots=True)
class ModifyQuerySet:
    base_version: int
    new_version: int
    modifications: tuple[Add | Remove, ...]


@dataclass(frozen=True, slots=True)
class Mutation:
    request_id: int
    target: Target


@dataclass(frozen=True, slots=True)
class Action:
    request_id: int
    target: Target


@dataclass(frozen=True, slots=True)
class LogIn:
    """`Authenticate` on the wire. `credentials` None: to go on as nobody."""

    base_version: int
    credentials: Credentials | None


@dataclass(frozen=True, slots=True)
class Event:
    """Telemetry. Nobody asks for it here."""


ClientMessage: TypeAlias = Connect | ModifyQuerySet | Mutation | Action | LogIn | Event


def read_message(frame: str | bytes) -> ClientMessage:
    """The message that a frame holds. Raises `InvalidMessageError`."""
    if isinstance(frame, bytes):
        raise InvalidMessageError("Received a binary frame; messages are text.")
    try:
        fields = read_json(frame)
    except InvalidValueError as error:
        raise InvalidMessageError(f"Received an invalid message: {error}") from None
    if not isinstance(fields, dict):
        raise InvalidMessageError("Received an invalid message: it should be an object.")
    return _tagged(fields, _READERS, "a message")


def _connect(fields: Fields) -> Connect:
    session_id = _text(fields, "sessionId").lower()
    if not _is_uuid(session_id):
        _refuse("sessionId", "a UUID")
    _optional_text(fields, "lastCloseReason")
    return Connect(
        session_id,
        _integer(fields, "connectionCount"),
        _timestamp(fields, "maxObservedTimestamp"),
        _clock(fields, "clientTs"),
    )


def _modify_query_set(fields: Fields) -> ModifyQuerySet:
    modifications = tuple(
        _tagged(each, _MODIFICATIONS, "a modification")
        if isinstance(each, dict)
        else _refuse("modifications", "objects")
        for each in _array(fields, "modifications")
    )
    return ModifyQuerySet(_integer(fields, "baseVersion"), _integer(fields, "newVersion"), modifications)


def _add(fields: Fields) -> Add:
    return Add(_integer(fields, "queryId"), _target(fields), _optional_text(fields, "journal"))


def _remove(fields: Fields) -> Remove:
    return Remove(_integer(fields, "queryId"))


def _mutation(fields: Fields) -> Mutation:
    return Mutation(_integer(fields, "requestId"), _target(fields))


def _action(fields: Fields) -> Action:
    return Action(_integer(fields, "requestId"), _target(fields))


def _target(fields: Fields) -> Target:
    component = _optional_text(fields, "componentPath") or ""
    return Target(_text(fields, "udfPath"), _array(fields, "args"), component)


def _log_in(fields: Fields) -> LogIn:
    base_version = _integer(fields, "baseVersion")
    token_type = _text(fields, "tokenType")
    if token_type == "None":
        return LogIn(base_version, None)
    if token_type == "User":
        return LogIn(base_version, UserToken(_text(fields, "value")))
    if token_type == "Admin":
        acting_as = fields.get("impersonating", fields.get("acting_as"))
        return LogIn(base_version, AdminKey(_text(fields, "value"), acting_as))
    return _refuse("tokenType", '"User", "Admin" or "None"')


def _event(fields: Fields) -> Event:
    _text(fields, "eventType")
    return Event()


_READERS: Final[Mapping[str, Callable[[Fields], ClientMessage]]] = {
    "Connect": _connect,
    "ModifyQuerySet": _modify_query_set,
    "Mutation": _mutation,
    "Action": _action,
    "Authenticate": _log_in,
    "Event": _event,
}
_MODIFICATIONS: Final[Mapping[str, Callable[[Fields], Add | Remove]]] = {"Add": _add, "Remove": _remove}


def _tagged(fields: Fields, readers: Mapping[str, Callable[[Fields], T]], what: str) -> T:
    kind = fields.get("type")
    if not isinstance(kind, str) or kind not in readers:
        raise InvalidMessageError(f"Received an invalid message: {what} has a `type` of {', '.join(readers)}.")
    return readers[kind](fields)


def _integer(fields: Fields, name: str) -> int:
    """An integer without a sign, of 32 bits. A float is none, even a whole one."""
    found = fields.get(name)
    if type(found) is not int or not 0 <= found <= _LAST_U32:
        _refuse(name, "an integer of 32 bits, without a sign")
    return found


def _text(fields: Fields, name: str) -> str:
    found = fields.get(name)
    if not isinstance(found, str):
        _refuse(name, "a text")
    return found


def _optional_text(fields: Fields, name: str) -> str | None:
    return None if fields.get(name) is None else _text(fields, name)


def _array(fields: Fields, name: str) -> list[Json]:
    found = fields.get(name)
    if not isinstance(found, list):
        _refuse(name, "an array")
    return found


def _timestamp(fields: Fields, name: str) -> int | None:
    text = _optional_text(fields, name)
    try:
        return None if text is None else read_timestamp(text)
    except ValueError:
        return _refuse(name, "a timestamp: eight bytes in base64")


def _clock(fields: Fields, name: str) -> float | None:
    found = fields.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not abs(found) <= _LAST_CLOCK:
        _refuse(name, "milliseconds since the epoch")
    return found


def _refuse(name: str, wanted: str) -> NoReturn:
    raise InvalidMessageError(f"Received an invalid message: `{name}` should be {wanted}.")
