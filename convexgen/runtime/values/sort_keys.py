"""Values as bytes whose order is the order of values: what indexes are sorted by, in memory and on disk.

No key is the beginning of the key of another value, so keys can be put behind one another for the fields of an index,
and all entries that share the first fields share the first bytes. A key begins with a byte for its type. Numbers have
eight bytes; everything else has its content, then a zero. Content holds no zero: 0 is written as 1 1, and 1 as 1 2.

Keys lie in databases. Whoever changes what they look like has to build every index anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from struct import Struct
from typing import Any, Final

from convexgen.authoring.ids import Int64
from convexgen.authoring.unset import UNSET, Unset
from convexgen.runtime.values.domain import Value

AFTER: Final = b"\xff"
"""Greater than the first byte of any key: `key + AFTER` comes right after all keys that begin with `key`.

That is so as long as only keys are put behind keys. The sixteen bytes of an id may begin with anything, so it is
their key that belongs there.
"""

_ABSENT, _NULL, _INT64, _FLOAT64, _FALSE, _TRUE, _STRING, _BYTES, _ARRAY, _OBJECT = (bytes([n]) for n in range(1, 11))
_END = b"\0"
_SIGN = 2**63
_EVERY_BIT = 2**64 - 1
_pack_float = Struct(">d").pack
_pack_unsigned, _unpack_unsigned = Struct(">Q").pack, Struct(">Q").unpack


def sort_key(value: Value | Unset) -> bytes:
    """The key of one value, `UNSET` standing for a field that is absent. Raises `TypeError` for what is no value."""
    kind = type(value)
    if kind not in _KEYS:
        raise TypeError(f"{value!r} is not a value of the engine")
    return _KEYS[kind](value)


def index_key(values: Iterable[Value | Unset]) -> bytes:
    """The key of several values, the first of which counts most."""
    return b"".join(map(sort_key, values))


def entry_key(document: dict[str, Value], fields: Iterable[Sequence[str]]) -> bytes:
    """Where a document stands in an index of these fields. Each is given by the names on the way to it."""
    return index_key(value_at(document, path) for path in fields)


def value_at(document: Value, path: Sequence[str]) -> Value | Unset:
    """What a field holds, `UNSET` if there is no such field, or something else than an object on the way."""
    found: Value | Unset = document
    for name in path:
        if not isinstance(found, dict):
            return UNSET
        found = found.get(name, UNSET)
    return found


def _absent(value: Unset) -> bytes:
    return _ABSENT


def _null(value: None) -> bytes:
    return _NULL


def _boolean(value: bool) -> bytes:
    return _TRUE if value else _FALSE


def _integer(value: Int64) -> bytes:
    return _INT64 + _pack_unsigned(value + _SIGN)


def _float(value: float) -> bytes:
    """Numbers below zero have their sign set and grow with their bits, so all of them turn; of the others the sign."""
    bits: int = _unpack_unsigned(_pack_float(value))[0]
    return _FLOAT64 + _pack_unsigned(bits ^ (_EVERY_BIT if bits & _SIGN else _SIGN))


def _content(data: bytes) -> bytes:
    if b"\1" in data:
        data = data.replace(b"\1", b"\1\2")
    return data.replace(b"\0", b"\1\1") + _END if b"\0" in data else data + _END


def _string(value: str) -> bytes:
    return _STRING + _content(value.encode())


def _bytes(value: bytes) -> bytes:
    return _BYTES + _content(value)


def _array(value: list[Value]) -> bytes:
    return b"".join([_ARRAY, *map(sort_key, value), _END])


def _object(value: dict[str, Value]) -> bytes:
    parts = [_OBJECT]
    for name in sorted(value):  # names are ASCII from the space upwards
        parts += _STRING, name.encode(), _END, sort_key(value[name])
    return b"".join([*parts, _END])


_KEYS: Final[dict[type, Callable[[Any], bytes]]] = {
    str: _string,
    float: _float,
    bool: _boolean,
    type(None): _null,
    Unset: _absent,
    Int64: _integer,
    bytes: _bytes,
    list: _array,
    dict: _object,
}
