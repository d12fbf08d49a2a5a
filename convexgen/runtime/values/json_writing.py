"""Values as JSON: what travels in frames and bodies, the other formats that HTTP clients ask for, and canonical text.

JSON has one kind of number and no bytes, so 64-bit integers, bytes and the floats that JSON cannot say travel as
objects with one field: `{"$integer": "BwAAAAAAAAA="}`. Every number in a JSON text is a Float64, with a point or
without one, and every Float64 is written with one (or with an exponent): a client in Python tells them apart.

The fields of every object are written in order, so the text of a value is canonical: two values are the same if and
only if their texts are.
"""

from __future__ import annotations

import json
import math
from binascii import b2a_base64
from collections.abc import Callable
from struct import Struct
from typing import Any, Final

from convexgen.authoring.ids import Int64
from convexgen.runtime.values.domain import Json, Value, is_plain_number

_FLOAT64 = Struct("<d")


def _encoder(
    integer: Callable[[Int64], Json], special: Callable[[float], Json], data: Callable[[bytes], Json]
) -> Callable[[Value], Json]:
    """A format is how the three kinds of values are written that JSON has no words for."""

    def encode(value: Value) -> Json:
        if value is None or isinstance(value, (str, bool)):
            return value
        kind = type(value)
        if kind not in writers:
            raise TypeError(f"{value!r} is not a value of the engine")
        return writers[kind](value)

    def number(value: float) -> Json:
        return value if (value and math.isfinite(value)) or is_plain_number(value) else special(value)

    def array(value: list[Value]) -> Json:
        return [item if item is None or isinstance(item, (str, bool)) else encode(item) for item in value]

    def object_(value: dict[str, Value]) -> Json:
        return {
            name: item if (item := value[name]) is None or isinstance(item, (str, bool)) else encode(item)
            for name in sorted(value)
        }

    writers: dict[type, Callable[[Any], Json]] = {
        float: number,
        dict: object_,
        list: array,
        Int64: integer,
        bytes: data,
    }
    return encode


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode()


def _tagged_integer(value: Int64) -> Json:
    return {"$integer": _base64(value.to_bytes(8, "little", signed=True))}


def _tagged_special(value: float) -> Json:
    return {"$float": _base64(_FLOAT64.pack(value))}


def _tagged_bytes(value: bytes) -> Json:
    return {"$bytes": _base64(value)}


def _named_special(value: float) -> Json:
    if math.isnan(value):
        return "NaN"
    return value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"


def _exported_special(value: float) -> Json:
    return value if math.isfinite(value) else _tagged_special(value)


encode = _encoder(_tagged_integer, _tagged_special, _tagged_bytes)
"""The JSON that `decode` reads back. Raises `TypeError` for what is no value, such as a bare `int`."""

FORMATS: Final[dict[str, Callable[[Value], Json]]] = {
    "convex_encoded_json": encode,
    "convex_json": encode,
    "json": (_clean := _encoder(str, _named_special, _base64)),
    "convex_clean_json": _clean,
    "export_json": _encoder(int, _exported_special, _tagged_bytes),
}
"""How each format writes a value, by all its names. `json` is for people: it cannot be read back."""

write_json: Callable[[Json], str] = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
).encode
"""The text of JSON, without spaces."""


def canonical(value: Value) -> str:
    """The text that equal values share, and no others: 5 and 5.0 differ, 0 and -0 too. For caches, hashes, storage."""
    return write_json(encode(value))
