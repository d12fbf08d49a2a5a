"""The one order of all values: absent < null < Int64 < Float64 < booleans < strings < bytes < arrays < objects.

It does not convert: every Int64 comes before every Float64. Floats have IEEE's total order, so -0 comes before 0, and
what is not a number before or after all numbers, by its sign. Strings go by code points, arrays item by item, and
objects field by field, the fields in the order of their names; what has ended comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, Final

from convexgen.authoring.ids import Int64
from convexgen.authoring.unset import Unset
from convexgen.runtime.values.domain import Value

_FLOAT64, _INT64 = Struct(">d"), Struct(">q")
_LOWER_BITS = 2**63 - 1


def compare(left: Value | Unset, right: Value | Unset) -> int:
    """-1, 0 or 1: whether `left` comes before `right`, is the same, or comes after it."""
    first, second = ordered(left), ordered(right)
    return (first > second) - (first < second)


def ordered(value: Value | Unset) -> tuple[Any, ...]:
    """Something for `value` that Python compares as values are compared: a key for `sorted`, `min` and `bisect`.

    Raises `TypeError` for what is no value.
    """
    kind = type(value)
    if kind not in _KEYS:
        raise TypeError(f"{value!r} is not a value of the engine")
    rank, key = _KEYS[kind]
    return rank, key(value)


def _nothing(value: object) -> None:
    return None


def _same(value: Any) -> Any:
    return value


def _float_bits(value: float) -> int:
    """A 64-bit integer in the order of the floats: those below zero grow with their bits, so all but the sign turn."""
    bits: int = _INT64.unpack(_FLOAT64.pack(value))[0]
    return bits if bits >= 0 else bits ^ _LOWER_BITS


def _items(value: list[Value]) -> list[Any]:
    return [ordered(item) for item in value]


def _fields(value: dict[str, Value]) -> list[Any]:
    return [(name, ordered(value[name])) for name in sorted(value)]


_KEYS: Final[dict[type, tuple[int, Callable[[Any], Any]]]] = {
    Unset: (0, _nothing),
    type(None): (1, _nothing),
    Int64: (2, int),
    float: (3, _float_bits),
    bool: (4, _same),
    str: (5, _same),
    bytes: (6, _same),
    list: (7, _items),
    dict: (8, _fields),
}
