"""Values as functions give them, before anybody may rely on them: the door between users' code and the engine."""

from __future__ import annotations

from typing import Any

from convexgen.authoring.ids import Int64
from convexgen.authoring.wire import GREATEST_INTEGER
from convexgen.runtime.values.domain import (
    MAXIMUM_NESTING,
    InvalidValueError,
    Value,
    check_field_name,
    check_fields,
    check_items,
    check_text,
    too_nested,
)

_plain = str.__str__
"""The text of whatever is derived from `str`; `str` itself would give the name of the member of an enumeration."""

_ADMITTED_AS_THEY_ARE = frozenset((float, bool, type(None), Int64, bytes))


def admitted(value: object) -> Value:
    """The value of the engine that a wire value of `convexgen.authoring.wire` stands for, as a copy.

    An `int` becomes a Float64, what is derived from `str` or `dict` becomes just that, and an Int64 stays one. Raises
    `InvalidValueError` for everything that cannot be sent or stored.
    """
    return _admitted(value, MAXIMUM_NESTING)


def _admitted(value: Any, levels: int) -> Value:
    if type(value) in _ADMITTED_AS_THEY_ARE:
        return value  # type: ignore[no-any-return]
    if isinstance(value, str):
        check_text(value)
        return _plain(value)
    if isinstance(value, dict | list | tuple):
        if not levels:
            raise too_nested("Value", MAXIMUM_NESTING + 1, MAXIMUM_NESTING)
        return _object(value, levels - 1) if isinstance(value, dict) else _array(value, levels - 1)
    if isinstance(value, Int64):
        return Int64(value)
    if isinstance(value, int):
        return _as_float(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise InvalidValueError(f"{type(value).__qualname__} is not a supported Convex type.")


def _array(items: list[Any] | tuple[Any, ...], levels: int) -> list[Value]:
    check_items(len(items))
    return [_admitted(item, levels) for item in items]


def _object(fields: dict[Any, Any], levels: int) -> dict[str, Value]:
    check_fields(len(fields))
    admitted: dict[str, Value] = {}
    for name, item in fields.items():
        if not isinstance(name, str):
            raise InvalidValueError(f"Field names are strings, not {type(name).__qualname__}.")
        check_field_name(name)
        admitted[_plain(name)] = _admitted(item, levels)
    return admitted


def _as_float(number: int) -> float:
    if abs(number) > GREATEST_INTEGER:
        raise InvalidValueError("An int beyond ±2^53 does not fit into a Float64; use Int64 for it.")
    return float(number)
