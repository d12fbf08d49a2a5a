"""Values out of JSON: from clients, who may send anything, and from our own storage, which is taken at its word."""

from __future__ import annotations

import json
import math
import re
import sys
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from struct import Struct
from typing import Final, NoReturn, cast

from convexgen.authoring.ids import Int64
from convexgen.runtime.values.domain import (
    MAXIMUM_NESTING,
    InvalidValueError,
    Json,
    Value,
    check_field_name,
    check_fields,
    check_items,
    check_text,
    is_plain_number,
    too_nested,
)

_FLOAT64 = Struct("<d")
_LONGEST_NUMBER = len("-") + sys.float_info.max_10_exp + 1
"""Characters of an integer that may be in the range of Float64."""


def read_json(text: str | bytes) -> Json:
    """What a text says that came from outside; bytes are UTF-8. Raises `InvalidValueError`.

    Stricter than JavaScript where a text could be read in two ways: a key may stand only once in an object, and all
    text has to be Unicode. `-0` is a float, because as an integer it would lose its sign.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode()
        elif not text.isascii():
            text.encode()
        found: Json = _read(text)
        if _escaped_surrogate(text):
            json.dumps(found, ensure_ascii=False).encode()
    except InvalidValueError:
        raise
    except RecursionError:
        raise too_nested("Value", MAXIMUM_NESTING + 1, MAXIMUM_NESTING) from None
    except UnicodeError:
        raise InvalidValueError("not JSON: the text is not Unicode") from None
    except ValueError as error:
        raise InvalidValueError(f"not JSON: {error}") from None
    return found


def _without_doubles(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidValueError("not JSON: an object has the same key twice")
    return found


def _number(text: str) -> int | float:
    if len(text) > _LONGEST_NUMBER:  # before Python spends its time on it
        raise _out_of_range()
    return -0.0 if text == "-0" else int(text)


def _out_of_range() -> InvalidValueError:
    return InvalidValueError("Number is out of the range of Float64")


def _no_constant(text: str) -> NoReturn:
    raise InvalidValueError(f"not JSON: {text} is no number there")


_escaped_surrogate = re.compile(r"\\u[dD][89a-fA-F]").search
_read = json.JSONDecoder(object_pairs_hook=_without_doubles, parse_int=_number, parse_constant=_no_constant).decode


def decode(encoded: Json) -> Value:
    """The value that the JSON of a client stands for. Raises `InvalidValueError` for everything that is none."""
    return _decode(encoded, MAXIMUM_NESTING)


def _decode(encoded: Json, levels: int) -> Value:
    """`levels` is how many arrays and objects may still stand in one another."""
    if isinstance(encoded, str):
        check_text(encoded)
        return encoded
    if encoded is None or isinstance(encoded, bool):
        return encoded
    if isinstance(encoded, dict):
        return _decode_object(encoded, levels)
    if isinstance(encoded, list):
        check_items(len(encoded))
        if not levels:
            raise too_nested("Value", MAXIMUM_NESTING + 1, MAXIMUM_NESTING)
        return [_decode(item, levels - 1) for item in encoded]
    return _decode_number(encoded)


def _decode_number(number: float) -> float:
    try:
        exact = float(number)
    except OverflowError:
        raise _out_of_range() from None
    if not math.isfinite(exact):  # the text had too large an exponent
        raise _out_of_range()
    return exact


def _decode_object(encoded: dict[str, Json], levels: int) -> Value:
    if len(encoded) == 1:
        ((tag, content),) = encoded.items()
        if tag in _DECODERS:
            return _DECODERS[tag](content)
    check_fields(len(encoded))
    if not levels:
        raise too_nested("Value", MAXIMUM_NESTING + 1, MAXIMUM_NESTING)
    decoded = {}
    for name, item in encoded.items():
        check_field_name(name)
        decoded[name] = _decode(item, levels - 1)
    return decoded


def _bytes(tag: str, content: Json) -> bytes:
    """Bytes have one spelling, so that texts are canonical: with padding, and with nothing hidden behind the end."""
    if not isinstance(content, str):
        raise InvalidValueError(f"Malformed {tag} field: it should hold a string")
    try:
        data = a2b_base64(content, strict_mode=True)
    except ValueError:
        raise InvalidValueError(f"Malformed {tag} field: it should hold base64") from None
    if b2a_base64(data, newline=False) != content.encode():
        raise InvalidValueError(f"Malformed {tag} field: it should hold base64")
    return data


def _eight_bytes(tag: str, content: Json) -> bytes:
    data = _bytes(tag, content)
    if len(data) != 8:
        raise InvalidValueError(f"Received {len(data)} bytes, expected 8 for {tag}")
    return data


def _decode_bytes(content: Json) -> bytes:
    return _bytes("$bytes", content)


def _decode_integer(content: Json) -> Int64:
    return Int64(int.from_bytes(_eight_bytes("$integer", content), "little", signed=True))


def _decode_special(content: Json) -> float:
    number: float = _FLOAT64.unpack(_eight_bytes("$float", content))[0]
    if is_plain_number(number):
        raise InvalidValueError(f"Float {number} should be encoded as a number")
    return number


def _refuse_set(content: Json) -> NoReturn:
    raise InvalidValueError("Received a Set which is no longer supported as a Convex type.")


def _refuse_map(content: Json) -> NoReturn:
    raise InvalidValueError("Received a Map which is no longer supported as a Convex type.")


_DECODERS: Final[dict[str, Callable[[Json], Value]]] = {
    "$bytes": _decode_bytes,
    "$integer": _decode_integer,
    "$float": _decode_special,
    "$set": _refuse_set,
    "$map": _refuse_map,
}


def from_canonical(text: str) -> Value:
    """The value of a text that `canonical` has made, which is taken at its word: several times as fast as `decode`."""
    found: Value = _restore(text)
    return found


def _restored(found: dict[str, Value]) -> Value:
    if len(found) == 1:
        ((tag, content),) = found.items()
        if tag in _DECODERS:
            return _DECODERS[tag](cast("str", content))
    return found


_restore = json.JSONDecoder(object_hook=_restored).decode
