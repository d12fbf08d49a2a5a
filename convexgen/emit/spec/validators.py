"""Types as Convex's validators, in the JSON that its server and its npm package exchange.

A validator knows no names, so named types are written out where they are used. It also knows one direction only:
a field with a default may be left out on the way in and is always there on the way out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from json import dumps
from typing import Literal, TypeAlias

from convexgen.emit.spec.json_text import Json, JsonObject
from convexgen.ir import (
    AliasDef,
    ArrayOf,
    Constrained,
    Document,
    EnumDef,
    Field,
    IdOf,
    Ir,
    LiteralOf,
    Named,
    ObjectDef,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    ScalarKind,
    Table,
    Type,
    TypeDef,
    UnionOf,
)

Direction = Literal["input", "output"]
"""`input`: what a caller or the database is given. `output`: what a function returns."""

Open: TypeAlias = frozenset[str]
"""The symbols of the types that are being written out at this point: meeting one again is recursion."""

ANY: JsonObject = {"type": "any"}
BOOLEAN: JsonObject = {"type": "boolean"}
NULL: JsonObject = {"type": "null"}
NUMBER: JsonObject = {"type": "number"}
STRING: JsonObject = {"type": "string"}

_SCALARS: Mapping[ScalarKind, JsonObject] = {
    "string": STRING,
    "boolean": BOOLEAN,
    "bytes": {"type": "bytes"},
    "null": NULL,
    "any": ANY,
    "float": NUMBER,
    "int": NUMBER,
    "int64": {"type": "bigint"},
    "datetime": NUMBER,
    "date": STRING,
    "uuid": STRING,
    "decimal": STRING,
}


def literal(value: str | bool | int) -> JsonObject:
    return {"type": "literal", "value": value}


def id_of(table: str) -> JsonObject:
    return {"type": "id", "tableName": table}


def array(element: JsonObject) -> JsonObject:
    return {"type": "array", "value": element}


def required(validator: JsonObject) -> JsonObject:
    """A field that is always there."""
    return {"fieldType": validator, "optional": False}


def optional(validator: JsonObject) -> JsonObject:
    """A field that may be absent."""
    return {"fieldType": validator, "optional": True}


def object_of(fields: Mapping[str, JsonObject]) -> JsonObject:
    """An object; its fields by code point, as Convex's server gives them back."""
    return {"type": "object", "value": {name: fields[name] for name in sorted(fields)}}


def union(members: Iterable[JsonObject]) -> JsonObject:
    """A flat union in which no member stands twice; one member alone is no union."""
    flat: dict[str, Json] = {}
    for member in members:
        inner = member["value"] if member["type"] == "union" else [member]
        assert isinstance(inner, list)
        flat.update((dumps(each), each) for each in inner)
    distinct = list(flat.values())
    if len(distinct) == 1 and isinstance(distinct[0], dict):
        return distinct[0]
    return {"type": "union", "value": distinct}


PAGINATION_OPTIONS = object_of(
    {
        "numItems": required(NUMBER),
        "cursor": required(union([STRING, NULL])),
        "endCursor": optional(union([STRING, NULL])),
        "id": optional(NUMBER),
        "maximumRowsRead": optional(NUMBER),
        "maximumBytesRead": optional(NUMBER),
    }
)

_SYSTEM_TABLES: Mapping[str, Mapping[str, JsonObject]] = {
    "_storage": {
        "sha256": required(STRING),
        "size": required(NUMBER),
        "contentType": optional(STRING),
    },
    "_scheduled_functions": {
        "name": required(STRING),
        "args": required(array(ANY)),
        "scheduledTime": required(NUMBER),
        "completedTime": optional(NUMBER),
        "state": required(
            union(
                object_of({"kind": required(literal(kind)), **extra})
                for kind, extra in (
                    ("pending", {}),
                    ("inProgress", {}),
                    ("success", {}),
                    ("failed", {"error": required(STRING)}),
                    ("canceled", {}),
                )
            )
        ),
    },
}
"""The documents of the tables that every deployment has and no program declares."""


def page_of(element: JsonObject) -> JsonObject:
    """What `paginationResultValidator` of the npm package gives."""
    return object_of(
        {
            "page": required(array(element)),
            "continueCursor": required(STRING),
            "isDone": required(BOOLEAN),
            "splitCursor": optional(union([STRING, NULL])),
            "pageStatus": optional(union([literal("SplitRecommended"), literal("SplitRequired"), NULL])),
        }
    )


@dataclass(frozen=True, slots=True)
class Validators:
    """Writes out the types of one program: `types` by symbol, `tables` by name."""

    types: Mapping[str, TypeDef]
    tables: Mapping[str, Table]

    @classmethod
    def of(cls, ir: Ir) -> Validators:
        return cls(
            types={definition.symbol: definition for module in ir.modules for definition in module.types},
            tables={table.name: table for module in ir.modules for table in module.tables},
        )

    def value(self, type_: Type, direction: Direction) -> JsonObject:
        """The validator of a value of `type_`. Where a type contains itself, the inner one is `any`."""
        return self._value(type_, direction, frozenset())

    def arguments(self, args: tuple[Field, ...]) -> JsonObject:
        """The validator of the one object that a function is called with."""
        return object_of(self._fields(args, "input", frozenset()))

    def stored(self, table: Table) -> JsonObject:
        """The validator of what may be inserted into `table`: its documents without their system fields."""
        if not table.variants:
            return object_of(self._fields(table.fields, "input", frozenset()))
        return union(object_of(self._fields(self._variant(v).fields, "input", frozenset())) for v in table.variants)

    def _value(self, type_: Type, direction: Direction, open_: Open) -> JsonObject:
        match type_:
            case Scalar(kind):
                return _SCALARS[kind]
            case IdOf(table):
                return id_of(table)
            case LiteralOf(value):
                return literal(value)
            case ArrayOf(element):
                return array(self._value(element, direction, open_))
            case RecordOf(key, element):
                return {
                    "type": "record",
                    "keys": self._value(key, direction, open_),
                    "values": required(self._value(element, direction, open_)),
                }
            case UnionOf(members):
                return union(self._value(member, direction, open_) for member in members)
            case Document(table):
                return self._document(table, direction, open_)
            case Named(symbol):
                return self._named(symbol, direction, open_)
            case PaginationOptions():
                return PAGINATION_OPTIONS
            case Page(element):
                return page_of(self._value(element, direction, open_))
            case Constrained(base, _):
                return self._value(base, direction, open_)

    def _named(self, symbol: str, direction: Direction, open_: Open) -> JsonObject:
        if symbol in open_:
            return ANY
        inside = open_ | {symbol}
        match self.types[symbol]:
            case AliasDef(type=type_):
                return self._value(type_, direction, inside)
            case EnumDef(members=members):
                return union(literal(member.value) for member in members)
            case ObjectDef(table=table, fields=fields):
                return object_of(_system_fields(table) | self._fields(fields, direction, inside))

    def _document(self, name: str, direction: Direction, open_: Open) -> JsonObject:
        if name in _SYSTEM_TABLES:
            return object_of({**_system_fields(name), **_SYSTEM_TABLES[name]})
        table = self.tables[name]
        if table.symbol in open_:
            return ANY
        inside = open_ | {table.symbol}
        if table.variants:
            return union(self._named(variant, direction, inside) for variant in table.variants)
        return object_of(_system_fields(name) | self._fields(table.fields, direction, inside))

    def _fields(self, fields: tuple[Field, ...], direction: Direction, open_: Open) -> dict[str, JsonObject]:
        def one(field: Field) -> JsonObject:
            validator = self._value(field.type, direction, open_)
            left_out = field.presence == "absent" or (field.presence == "defaulted" and direction == "input")
            return optional(validator) if left_out else required(validator)

        return {field.wire: one(field) for field in fields}

    def _variant(self, symbol: str) -> ObjectDef:
        definition = self.types[symbol]
        assert isinstance(definition, ObjectDef)
        return definition


def _system_fields(table: str | None) -> dict[str, JsonObject]:
    return {} if table is None else {"_id": required(id_of(table)), "_creationTime": required(NUMBER)}
