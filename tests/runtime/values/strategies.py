"""Values for property tests: all that there are, and such as lie so close together that an order may go wrong."""

from __future__ import annotations

import math
import struct
from typing import Any

from hypothesis import strategies as st

from convexgen import Int64
from convexgen.runtime.values import Json, Value

NEGATIVE_NAN = struct.unpack("<d", b"\0\0\0\0\0\0\xf8\xff")[0]

INT64S = st.integers(-(2**63), 2**63 - 1).map(Int64)
FLOATS = st.floats(allow_nan=False) | st.just(math.nan)
TEXTS = st.text(max_size=6) | st.text(st.sampled_from("\0\1\2a\x7f\x80\uffff\U00010000"), max_size=4)
DATA = st.binary(max_size=6) | st.lists(st.sampled_from(b"\0\1\2\xff"), max_size=4).map(bytes)
NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=6).filter(
    lambda name: not name.startswith("$") and name != "__proto__"
)
"""Names of fields. In JavaScript an assignment to `__proto__` makes no field: it is tested apart."""

ATOMS: st.SearchStrategy[Value] = st.one_of(st.none(), INT64S, FLOATS, st.booleans(), TEXTS, DATA)


def nested(atoms: st.SearchStrategy[Value], names: st.SearchStrategy[str]) -> st.SearchStrategy[Value]:
    return st.recursive(
        atoms, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
    )


VALUES = nested(ATOMS, NAMES)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)

# In the order of values, so that the list is a test by itself.
ATOMS_IN_ORDER: tuple[Value, ...] = (
    None,
    *map(Int64, (-(2**63), -256, -2, -1, 0, 1, 255, 256, 2**32, 2**63 - 1)),
    *(
        NEGATIVE_NAN,
        -math.inf,
        -1e308,
        -1.5,
        -1.0,
        -5e-324,
        -0.0,
        0.0,
        5e-324,
        1.0,
        1.5,
        2.0,
        1e308,
        math.inf,
        math.nan,
    ),
    *(False, True),
    *("", "\0", "\0\0", "\0\1", "\0a", "\1", "\1\0", "\1\1", "\2", "a", "a\0", "a\1", "aa", "b", "\x7f", "\x80"),
    *("\ud7ff", "\ue000", "\uffff", "\U00010000"),
    *(b"", b"\0", b"\0\0", b"\0\1", b"\0\xff", b"\1", b"\1\1", b"\1\2", b"\2", b"a", b"\xff", b"\xff\xff"),
)

CLOSE_VALUES = nested(st.sampled_from(ATOMS_IN_ORDER), st.sampled_from(("", " ", "a", "a ", "b")))
"""So few different ones that two of them often have much in common."""

JSON: st.SearchStrategy[Json] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("$integer", "$float", "$bytes", "$set", "$map", "$commitTs", "$", "a")) | st.text(),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
"""Much of which stands for no value."""


def exact(value: Value) -> Any:
    """Something that is equal for the same values only, bit for bit, where Python takes 1, 1.0 and True for equal."""
    if isinstance(value, float):
        return "float", struct.pack("<d", value)
    if isinstance(value, list):
        return "list", [exact(item) for item in value]
    if isinstance(value, dict):
        return "dict", {name: exact(item) for name, item in value.items()}
    return type(value).__name__, value
