"""What a type's values are made to be passes its check, and what is of no type of all does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convexgen import ir
from convexgen.authoring.ids import Int64
from convexgen.runtime.program.checks import Checks
from convexgen.runtime.program.shapes import Shapes
from convexgen.runtime.program.validator_text import validator_text
from convexgen.runtime.values import Value, encode_id
from tests.runtime.values.strategies import VALUES

SHAPES = Shapes({}, {})
CHECKS = Checks(SHAPES)
TABLES = {10_001: "users"}

_SCALARS: dict[ir.Type, st.SearchStrategy[Value]] = {
    ir.Scalar("string"): st.text(),
    ir.Scalar("boolean"): st.booleans(),
    ir.Scalar("bytes"): st.binary(),
    ir.Scalar("null"): st.none(),
    ir.Scalar("float"): st.floats(),
    ir.Scalar("int"): st.integers(-(2**53), 2**53).map(float),
    ir.Scalar("int64"): st.integers(-(2**63), 2**63 - 1).map(Int64),
    ir.Scalar("date"): st.dates().map(lambda day: day.isoformat()),
    ir.Scalar("uuid"): st.uuids().map(str),
    ir.Scalar("decimal"): st.decimals().map(str),
    ir.Scalar("any"): VALUES,
    ir.IdOf("users"): st.binary(min_size=16, max_size=16).map(lambda internal: encode_id(10_001, internal)),
    ir.LiteralOf("a"): st.just("a"),
    ir.LiteralOf(1): st.just(1.0),
    ir.LiteralOf(True): st.just(True),
}


def _wider(inner: st.SearchStrategy[ir.Type]) -> st.SearchStrategy[ir.Type]:
    return (
        inner.map(ir.ArrayOf)
        | inner.map(lambda value: ir.RecordOf(ir.Scalar("string"), value))
        | st.lists(inner, min_size=2, max_size=3).map(lambda members: ir.UnionOf(tuple(members)))
    )


types = st.recursive(st.sampled_from(list(_SCALARS)), _wider, max_leaves=4)


def of_type(type_: ir.Type) -> st.SearchStrategy[Value]:
    match type_:
        case ir.ArrayOf(element):
            return st.lists(of_type(element), max_size=3)
        case ir.RecordOf(_, value):
            return st.dictionaries(st.text("ab", max_size=2), of_type(value), max_size=3)
        case ir.UnionOf(members):
            return st.one_of(*map(of_type, members))
        case _:
            return _SCALARS[type_]


@given(types.flatmap(lambda type_: st.tuples(st.just(type_), of_type(type_))))
def test_values_of_a_type_pass_its_check(case: tuple[ir.Type, Value]) -> None:
    type_, value = case
    assert CHECKS.of(type_, "input")(value, TABLES) is None
    assert CHECKS.of(type_, "output")(value, TABLES) is None


@given(types, VALUES)
def test_a_union_is_what_one_of_its_members_is(type_: ir.Type, value: Value) -> None:
    other = ir.Scalar("int64")
    fits = [CHECKS.of(each, "input")(value, TABLES) is None for each in (type_, other, ir.UnionOf((type_, other)))]
    assert fits[2] == (fits[0] or fits[1])


@given(types, VALUES)
def test_a_problem_can_always_be_told(type_: ir.Type, value: Value) -> None:
    problem = CHECKS.of(type_, "output")(value, TABLES)
    if problem is not None and problem.type is not None:
        assert validator_text(SHAPES, problem.type, "output").startswith("v.")
