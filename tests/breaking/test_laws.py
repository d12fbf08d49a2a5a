"""What must hold of any two programs: nothing is told of nothing, going back undoes, and safe changes are safe."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from convexgen import ir
from convexgen.breaking import changes
from convexgen.breaking.changes import Impact, Subject
from convexgen.breaking.compare import Baseline, compare
from convexgen.breaking.compare_types import Difference, TypeComparison
from convexgen.breaking.program import Direction, Program
from convexgen.emit.spec import render
from convexgen.emit.spec.function_spec_reading import parse_function_spec
from convexgen.naming import Naming
from convexgen.plan import compile_ir
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from tests.breaking.values import Values
from tests.strategies import ir as strategies
from tests.strategies.programs import programs as source_programs

MIRRORS = {
    "removed": "added",
    "added": "removed",
    "now required": "now optional",
    "now optional": "now required",
    "default changed": "default changed",
    "narrowed": "widened",
    "widened": "narrowed",
    "null added": "null removed",
    "null removed": "null added",
    "changed": "changed",
    "string to id": "id to string",
    "id to string": "string to id",
    "tightened": "loosened",
    "loosened": "tightened",
}
AT = Subject("x", "`x`")
few = settings(max_examples=15, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
many = settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


@few
@given(strategies.programs())
def test_a_program_has_not_changed_since_itself(program: ir.Ir) -> None:
    assert compare(Baseline(program, "main"), program) == ()


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_nor_since_it_was_written_as_validators(data: st.DataObject) -> None:
    program = _program(data, None)
    spec = parse_function_spec(render(program, "function-spec"))
    assert compare(Baseline(spec.program, "spec.json", "validators", spec.untyped), program) == ()


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_another_naming_is_one_change(data: st.DataObject) -> None:
    source = data.draw(source_programs())
    both = [_compiled(source.snapshot(), source.settings, naming) for naming in ("camel", "preserve")]
    assume(None not in both)
    camel, preserve = both
    assert camel is not None
    assert preserve is not None
    rules = [change.rule.name for change in compare(Baseline(camel, "main"), preserve)]
    assert rules in ([], ["naming-changed"])


def _program(data: st.DataObject, naming: Naming | None) -> ir.Ir:
    source = data.draw(source_programs())
    program = _compiled(source.snapshot(), source.settings, naming or source.naming)
    assert program is not None
    return program


def _compiled(snapshot: Snapshot, given: Settings, naming: Naming) -> ir.Ir | None:
    return compile_ir(snapshot, replace(given, naming=naming))[0]


_CONSTRAINTS = (
    ir.Constraint("ge", 0),
    ir.Constraint("gt", 1),
    ir.Constraint("max_length", 2),
    ir.Constraint("pattern", "a"),
)
_leaves: st.SearchStrategy[ir.Type] = st.one_of(
    st.sampled_from([ir.Scalar(kind) for kind in get_args(ir.ScalarKind)]),
    st.sampled_from([ir.LiteralOf(value) for value in ("a", "b", 1, 2, True, False)]),
    st.sampled_from([ir.IdOf("users"), ir.IdOf("posts")]),
    st.sampled_from([ir.Named("kinds.Kind")]),
)


def _union(members: list[ir.Type]) -> ir.Type:
    distinct = tuple(dict.fromkeys(members))
    return distinct[0] if len(distinct) == 1 else ir.UnionOf(distinct)


def _composed(inner: st.SearchStrategy[ir.Type]) -> st.SearchStrategy[ir.Type]:
    return st.one_of(
        inner,
        inner.map(ir.ArrayOf),
        inner.map(lambda each: ir.RecordOf(ir.Scalar("string"), each)),
        st.lists(inner, min_size=2, max_size=3).map(_union),
        st.builds(ir.Constrained, inner, st.sampled_from([(each,) for each in _CONSTRAINTS])),
    )


_types = _composed(_leaves | st.sampled_from([ir.Named(f"kinds.{name}") for name in ("Card", "Tree", "Alias")]))
"""Small types, so that those of two programs meet often."""


def _fields(types: st.SearchStrategy[ir.Type]) -> st.SearchStrategy[tuple[ir.Field, ...]]:
    presence = st.sampled_from(get_args(ir.Presence))
    field = st.builds(lambda name, *rest: ir.Field(name, name, *rest), st.sampled_from("pqr"), types, presence)
    return st.lists(field, max_size=3, unique_by=lambda each: each.name).map(tuple)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[ir.Ir, ir.Ir, tuple[ir.Field, ...], tuple[ir.Field, ...]]:
    """Two programs that have much in common, and fields of an object in each that have."""
    shown, inner, named = draw(_fields(_leaves)), draw(_fields(_leaves)), draw(_fields(_composed(_leaves)))
    types: tuple[ir.TypeDef, ...] = (
        ir.ObjectDef("kinds.Card", "Card", shown, table="users"),
        ir.ObjectDef("kinds.Tree", "Tree", (*inner, ir.Field("sub", "sub", ir.ArrayOf(ir.Named("kinds.Tree"))))),
        ir.EnumDef("kinds.Kind", "Kind", (ir.EnumMember("A", "a"), ir.EnumMember("B", draw(st.sampled_from("bc"))))),
        ir.AliasDef("kinds.Alias", "Alias", named[0].type if named else ir.Scalar("string")),
    )
    edited = tuple(
        replace(each, fields=tuple(draw(_changed_fields(each.fields)))) if isinstance(each, ir.ObjectDef) else each
        for each in types
    )
    fields = draw(_fields(_types))
    changed = tuple(draw(_changed_fields(fields)))
    table = ir.Table("schema.Users", "users", ())
    old, new = (ir.Ir((ir.Module("kinds", "kinds", types=each, tables=(table,)),)) for each in (types, edited))
    return old, new, fields, changed


@st.composite
def _changed_fields(draw: st.DrawFn, fields: tuple[ir.Field, ...]) -> list[ir.Field]:
    found: list[ir.Field] = []
    for field in fields:
        match draw(st.integers(0, 9)):
            case 0:
                continue
            case 1:
                found.append(replace(field, presence=draw(st.sampled_from(["required", "absent"])), default=None))
            case 2:
                found.append(replace(field, type=draw(_types)))
            case 3 if not isinstance(field.type, ir.UnionOf):
                found.append(replace(field, type=ir.UnionOf((field.type, draw(_types)))))
            case 4 if isinstance(field.type, ir.UnionOf):
                found.append(replace(field, type=field.type.members[0]))
            case _:
                found.append(field)
    if draw(st.integers(0, 3)) == 0:
        wire = draw(st.sampled_from(["extra", "more"]))
        found.append(ir.Field(wire, wire, draw(_types), draw(st.sampled_from(["required", "defaulted"]))))
    return found


def _differences(
    old: ir.Ir, new: ir.Ir, before: tuple[ir.Field, ...], after: tuple[ir.Field, ...], direction: Direction
) -> list[Difference]:
    comparison = TypeComparison(Program(old, "types"), Program(new, "types"), direction)
    return list(comparison.fields(before, after, None, AT))


Neighbours = tuple[ir.Ir, ir.Ir, tuple[ir.Field, ...], tuple[ir.Field, ...]]


@few
@given(neighbours(), st.sampled_from(["input", "output"]))
def test_going_back_is_the_mirror_image(pair: Neighbours, direction: Direction) -> None:
    old, new, before, after = pair
    there = {_mirrored(each.kind.name) for each in _differences(old, new, before, after, direction)}
    back = {_plain(each.kind.name) for each in _differences(new, old, after, before, direction)}
    assert there == back


def _plain(name: str) -> str:
    return "added" if name == "required added" else name


def _mirrored(name: str) -> str:
    return MIRRORS[_plain(name)]


def _world(card: tuple[ir.Field, ...], kinds: str, alias: ir.Type) -> ir.Ir:
    tree = (ir.Field("sub", "sub", ir.ArrayOf(ir.Named("kinds.Tree"))), *card[:1])
    types: tuple[ir.TypeDef, ...] = (
        ir.ObjectDef("kinds.Card", "Card", card, table="users"),
        ir.ObjectDef("kinds.Tree", "Tree", tree),
        ir.EnumDef("kinds.Kind", "Kind", tuple(ir.EnumMember(value, value) for value in kinds)),
        ir.AliasDef("kinds.Alias", "Alias", alias),
    )
    return ir.Ir((ir.Module("kinds", "kinds", types=types, tables=(ir.Table("schema.Users", "users", ()),)),))


_STRING, _NULL = ir.Scalar("string"), ir.Scalar("null")
NARROW = _world((ir.Field("a", "a", _STRING), ir.Field("b", "b", ir.Scalar("int"))), "ab", ir.ArrayOf(_STRING))
WIDE = _world(
    (
        ir.Field("a", "a", ir.UnionOf((_STRING, _NULL))),
        ir.Field("b", "b", ir.Scalar("float"), "absent"),
        ir.Field("c", "c", ir.Named("kinds.Kind"), "defaulted"),
    ),
    "abc",
    ir.ArrayOf(ir.UnionOf((_STRING, _NULL))),
)


@st.composite
def type_pairs(draw: st.DrawFn) -> tuple[ir.Ir, ir.Ir, ir.Type, ir.Type]:
    """A type of one program and what it may have become in another one."""
    old, new = draw(st.sampled_from([(NARROW, WIDE), (WIDE, NARROW), (WIDE, WIDE)]))
    type_ = draw(_types)
    match draw(st.sampled_from(["same", "same", "wider", "narrower", "other"])):
        case "wider":
            return old, new, type_, _union([type_, draw(_types)])
        case "narrower":
            return old, new, _union([type_, draw(_types)]), type_
        case "other":
            return old, new, type_, draw(_types)
        case _:
            return old, new, type_, type_


Pair = tuple[ir.Ir, ir.Ir, ir.Type, ir.Type]


@st.composite
def _values(draw: st.DrawFn, values: Values, type_: ir.Type) -> Any:
    return values.draw(draw, type_)


def _type_differences(pair: Pair, direction: Direction) -> list[Difference]:
    old, new, before, after = pair
    return list(TypeComparison(Program(old, "types"), Program(new, "types"), direction).types(before, after, AT))


@many
@given(type_pairs(), st.data())
def test_what_is_safe_for_callers_passes_as_before(pair: Pair, data: st.DataObject) -> None:
    old, new, before, after = pair
    assume(all(each.kind.args is not Impact.BREAKING for each in _type_differences(pair, "input")))
    value = data.draw(_values(Values(old, "input"), before))
    assert Values(new, "input").holds(after, value)


@many
@given(type_pairs(), st.data())
def test_what_is_safe_for_readers_was_known_before(pair: Pair, data: st.DataObject) -> None:
    old, new, before, after = pair
    found = _type_differences(pair, "output")
    assume(all(each.kind.returns is Impact.SAFE and each.kind is not changes.ID_TO_STRING for each in found))
    value = data.draw(_values(Values(new, "output"), after))
    assert Values(old, "output").holds(before, value)


def test_every_kind_of_change_has_a_mirror_image() -> None:
    kinds = {value.name for value in vars(changes).values() if isinstance(value, changes.Kind)}
    assert {_plain(name) for name in kinds} == set(MIRRORS)
