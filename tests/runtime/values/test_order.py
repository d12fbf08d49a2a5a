"""The order of values, as a comparison and as bytes: both are held to a list written by hand and to one another."""

from __future__ import annotations

from functools import cmp_to_key
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen import UNSET, Int64, Unset
from convexgen.runtime.values import Value, compare, entry_key, index_key, ordered, sort_key, value_at
from tests.runtime.values.strategies import ATOMS_IN_ORDER, CLOSE_VALUES, VALUES, exact

IN_ORDER: list[Value | Unset] = [
    UNSET,
    *ATOMS_IN_ORDER,
    [],
    [None],
    [None, None],
    [Int64(5)],
    [1.0],
    [1.0, None],
    [2.0],
    ["", None],
    ["\0"],
    ["a"],
    [[]],
    [[], []],
    [[None]],
    [{}],
    {},
    {"": 1.0},
    {"": 1.0, "a": None},
    {"": 2.0},
    {"B": None},
    {"a": None},
    {"a": None, "a b": None},
    {"a": None, "b": None},
    {"a": 1.0},
    {"a": []},
    {"a": [1.0]},
    {"a": {}},
    {"a ": None},
    {"b": None},
]


@pytest.mark.parametrize(("before", "after"), list(pairwise(IN_ORDER)), ids=repr)
def test_the_list_is_in_order(before: Value | Unset, after: Value | Unset) -> None:
    assert compare(before, after) == -1
    assert compare(after, before) == 1
    assert compare(before, before) == compare(after, after) == 0
    assert sort_key(before) < sort_key(after)


def test_sorting_finds_the_list_again() -> None:
    shuffled = IN_ORDER[1::3] + IN_ORDER[::3] + IN_ORDER[2::3]
    for in_order in (
        sorted(shuffled, key=ordered),
        sorted(shuffled, key=sort_key),
        sorted(shuffled, key=cmp_to_key(compare)),
    ):
        assert list(map(repr, in_order)) == list(map(repr, IN_ORDER))


@given(VALUES | CLOSE_VALUES, VALUES | CLOSE_VALUES)
def test_the_order_of_the_bytes_is_the_order_of_the_values(left: Value, right: Value) -> None:
    first, second = sort_key(left), sort_key(right)
    assert compare(left, right) == (first > second) - (first < second)
    assert (first == second) == (exact(left) == exact(right))


@given(CLOSE_VALUES, CLOSE_VALUES)
def test_no_key_begins_another(left: Value, right: Value) -> None:
    assert sort_key(left) == sort_key(right) or not sort_key(left).startswith(sort_key(right))


@given(st.lists(CLOSE_VALUES | st.just(UNSET), max_size=3), st.lists(CLOSE_VALUES | st.just(UNSET), max_size=3))
def test_the_first_field_counts_most(left: list[Value | Unset], right: list[Value | Unset]) -> None:
    first, second = index_key(left), index_key(right)
    expected = list(map(ordered, left)), list(map(ordered, right))
    assert (first > second) - (first < second) == (expected[0] > expected[1]) - (expected[0] < expected[1])


@pytest.mark.parametrize("stranger", [5, object(), (1.0,), [5], {"a": 5}])
def test_what_is_no_value_has_no_place(stranger: Any) -> None:
    for place in (ordered, sort_key):
        with pytest.raises(TypeError, match=r"^5|is not a value of the engine$"):
            place(stranger)


DOCUMENT: dict[str, Value] = {"_id": "i", "a": {"b": {"c": 1.0}, "n": None}, "text": "t"}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("text",), "t"),
        (("a", "b", "c"), 1.0),
        (("a", "n"), None),
        (("b",), UNSET),
        (("a", "c"), UNSET),
        (("a", "n", "b"), UNSET),
        (("text", "b"), UNSET),
        ((), DOCUMENT),
    ],
)
def test_a_field_is_found_by_the_names_on_the_way(path: tuple[str, ...], found: Value | Unset) -> None:
    assert value_at(DOCUMENT, path) == found


def test_an_entry_stands_where_its_fields_say() -> None:
    fields = (("a", "b", "c"), ("gone",), ("_id",))
    assert entry_key(DOCUMENT, fields) == index_key([1.0, UNSET, "i"])
    assert entry_key({}, fields) == index_key([UNSET, UNSET, UNSET])


def test_keys_lie_in_databases_and_stay_as_they_are() -> None:
    value: Value = [None, Int64(-2), 1.0, -1.0, False, True, "a\0\1\2", b"\0", {"k": "v"}]
    assert sort_key(value).hex(" ") == (
        "09 02 03 7f ff ff ff ff ff ff fe 04 bf f0 00 00 00 00 00 00 04 40 0f ff ff ff ff ff ff 05 06"
        " 07 61 01 01 01 02 02 00 08 01 01 00 0a 07 6b 00 07 76 00 00 00"
    )
    assert sort_key(UNSET) == b"\1"
