"""Values out of JSON: from clients, who may send anything, and from our own storage, which is taken at its word."""

from __future__ import annotations

import json
import math
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from struct import Struct
from typing import Any, Final, NoReturn

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
    return -0.0 if text == "-0" else int(text)


def _no_constant(text: str) -> NoReturn:
    raise InvalidValueError(f"not JSON: {text} is no number there")


_escaped_surrogate = re.compile(r"\\u[dD][89a-fA-F]").search
_read = json.JSONDecoder(object_pairs_hook=_without_doubles, parse_int=_number, parse_constant=_no_constant).decode


def decode(encoded: Json) -> Value:
    """The value that the JSON of a client stands for. Raises `InvalidValueError` for everything that is none."""
    return _decode(encoded, MAXIMUM_NESTING)


def _decode(encoded: Any, levels: int) -> Value:
    kind = type(encoded)
    if kind is str:
        check_text(encoded)
        return encoded  # type: ignore[no-any-return]
    if kind is float or kind is int:
        return _decode_number(encoded)
    if kind is dict:
        return _decode_object(encoded, levels - 1)
    if kind is list:
        check_items(len(encoded))
        if not levels:
            raise too_nested("Value", MAXIMUM_NESTING + 1, MAXIMUM_NESTING)
        return [_decode(item, levels - 1) for item in encoded]
    if encoded is None or kind is bool:
        return encoded  # type: ignore[no-any-return]
    raise InvalidValueError(f"{kind.__name__} is not a type of JSON")


def _decode_number(number: float) -> float:
    try:
        exact = float(number)
    except OverflowError:
        exact = math.inf
    if exact - exact:  # infinite, or not a number
        raise InvalidValueError("Number is out of the range of Float64")
    return exact


def _decode_object(encoded: dict[str, Any], levels: int) -> Value:
    if len(encoded) == 1:
        ((tag, content),) = encoded.items()
        if tag in _DECODERS:
            return _DECODERS[tag](content)
    check_fields(len(encoded))
    if levels < 0:
        raise too_nested("Value", MAXIMUM_NESTING + 1, MAXIMUM_NESTING)
    decoded = {}
    for name, item in encoded.items():
        check_field_name(name)
        decoded[name] = _decode(item, levels)
    return decoded


def _bytes(tag: str, content: Any) -> bytes:
    """Bytes have one spelling, so that texts are canonical: with padding, and with nothing hidden behind the end."""
    if type(content) is not str:
        raise InvalidValueError(f"Malformed {tag} field: it should hold a string")
    try:
        data = a2b_base64(content, strict_mode=True)
    except ValueError:
        raise InvalidValueError(f"Malformed {tag} field: it should hold base64") from None
    if b2a_base64(data, newline=False) != content.encode():
        raise InvalidValueError(f"Malformed {tag} field: it should hold base64")
    return data


def _eight_bytes(tag: str, content: Any) -> bytes:
    data = _bytes(tag, content)
    if len(data) != 8:
        raise InvalidValueError(f"Received {len(data)} bytes, expected 8 for {tag}")
    return data


def _decode_bytes(content: Any) -> bytes:
    return _bytes("$bytes", content)


def _decode_integer(content: Any) -> Int64:
    return Int64(int.from_bytes(_eight_bytes("$integer", content), "little", signed=True))


def _decode_special(content: Any) -> float:
    number: float = _FLOAT64.unpack(_eight_bytes("$float", content))[0]
    if is_plain_number(number):
        raise InvalidValueError(f"Float {number} should be encoded as a number")
    return number


def _refuse_set(content: Any) -> NoReturn:
    raise InvalidValueError("Received a Set which is no longer supported as a Convex type.")


def _refuse_map(content: Any) -> NoReturn:
    raise InvalidValueError("Received a Map which is no longer supported as a Convex type.")


_DECODERS: Final[dict[str, Callable[[Any], Value]]] = {
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


def _restored(found: dict[str, Any]) -> Value:
    if len(found) == 1:
        ((tag, content),) = found.items()
        if tag in _DECODERS:
            return _DECODERS[tag](content)
    return found


_restore = json.JSONDecoder(object_hook=_restored).decode
