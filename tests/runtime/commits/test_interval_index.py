"""Intervals are found by the keys in them, all and no others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.commits.interval_index import IntervalIndex
from convexgen.runtime.commits.interval_tree import IntervalTree
from convexgen.runtime.values import AFTER, Interval

keys = st.binary(max_size=3).map(lambda data: bytes(byte % 3 for byte in data))
long_keys = st.tuples(st.just(b"\1" * 130), keys).map(b"".join)
starts = keys | long_keys
intervals = st.one_of(
    st.builds(Interval, starts, starts | st.just(AFTER)).filter(lambda interval: not interval.is_empty),
    starts.map(lambda key: Interval(key, key + AFTER)),
    starts.map(lambda key: Interval(key, key + b"\0")),
)
steps = st.lists(st.tuples(st.booleans(), intervals, st.integers(0, 3)), max_size=40)


@given(steps, st.lists(starts, min_size=1))
def test_an_index_finds_what_looking_at_each_interval_finds(
    steps: list[tuple[bool, Interval, int]], asked: list[bytes]
) -> None:
    index = IntervalIndex[int]()
    model: set[tuple[Interval, int]] = set()
    for adding, interval, item in steps:
        if adding:
            index.add(interval, item)
            model.add((interval, item))
        else:
            index.discard(interval, item)
            model.discard((interval, item))
    for key in asked:
        assert sorted(index.at(key)) == sorted(item for interval, item in model if interval.holds(key))
    assert index.is_empty == (not model)


def test_nothing_is_left_of_what_was_taken_out() -> None:
    index = IntervalIndex[str]()
    both = [Interval(b"a", b"c"), Interval(b"a", b"a\xff")]
    for interval in both:
        index.add(interval, "one")
        index.add(interval, "other")
    for item in ("one", "other", "one", "never there"):
        for interval in both:
            index.discard(interval, item)
    assert index.is_empty
    assert list(index.at(b"a")) == []


def test_a_tree_is_shallow_even_if_intervals_come_in_order() -> None:
    tree = IntervalTree[int]()
    for number in range(2_000):
        tree.add(number.to_bytes(4, "big"), (number + 1).to_bytes(4, "big"), number)
    assert len(tree) == 2_000
    for number in range(0, 2_000, 97):
        assert list(tree.at(number.to_bytes(4, "big"))) == [number]
    assert _depth(tree._root) < 60  # chance alone would make it some 25; a list would be 2,000 deep


def _depth(node: object) -> int:
    depth = 0
    level = [node]
    while level:
        level = [
            below for each in level for below in (getattr(each, "left", None), getattr(each, "right", None)) if below
        ]
        depth += 1
    return depth
