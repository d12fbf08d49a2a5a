"""Stretches of an index hold exactly the entries that their conditions are true of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convexgen import UNSET, Unset
from convexgen.runtime.values import (
    EVERYTHING,
    Bound,
    Interval,
    Order,
    Value,
    compare,
    entry_key,
    index_interval,
    index_key,
    prefixed,
)
from tests.runtime.values.strategies import ATOMS_IN_ORDER, CLOSE_VALUES

FIELDS = st.sampled_from((UNSET, *ATOMS_IN_ORDER)) | CLOSE_VALUES
ENTRIES = st.lists(FIELDS, min_size=3, max_size=3)
BOUNDS = st.none() | st.builds(Bound, FIELDS, st.booleans())
KEYS = ENTRIES.map(index_key)
INTERVALS = st.builds(Interval, KEYS, KEYS) | st.builds(index_interval, st.lists(FIELDS, max_size=2), BOUNDS, BOUNDS)
ORDERS: st.SearchStrategy[Order] = st.sampled_from(("asc", "desc"))


def _admits(entry: list[Value | Unset], equal: list[Value | Unset], lower: Bound | None, upper: Bound | None) -> bool:
    """What the conditions say, without any bytes."""
    for value, wanted in zip(entry, equal, strict=False):
        if compare(value, wanted):
            return False
    value = entry[len(equal)]
    above = lower is None or compare(value, lower.value) > -lower.inclusive
    below = upper is None or compare(value, upper.value) < upper.inclusive
    return above and below


@given(ENTRIES, st.lists(FIELDS, max_size=2), BOUNDS, BOUNDS, st.integers(0, 2))
def test_bounds_admit_exactly_the_values_they_say(
    entry: list[Value | Unset], equal: list[Value | Unset], lower: Bound | None, upper: Bound | None, shared: int
) -> None:
    equal = entry[: min(shared, len(equal))] + equal[shared:]  # else hardly any entry would be in
    interval = index_interval(equal, lower, upper)
    assert interval.holds(index_key(entry)) == _admits(entry, equal, lower, upper)


@given(ENTRIES, st.booleans(), st.booleans(), st.integers(0, 2))
def test_a_bound_at_the_value_itself(entry: list[Value | Unset], low: bool, high: bool, decided: int) -> None:
    equal, value = entry[:decided], entry[decided]
    key = index_key(entry)
    assert index_interval(equal, Bound(value, low)).holds(key) == low
    assert index_interval(equal, None, Bound(value, high)).holds(key) == high
    assert index_interval(equal, Bound(value, low), Bound(value, high)).holds(key) == (low and high)


@given(ENTRIES)
def test_everything_is_everything(entry: list[Value | Unset]) -> None:
    assert EVERYTHING == index_interval() == prefixed(b"")
    assert EVERYTHING.holds(index_key(entry))


def test_values_of_all_types_are_below_or_above_a_number() -> None:
    below = index_interval((), None, Bound(5.0, False))
    assert [below.holds(index_key([value])) for value in (UNSET, None, 4.0, 5.0, False, "")] == [
        *(True, True, True),
        *(False, False, False),
    ]
    numbers = index_interval((), Bound(UNSET, False), Bound(False, False))
    assert not numbers.holds(index_key([UNSET]))
    assert numbers.holds(index_key([None]))


@given(ENTRIES, ENTRIES)
def test_one_entry_is_found_by_its_whole_key(entry: list[Value | Unset], other: list[Value | Unset]) -> None:
    point = prefixed(index_key(entry))
    assert point.holds(index_key(entry))
    assert point.holds(index_key(other)) == (index_key(other) == index_key(entry))


@given(INTERVALS, KEYS, KEYS, ORDERS)
def test_a_scan_has_read_a_part_and_has_the_rest_before_it(
    interval: Interval, reached: bytes, key: bytes, order: Order
) -> None:
    read, rest = interval.through(reached, order), interval.beyond(reached, order)
    passed = key <= reached if order == "asc" else key >= reached
    assert read.holds(key) == (interval.holds(key) and passed)
    assert rest.holds(key) == (interval.holds(key) and not passed)
    assert not read.overlaps(rest)


@given(INTERVALS, INTERVALS)
def test_intervals_overlap_if_they_share_a_key(left: Interval, right: Interval) -> None:
    shares = any(left.holds(key) and right.holds(key) for key in (left.start, right.start))
    assert left.overlaps(right) == right.overlaps(left) == shares
    assert left.overlaps(left) != left.is_empty


def test_a_page_lies_between_two_cursors() -> None:
    keys = [entry_key({"n": float(number), "_id": f"{number}"}, (("n",), ("_id",))) for number in range(6)]
    everything = index_interval()
    page = everything.beyond(keys[1], "asc").through(keys[4], "asc")
    assert [number for number, key in enumerate(keys) if page.holds(key)] == [2, 3, 4]
    page = everything.beyond(keys[4], "desc").through(keys[1], "desc")
    assert [number for number, key in enumerate(keys) if page.holds(key)] == [1, 2, 3]
