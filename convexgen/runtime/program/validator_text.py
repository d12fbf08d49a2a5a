"""Types as error messages show them: as the expression of a Convex validator, `v.object({author: v.id("users")})`."""

from __future__ import annotations

from collections.abc import Mapping

from convexgen.ir import (
    AliasDef,
    ArrayOf,
    Constrained,
    Document,
    EnumDef,
    Field,
    IdOf,
    LiteralOf,
    Named,
    ObjectDef,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    ScalarKind,
    Type,
    UnionOf,
)
from convexgen.runtime.program.shapes import (
    PAGINATION_OPTIONS,
    Direction,
    Shapes,
    may_be_left_out,
    page_of,
    system_fields,
)
from convexgen.runtime.program.value_text import field_text, quoted

_SCALARS: Mapping[ScalarKind, str] = {
    "string": "v.string()",
    "boolean": "v.boolean()",
    "bytes": "v.bytes()",
    "null": "v.null()",
    "any": "v.any()",
    "float": "v.float64()",
    "int": "v.float64()",
    "int64": "v.int64()",
    "datetime": "v.float64()",
    "date": "v.string()",
    "uuid": "v.string()",
    "decimal": "v.string()",
}


def validator_text(shapes: Shapes, type_: Type | ObjectDef, direction: Direction, *, stored: bool = False) -> str:
    """The validator of a type. Where a type contains itself, the inner one is `v.any()`.

    With `stored`, the system fields of a document are left out, as in a schema.
    """
    return _ValidatorText(shapes, direction).text(type_, frozenset(), stored)


class _ValidatorText:
    def __init__(self, shapes: Shapes, direction: Direction) -> None:
        self._shapes = shapes
        self._direction: Direction = direction

    def text(self, type_: Type | ObjectDef, inside: frozenset[str], stored: bool = False) -> str:
        match type_:
            case Scalar(kind):
                return _SCALARS[kind]
            case IdOf(table):
                return f"v.id({quoted(table)})"
            case LiteralOf(value):
                return _literal(value)
            case ArrayOf(element):
                return f"v.array({self.text(element, inside)})"
            case RecordOf(key, element):
                return f"v.record({self.text(key, inside)}, {self.text(element, inside)})"
            case UnionOf(members):
                return _union([self.text(each, inside, stored) for each in members])
            case Constrained(base, _):
                return self.text(base, inside, stored)
            case Document(table):
                return self.text(self._shapes.document(table), inside)
            case PaginationOptions():
                return self.text(PAGINATION_OPTIONS, inside)
            case Page():
                return self._object(page_of(type_), inside, stored)
            case ObjectDef():
                return "v.any()" if type_.symbol in inside else self._object(type_, inside | {type_.symbol}, stored)
            case Named(symbol):
                return self._named(symbol, inside, stored)

    def _named(self, symbol: str, inside: frozenset[str], stored: bool) -> str:
        match self._shapes.types[symbol]:
            case EnumDef(members=members):
                return _union([_literal(each.value) for each in members])
            case AliasDef(type=type_):
                return "v.any()" if symbol in inside else self.text(type_, inside | {symbol}, stored)
            case ObjectDef() as object_:
                return self.text(object_, inside, stored)

    def _object(self, object_: ObjectDef, inside: frozenset[str], stored: bool) -> str:
        fields = (*(() if stored else system_fields(object_.table)), *object_.fields)
        shown = (self._field(each, inside) for each in sorted(fields, key=lambda each: each.wire))
        return f"v.object({{{', '.join(shown)}}})"

    def _field(self, field: Field, inside: frozenset[str]) -> str:
        text = self.text(field.type, inside)
        optional = may_be_left_out(field, self._direction)
        return f"{field_text(field.wire)}: {f'v.optional({text})' if optional else text}"


def _literal(value: str | bool | int) -> str:
    if isinstance(value, str):
        return f"v.literal({quoted(value)})"
    if isinstance(value, bool):
        return f"v.literal({'true' if value else 'false'})"
    return f"v.literal({float(value)!r})"


def _union(members: list[str]) -> str:
    distinct = list(dict.fromkeys(members))
    return distinct[0] if len(distinct) == 1 else f"v.union({', '.join(distinct)})"
