"""The IR as JSON: the stable form that other tools build on.

The form is spelled out here by hand and read back by `ir_document`, so that renaming a class or an attribute inside
convexgen cannot change it. What says nothing is left out: an empty docstring, a default that is not there.
"""

from __future__ import annotations

from math import isfinite

from convexgen.emit.spec.json_text import Json, JsonObject
from convexgen.ir import (
    FORMAT,
    AliasDef,
    ArrayOf,
    Constrained,
    Constraint,
    Cron,
    Document,
    EnumDef,
    EnumMember,
    Field,
    Function,
    HttpRoute,
    IdOf,
    Index,
    Ir,
    LiteralOf,
    Module,
    Named,
    ObjectDef,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    SearchIndex,
    Table,
    Type,
    TypeDef,
    UnionOf,
    VectorIndex,
)


def ir_json(ir: Ir) -> JsonObject:
    return {
        "format": FORMAT,
        "modules": [_module(module) for module in ir.modules],
        "routes": [_route(route) for route in ir.routes],
        "crons": [_cron(cron) for cron in ir.crons],
    }


def _module(module: Module) -> JsonObject:
    return {
        "path": module.path,
        "wire": module.wire,
        **_remarks(module.doc),
        "functions": [_function(function) for function in module.functions],
        "types": [_definition(definition) for definition in module.types],
        "tables": [_table(table) for table in module.tables],
    }


def _function(function: Function) -> JsonObject:
    return {
        "name": function.name,
        "wire": function.wire,
        "kind": function.kind,
        "visibility": function.visibility,
        **_remarks(function.doc, function.deprecated),
        "args": _fields(function.args),
        "returns": _type(function.returns),
    }


def _definition(definition: TypeDef) -> JsonObject:
    match definition:
        case ObjectDef(symbol, name, fields, doc, deprecated, table):
            return {
                "kind": "object",
                "symbol": symbol,
                "name": name,
                **_remarks(doc, deprecated),
                **({} if table is None else {"table": table}),
                "fields": _fields(fields),
            }
        case EnumDef(symbol, name, members, doc, deprecated):
            return {
                "kind": "enum",
                "symbol": symbol,
                "name": name,
                **_remarks(doc, deprecated),
                "members": [_enum_member(member) for member in members],
            }
        case AliasDef(symbol, name, type_, doc):
            return {"kind": "alias", "symbol": symbol, "name": name, **_remarks(doc), "type": _type(type_)}


def _enum_member(member: EnumMember) -> JsonObject:
    return {"name": member.name, "value": member.value, **_remarks(member.doc)}


def _table(table: Table) -> JsonObject:
    return {
        "symbol": table.symbol,
        "name": table.name,
        **_remarks(table.doc, table.deprecated),
        "fields": _fields(table.fields),
        "indexes": [_index(index) for index in table.indexes],
        "searchIndexes": [_search_index(index) for index in table.search_indexes],
        "vectorIndexes": [_vector_index(index) for index in table.vector_indexes],
        "variants": [*table.variants],
    }


def _index(index: Index) -> JsonObject:
    return {"name": index.name, "fields": [*index.fields]}


def _search_index(index: SearchIndex) -> JsonObject:
    return {"name": index.name, "field": index.field, "filterFields": [*index.filter_fields]}


def _vector_index(index: VectorIndex) -> JsonObject:
    return {
        "name": index.name,
        "field": index.field,
        "dimensions": index.dimensions,
        "filterFields": [*index.filter_fields],
    }


def _route(route: HttpRoute) -> JsonObject:
    return {"method": route.method, "path": route.path, "handler": route.handler}


def _cron(cron: Cron) -> JsonObject:
    return {"name": cron.name, "schedule": cron.schedule, "function": cron.function}


def _fields(fields: tuple[Field, ...]) -> list[Json]:
    return [_field(field) for field in fields]


def _field(field: Field) -> JsonObject:
    return {
        "name": field.name,
        "wire": field.wire,
        "presence": field.presence,
        **({} if field.default is None else {"default": _number_safe(field.default.value)}),
        **_remarks(field.doc, field.deprecated),
        "type": _type(field.type),
    }


def _remarks(doc: str, deprecated: str | None = None) -> JsonObject:
    return {**({"doc": doc} if doc else {}), **({} if deprecated is None else {"deprecated": deprecated})}


def _type(type_: Type) -> JsonObject:
    match type_:
        case Scalar(kind):
            return {"type": kind}
        case IdOf(table):
            return {"type": "id", "table": table}
        case LiteralOf(value):
            return {"type": "literal", "value": value}
        case ArrayOf(element):
            return {"type": "array", "element": _type(element)}
        case RecordOf(key, value):
            return {"type": "record", "key": _type(key), "value": _type(value)}
        case UnionOf(members):
            return {"type": "union", "members": [_type(member) for member in members]}
        case Document(table):
            return {"type": "document", "table": table}
        case Named(symbol):
            return {"type": "named", "symbol": symbol}
        case PaginationOptions():
            return {"type": "paginationOptions"}
        case Page(element):
            return {"type": "page", "element": _type(element)}
        case Constrained(base, constraints):
            return {"type": "constrained", "base": _type(base), "constraints": [_constraint(c) for c in constraints]}


def _constraint(constraint: Constraint) -> JsonObject:
    return {"kind": constraint.kind, "value": _number_safe(constraint.value)}


def _number_safe(value: str | bool | int | float | None) -> Json:
    """`value`, where JSON has no number for it as `{"float": "inf"}`, `"-inf"` or `"nan"`."""
    return {"float": str(value)} if isinstance(value, float) and not isfinite(value) else value
