"""From what a client names to a call; what cannot be called fails like a function, and the conversation goes on."""

from __future__ import annotations

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, Failure, Identity, InvalidPathError, canonical_path, stored_path
from convexgen.runtime.sync.client_messages import Target
from convexgen.runtime.values import InvalidValueError, Json, Value, decode


def resolved(target: Target, kind: FunctionKind, identity: Identity, request_id: str) -> Call | Failure:
    """The call that a target stands for, or why there is none."""
    try:
        path = canonical_path(target.path)
    except InvalidPathError:
        return Failure(f"Could not find public function for '{target.path}'.")
    if target.component:
        return Failure(f"Could not find a component at '{target.component}'.")
    try:
        return Call(path, _arguments(target.arguments), kind, identity, request_id)
    except InvalidValueError as error:
        return Failure(f"Invalid arguments for {stored_path(path)}: {error}")


def _arguments(sent: list[Json]) -> dict[str, Value]:
    """The one object of named arguments; none at all are what callers without arguments once sent."""
    if not sent:
        return {}
    arguments = decode(sent[0]) if len(sent) == 1 else None
    if not isinstance(arguments, dict):
        raise InvalidValueError("a function takes one object, which holds its arguments by their names")
    return arguments
