"""Values on the wire, and whether one is a value of a type: the plain meaning of types, told once more from scratch.

Ids and big integers are wrapped, so that they are not taken for texts and numbers. A pattern stands for texts that
contain it, which is all that is asked of patterns here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from hypothesis import assume
from hypothesis import strategies as st

from convexgen import ir
from convexgen.breaking.program import Direction


class Id(NamedTuple):
    table: str


class Big(NamedTuple):
    number: int


class Formatted(NamedTuple):
    """A text or a number of a certain form."""

    kind: str
    plain: Any


_FORMS: Mapping[str, tuple[str, st.SearchStrategy[Any]]] = {
    "int": ("float", st.integers(-9, 9).map(float)),
    "datetime": ("float", st.sampled_from([0.5, 1e12])),
    "date": ("string", st.just("2026-01-31")),
    "uuid": ("string", st.just("00000000-0000-0000-0000-000000000000")),
    "decimal": ("string", st.sampled_from(["1.50", "0"])),
}
_SIMPLE: Mapping[str, st.SearchStrategy[Any]] = {
    "string": st.text("ab", max_size=3),
    "boolean": st.booleans(),
    "bytes": st.binary(max_size=2),
    "null": st.none(),
    "float": st.sampled_from([-1.5, 0.0, 2.0, 3e9]),
    "int64": st.integers(-9, 9).map(Big),
    "any": st.none() | st.text("ab", max_size=2) | st.floats(0, 9) | st.just(["a"]),
}
_MISSING = object()
_DEPTH = 4


class Values:
    """The values of the types of one program, as they are on the way in or on the way out."""

    def __init__(self, program: ir.Ir, direction: Direction) -> None:
        self._types = {each.symbol: each for module in program.modules for each in module.types}
        self._tables = {table.name: table for module in program.modules for table in module.tables}
        self._direction = direction

    def draw(self, draw: st.DrawFn, type_: ir.Type, depth: int = 0) -> Any:
        """Some value of `type_`."""
        assume(depth <= _DEPTH)
        match type_:
            case ir.Scalar(kind) if kind in _FORMS:
                return Formatted(kind, draw(_FORMS[kind][1]))
            case ir.Scalar(kind):
                return draw(_SIMPLE[kind])
            case ir.IdOf(table):
                return Id(table)
            case ir.LiteralOf(value):
                return value if isinstance(value, str | bool) else Formatted("int", float(value))
            case ir.ArrayOf(element):
                return [self.draw(draw, element, depth + 1) for _ in range(draw(st.integers(0, 2)))]
            case ir.RecordOf(key, value):
                keys = [self.draw(draw, key, depth + 1) for _ in range(draw(st.integers(0, 1)))]
                return {each: self.draw(draw, value, depth + 1) for each in keys}
            case ir.UnionOf(members):
                return self.draw(draw, draw(st.sampled_from(members)), depth)
            case ir.Constrained(base, _):
                value = self.draw(draw, base, depth)
                assume(self.holds(type_, value))
                return value
            case _:
                return self._draw_named(draw, type_, depth)

    def holds(self, type_: ir.Type, value: Any) -> bool:
        """Whether `value` is one of `type_`."""
        match type_:
            case ir.Scalar("any"):
                return True
            case ir.Scalar(kind):
                return _has_kind(kind, value)
            case ir.IdOf(table):
                return isinstance(value, Id) and value.table == table
            case ir.LiteralOf(literal):
                wire = literal if isinstance(literal, str | bool) else Formatted("int", float(literal))
                return type(wire) is type(value) and wire == value
            case ir.ArrayOf(element):
                return isinstance(value, list) and all(self.holds(element, each) for each in value)
            case ir.RecordOf(key, inner):
                return isinstance(value, dict) and all(
                    self.holds(key, name) and self.holds(inner, each) for name, each in value.items()
                )
            case ir.UnionOf(members):
                return any(self.holds(member, value) for member in members)
            case ir.Constrained(base, constraints):
                return self.holds(base, value) and all(_keeps_to(each, value) for each in constraints)
            case _:
                return self._holds_named(type_, value)

    def object_holds(self, fields: tuple[ir.Field, ...], value: Any) -> bool:
        """Whether `value` is an object with these fields and no others."""
        if not isinstance(value, dict) or not value.keys() <= {field.wire for field in fields}:
            return False
        return all(
            self._may_be_absent(field) if field.wire not in value else self.holds(field.type, value[field.wire])
            for field in fields
        )

    def draw_object(self, draw: st.DrawFn, fields: tuple[ir.Field, ...], depth: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in fields:
            if not self._may_be_absent(field) or (depth < _DEPTH - 1 and draw(st.booleans())):
                found[field.wire] = self.draw(draw, field.type, depth + 1)
        return found

    def _may_be_absent(self, field: ir.Field) -> bool:
        return field.presence == "absent" or (field.presence == "defaulted" and self._direction == "input")

    def _shapes(self, type_: ir.Type) -> list[tuple[ir.Field, ...]]:
        """The fields of each object that a named type or document may be."""
        match type_:
            case ir.Named(symbol):
                definition = self._types[symbol]
                assert isinstance(definition, ir.ObjectDef)
                return [(*_system(definition.table), *definition.fields)]
            case ir.Document(table):
                variants = self._tables[table].variants
                if variants:
                    return [shape for each in variants for shape in self._shapes(ir.Named(each))]
                return [(*_system(table), *self._tables[table].fields)]
        raise AssertionError(type_)

    def _draw_named(self, draw: st.DrawFn, type_: ir.Type, depth: int) -> Any:
        match self._types.get(getattr(type_, "symbol", "")):
            case ir.AliasDef(type=inner):
                return self.draw(draw, inner, depth)
            case ir.EnumDef(members=members):
                return self.draw(draw, ir.LiteralOf(draw(st.sampled_from(members)).value), depth)
            case _:
                return self.draw_object(draw, draw(st.sampled_from(self._shapes(type_))), depth)

    def _holds_named(self, type_: ir.Type, value: Any) -> bool:
        match self._types.get(getattr(type_, "symbol", "")):
            case ir.AliasDef(type=inner):
                return self.holds(inner, value)
            case ir.EnumDef(members=members):
                return any(self.holds(ir.LiteralOf(member.value), value) for member in members)
            case _:
                return any(self.object_holds(fields, value) for fields in self._shapes(type_))


def _system(table: str | None) -> tuple[ir.Field, ...]:
    if table is None:
        return ()
    return ir.Field("id", "_id", ir.IdOf(table)), ir.Field("t", "_creationTime", ir.Scalar("float"))


def _has_kind(kind: str, value: Any) -> bool:
    if isinstance(value, Formatted):
        return kind in (value.kind, _FORMS[value.kind][0])
    match kind:
        case "string":
            return isinstance(value, str | Id)
        case "boolean":
            return isinstance(value, bool)
        case "bytes":
            return isinstance(value, bytes)
        case "null":
            return value is None
        case "float":
            return isinstance(value, float)
        case "int64":
            return isinstance(value, Big)
        case _:
            return False


def _keeps_to(constraint: ir.Constraint, value: Any) -> bool:
    """Whether a value keeps to a limit, if it is one that the limit is about."""
    limit = constraint.value
    if isinstance(value, Formatted):
        value = value.plain
    if isinstance(value, Big):
        value = value.number
    if isinstance(limit, str):
        return limit in value if isinstance(value, str) else not isinstance(value, float | int | list | bytes)
    if isinstance(value, str | bytes | list) or (isinstance(value, dict) and not isinstance(value, Id)):
        if constraint.kind == "min_length":
            return isinstance(value, dict) or len(value) >= limit
        return constraint.kind != "max_length" or isinstance(value, dict) or len(value) <= limit
    if isinstance(value, bool) or not isinstance(value, float | int):
        return True
    match constraint.kind:
        case "ge":
            return value >= limit
        case "gt":
            return value > limit
        case "le":
            return value <= limit
        case "lt":
            return value < limit
        case "multiple_of":
            return limit != 0 and value % limit == 0
        case _:
            return True
