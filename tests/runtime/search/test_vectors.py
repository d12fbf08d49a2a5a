"""The matrix of vectors: that it finds what a look at all of them finds, whatever was done to it before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.search.vectors import Groups, VectorMatrix

Stored = tuple[list[float], bytes]

numbers = st.floats(-1e200, 1e200) | st.integers(-3, 3).map(float)
vectors = st.lists(numbers, min_size=3, max_size=3)
filters = st.sampled_from([b"a", b"b"])
steps = st.lists(st.tuples(st.integers(0, 6), st.none() | st.tuples(vectors, filters)), max_size=30)


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    lengths = [math.hypot(*each) for each in (one, other)]
    if 0 in lengths:
        return 0.0
    return math.fsum(a / lengths[0] * (b / lengths[1]) for a, b in zip(one, other, strict=True))


def filled(done: Sequence[tuple[int, Stored | None]]) -> tuple[VectorMatrix, dict[bytes, Stored]]:
    matrix, model = VectorMatrix(3, 1), dict[bytes, Stored]()
    for number, stored in done:
        document = bytes([number])
        if stored is None:
            matrix.discard(document)
            model.pop(document, None)
        else:
            matrix.put(document, stored[0], [stored[1]])
            model[document] = stored
    return matrix, model


@given(steps, vectors, st.sampled_from([[], [[(0, b"a")]], [[(0, b"a"), (0, b"b")]], [[(0, b"c")]]]), st.integers(1, 4))
def test_it_finds_the_nearest(
    done: list[tuple[int, Stored | None]], vector: list[float], groups: Groups, limit: int
) -> None:
    matrix, model = filled(done)
    assert len(matrix) == len(model)
    found = matrix.nearest(vector, groups, limit)
    wanted = {key for group in groups for _, key in group} or {b"a", b"b"}
    scores = {document: cosine(vector, stored) for document, (stored, key) in model.items() if key in wanted}
    assert len(found) == min(limit, len(scores))
    assert all(abs(near.score - scores[near.document]) < 1e-5 for near in found)
    best = sorted(scores.values(), reverse=True)[:limit]
    assert [near.score for near in found] == pytest.approx(best, abs=1e-5)
    assert [near.score for near in found] == sorted((near.score for near in found), reverse=True)


def test_what_is_found_does_not_hang_on_what_was_there_before() -> None:
    """To the last digit: neither where a vector stands, nor how many there are, makes a difference."""
    random = Random(0)
    stored = {bytes([number]): [random.gauss(0, 1) for _ in range(257)] for number in range(100)}
    orders = [list(stored), list(reversed(stored)), random.sample(list(stored), len(stored))]
    matrices = [VectorMatrix(257, 0) for _ in orders]
    for matrix, order in zip(matrices, orders, strict=True):
        for document in order:
            matrix.put(document, stored[document], [])
    for number in range(30, 60):
        matrices[0].discard(bytes([number]))
    for number in range(30, 60):
        matrices[0].put(bytes([number]), stored[bytes([number])], [])
    query = [random.gauss(0, 1) for _ in range(257)]
    first, *others = [matrix.nearest(query, [], 20) for matrix in matrices]
    assert len(first) == 20
    assert others == [first, first]


def test_equals_come_in_the_order_of_their_ids() -> None:
    matrix = VectorMatrix(2, 0)
    for number in (5, 3, 9, 1):
        matrix.put(bytes([number]), [1.0, float(number % 2)], [])
    assert [near.document for near in matrix.nearest([2.0, 2.0], [], 3)] == [bytes([each]) for each in (1, 3, 5)]


@pytest.mark.parametrize("vector", [[1.0], [1.0, 2.0, 3.0], [1.0, math.nan], [math.inf, 1.0], []])
def test_what_is_no_vector_of_the_index_is_not_in_it(vector: list[float]) -> None:
    matrix = VectorMatrix(2, 0)
    matrix.put(b"x", [1.0, 0.0], [])
    matrix.put(b"x", vector, [])
    assert len(matrix) == 0
    assert matrix.nearest([1.0, 0.0], [], 5) == []


def test_a_vector_without_a_direction_is_like_none() -> None:
    matrix = VectorMatrix(2, 0)
    matrix.put(b"x", [0.0, 0.0], [])
    matrix.put(b"y", [-1.0, 0.0], [])
    assert matrix.nearest([1.0, 0.0], [], 5) == [(b"x", 0.0), (b"y", -1.0)]
    assert [near.score for near in matrix.nearest([0.0, 0.0], [], 5)] == [0.0, 0.0]


def test_a_direction_is_finite() -> None:
    with pytest.raises(ValueError, match="finite numbers only"):
        VectorMatrix(2, 0).nearest([math.nan, 1.0], [], 5)
