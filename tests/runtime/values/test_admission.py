"""What functions give: everything that can be a value becomes one, and of everything else it is said why not."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen import Id, Int64
from convexgen.runtime.values import InvalidValueError, Value, admitted, decode, encode
from tests.runtime.values.strategies import VALUES, exact


class Colour(StrEnum):
    RED = "red"


class Shade(str, Enum):  # noqa: UP042 - many still write it so, and its members print as `Shade.DARK`
    DARK = "dark"


class Offset(Int64):
    pass


class Seconds(float):
    pass


@given(VALUES)
def test_values_are_admitted_as_they_are(value: Value) -> None:
    assert exact(admitted(value)) == exact(value)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (5, 5.0),
        (-(2**53), -(2.0**53)),
        (True, True),
        (Int64(5), Int64(5)),
        (Offset(5), Int64(5)),
        (Seconds(5), 5.0),
        (Id("a"), "a"),
        (Colour.RED, "red"),
        (Shade.DARK, "dark"),
        ({Shade.DARK: Shade.DARK}, {"dark": "dark"}),
        (bytearray(b"a"), b"a"),
        (memoryview(b"a"), b"a"),
        ((1, (2,)), [1.0, [2.0]]),
        ({Colour.RED: {"a": 0}}, {"red": {"a": 0.0}}),
    ],
)
def test_what_python_has_more_kinds_of_becomes_a_value(given: object, value: Value) -> None:
    found = admitted(given)
    assert exact(found) == exact(value)
    encode(found)


def test_what_was_given_may_change_afterwards() -> None:
    items = [1.0]
    given = {"a": items}
    found = admitted(given)
    items.append(2.0)
    assert found == {"a": [1.0]}


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (2**53 + 1, "An int beyond ±2^53 does not fit into a Float64; use Int64 for it."),
        (["a\ud800"], "String has a lone surrogate at position 1, so it is not Unicode"),
        ({1, 2}, "set is not a supported Convex type."),
        ({"a": object()}, "object is not a supported Convex type."),
        ({1: "a"}, "Field names are strings, not int."),
        ({"$a": 1}, "Field name $a starts with '$', which is reserved."),
        ([0] * 8193, "Array length is too long (8193 > maximum length 8192)"),
        (dict.fromkeys(map(str, range(1025))), "Object has too many fields (1025 > maximum number 1024)"),
        (ENDLESS, "Value is too nested (nested 65 levels deep > maximum nesting 64)"),
    ],
)
def test_what_is_no_value_is_refused(given: object, message: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        admitted(given)
    assert str(refused.value) == message


ANYTHING = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(st.characters()) | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
    max_leaves=6,
)


@given(ANYTHING)
def test_whatever_is_admitted_can_be_sent(given: object) -> None:
    try:
        found = admitted(given)
    except InvalidValueError:
        return
    assert exact(decode(encode(found))) == exact(found)
