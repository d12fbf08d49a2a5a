"""The rule of index ranges, against what it means: documents between two places of a sorted list."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.index_ranges import IndexCondition, range_fields, range_mistakes

INDEX = ("a", "b")
CONDITIONS = st.builds(
    IndexCondition,
    st.sampled_from(("a", "b", "creation_time", "elsewhere")),
    st.sampled_from(("==", "!=", "<", "<=", ">", ">=")),
)


@pytest.mark.parametrize(
    ("fields", "all_fields"),
    [
        (("a", "b"), ("a", "b", "creation_time")),
        (("id",), ("id",)),
        (("creation_time",), ("creation_time",)),
        (("a", "creation_time"), ("a", "creation_time")),
        ((), ("creation_time",)),
    ],
)
def test_creation_time_stands_after_the_last_field(fields: tuple[str, ...], all_fields: tuple[str, ...]) -> None:
    assert range_fields(fields) == all_fields


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", []),
        ("a ==", []),
        ("a ==, b ==, creation_time >, creation_time <=", []),
        ("a <, a >=", []),
        (
            "b ==",
            [(0, "missing", "compare `a` with `==` first, or use an index that begins with `b`")],
        ),
        ("b ==, a ==", [(0, "order", "compare `a` first")]),
        ("a ==, a <", [(1, "repeated", "leave out one of the conditions")]),
        ("a <, a ==", [(1, "repeated", "leave out one of the conditions")]),
        ("a <, a <=", [(1, "repeated", "leave out one of them")]),
        (
            "a <, b <",
            [
                (
                    1,
                    "after-bound",
                    "only the last field that is compared can have bounds; I is sorted by `a`, `b`, `creation_time`",
                )
            ],
        ),
        ("a !=, a ==", [(0, "operator", "use two queries, with `<` and with `>`, or a filter")]),
        (
            "x ==, y ==, b ==",
            [
                (0, "foreign", "it has `a`, `b`, `creation_time`; compare the others in a filter, or add an index"),
                (1, "foreign", "it has `a`, `b`, `creation_time`; compare the others in a filter, or add an index"),
                (2, "missing", "compare `a` with `==` first, or use an index that begins with `b`"),
            ],
        ),
    ],
)
def test_each_mistake_is_told_where_it_is(written: str, told: list[tuple[int, str, str]]) -> None:
    conditions = [IndexCondition(*each.split()) for each in written.split(", ") if each]
    found = range_mistakes("I", INDEX, conditions)
    assert [(each.position, each.reason, each.help) for each in found] == told


def holds(document: tuple[int, ...], condition: IndexCondition) -> bool:
    value = document[("a", "b", "creation_time").index(condition.field)]
    return {
        "==": value == 1,
        "!=": value != 1,
        "<": value < 1,
        "<=": value <= 1,
        ">": value > 1,
        ">=": value >= 1,
    }[condition.operator]


@given(st.lists(CONDITIONS, max_size=4))
def test_what_is_allowed_is_one_stretch_of_the_index(conditions: list[IndexCondition]) -> None:
    if range_mistakes("I", INDEX, conditions):
        return
    documents = sorted(product(range(3), repeat=3))
    places = [place for place, each in enumerate(documents) if all(holds(each, one) for one in conditions)]
    assert places == list(range(places[0], places[-1] + 1)) if places else True


@given(st.lists(CONDITIONS, max_size=5))
def test_places_are_in_order_and_told_once(conditions: list[IndexCondition]) -> None:
    places = [mistake.position for mistake in range_mistakes("I", INDEX, conditions)]
    assert places == sorted(set(places))
    assert all(place < len(conditions) for place in places)


@given(st.lists(CONDITIONS, max_size=4), st.data())
def test_less_than_a_range_from_the_front_is_a_range(conditions: list[IndexCondition], data: st.DataObject) -> None:
    if not range_mistakes("I", INDEX, conditions):
        length = data.draw(st.integers(0, len(conditions)))
        assert range_mistakes("I", INDEX, conditions[:length]) == []
