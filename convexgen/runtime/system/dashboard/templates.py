"""A value of a type, to begin with: what somebody types a real one over. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from convexgen.authoring.ids import Int64
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
from convexgen.runtime.program.shapes import Shapes, page_of, system_fields
from convexgen.runtime.values import Value

_SCALARS: Final[Mapping[ScalarKind, Value]] = {
    "string": "",
    "boolean": False,
    "bytes": b"",
    "null": None,
    "any": None,
    "float": 0.0,
    "int": 0.0,
    "int64": Int64(0),
    "datetime": 0.0,
    "date": "1970-01-01",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "decimal": "0",
}
_NULL: Final = Scalar("null")
_FIRST_PAGE: Final[Mapping[str, Value]] = {"numItems": 10.0, "cursor": None}


class Templates:
    """Templates for the types of one program."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def fields(self, fields: Iterable[Field]) -> dict[str, Value]:
        """An object of all fields that must be there or have a default that can be written down."""
        return self._fields(fields, frozenset())

    def of(self, type_: Type | ObjectDef) -> Value:
        return self._of(type_, frozenset())

    def _fields(self, fields: Iterable[Field], inside: frozenset[str]) -> dict[str, Value]:
        made: dict[str, Value] = {}
        for field in fields:
            if field.presence == "required":
                made[field.wire] = self._of(field.type, inside)
            elif field.default is not None:
                made[field.wire] = _constant(field.default.value, field.type)
        return made

    def _of(self, type_: Type | ObjectDef, inside: frozenset[str]) -> Value:
        """`inside` are the symbols of what this is a part of: where a type contains itself, null stands for it."""
        match type_:
            case Scalar(kind):
                return _SCALARS[kind]
            case LiteralOf(value):
                return _constant(value, type_)
            case IdOf():
                return ""
            case ArrayOf():
                return []
            case RecordOf():
                return {}
            case UnionOf(members):
                return None if _NULL in members else self._of(members[0], inside)
            case Constrained(base, _):
                return self._of(base, inside)
            case Document(table):
                return self._of(self._shapes.document(table), inside)
            case PaginationOptions():
                return dict(_FIRST_PAGE)
            case Page():
                return self._of(page_of(type_), inside)
            case ObjectDef() | Named():
                return self._named(type_, inside)

    def _named(self, type_: ObjectDef | Named, inside: frozenset[str]) -> Value:
        if type_.symbol in inside:
            return None
        match type_ if isinstance(type_, ObjectDef) else self._shapes.types[type_.symbol]:
            case EnumDef(members=members):
                return _constant(members[0].value, type_)
            case AliasDef(type=aliased):
                return self._of(aliased, inside | {type_.symbol})
            case ObjectDef() as found:
                return self._fields((*system_fields(found.table), *found.fields), inside | {found.symbol})


def _constant(value: str | bool | float | None, type_: object) -> Value:
    if type_ == Scalar("int64"):
        return Int64(int(value or 0))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
