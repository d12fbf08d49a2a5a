"""The door for IR that comes as JSON: checks the form that `ir_json` writes, and builds the IR from it.

Only here the specification needs pydantic, so `parse` imports this module when it is called. The published JSON Schema
is made from these models. Keys that are not known are passed over: an addition to the form must not break its readers.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator
from pydantic.alias_generators import to_camel

from convexgen import ir

T = TypeVar("T")


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel)


class NonFiniteFloat(_Part):
    """A float for which JSON has no number."""

    float: Literal["inf", "-inf", "nan"]


class ScalarType(_Part):
    type: ir.ScalarKind

    def build(self) -> ir.Type:
        return ir.Scalar(self.type)


class IdType(_Part):
    type: Literal["id"]
    table: str

    def build(self) -> ir.Type:
        return ir.IdOf(self.table)


class LiteralType(_Part):
    type: Literal["literal"]
    value: str | bool | int

    def build(self) -> ir.Type:
        return ir.LiteralOf(self.value)


class ArrayType(_Part):
    type: Literal["array"]
    element: AnyType

    def build(self) -> ir.Type:
        return ir.ArrayOf(self.element.build())


class RecordType(_Part):
    type: Literal["record"]
    key: AnyType
    value: AnyType

    def build(self) -> ir.Type:
        return ir.RecordOf(self.key.build(), self.value.build())


class UnionType(_Part):
    type: Literal["union"]
    members: tuple[AnyType, ...]

    def build(self) -> ir.Type:
        return ir.UnionOf(tuple(member.build() for member in self.members))


class DocumentType(_Part):
    type: Literal["document"]
    table: str

    def build(self) -> ir.Type:
        return ir.Document(self.table)


class NamedType(_Part):
    type: Literal["named"]
    symbol: str

    def build(self) -> ir.Type:
        return ir.Named(self.symbol)


class PaginationOptionsType(_Part):
    type: Literal["paginationOptions"]

    def build(self) -> ir.Type:
        return ir.PaginationOptions()


class PageType(_Part):
    type: Literal["page"]
    element: AnyType

    def build(self) -> ir.Type:
        return ir.Page(self.element.build())


class ConstraintPart(_Part):
    kind: ir.ConstraintKind
    value: int | float | str | NonFiniteFloat

    def build(self) -> ir.Constraint:
        return ir.Constraint(self.kind, _finite_or_not(self.value))


class ConstrainedType(_Part):
    type: Literal["constrained"]
    base: AnyType
    constraints: tuple[ConstraintPart, ...]

    def build(self) -> ir.Type:
        return ir.Constrained(self.base.build(), tuple(constraint.build() for constraint in self.constraints))


AnyType: TypeAlias = Annotated[
    ScalarType
    | IdType
    | LiteralType
    | ArrayType
    | RecordType
    | UnionType
    | DocumentType
    | NamedType
    | PaginationOptionsType
    | PageType
    | ConstrainedType,
    Discriminator("type"),
]


class FieldPart(_Part):
    name: str
    wire: str
    presence: ir.Presence
    default: str | bool | int | float | NonFiniteFloat | None = None
    doc: str = ""
    deprecated: str | None = None
    type: AnyType

    def build(self) -> ir.Field:
        has_default = "default" in self.model_fields_set
        default = ir.Constant(_finite_or_not(self.default)) if has_default else None
        return ir.Field(self.name, self.wire, self.type.build(), self.presence, default, self.doc, self.deprecated)


class ObjectPart(_Part):
    kind: Literal["object"]
    symbol: str
    name: str
    doc: str = ""
    deprecated: str | None = None
    table: str | None = None
    fields: tuple[FieldPart, ...]

    def build(self) -> ir.TypeDef:
        return ir.ObjectDef(self.symbol, self.name, _fields(self.fields), self.doc, self.deprecated, self.table)


class EnumMemberPart(_Part):
    name: str
    value: str | int
    doc: str = ""

    def build(self) -> ir.EnumMember:
        return ir.EnumMember(self.name, self.value, self.doc)


class EnumPart(_Part):
    kind: Literal["enum"]
    symbol: str
    name: str
    doc: str = ""
    deprecated: str | None = None
    members: tuple[EnumMemberPart, ...]

    def build(self) -> ir.TypeDef:
        members = tuple(member.build() for member in self.members)
        return ir.EnumDef(self.symbol, self.name, members, self.doc, self.deprecated)


class AliasPart(_Part):
    kind: Literal["alias"]
    symbol: str
    name: str
    doc: str = ""
    type: AnyType

    def build(self) -> ir.TypeDef:
        return ir.AliasDef(self.symbol, self.name, self.type.build(), self.doc)


class IndexPart(_Part):
    name: str
    fields: tuple[str, ...]

    def build(self) -> ir.Index:
        return ir.Index(self.name, self.fields)


class SearchIndexPart(_Part):
    name: str
    field: str
    filter_fields: tuple[str, ...]

    def build(self) -> ir.SearchIndex:
        return ir.SearchIndex(self.name, self.field, self.filter_fields)


class VectorIndexPart(_Part):
    name: str
    field: str
    dimensions: int
    filter_fields: tuple[str, ...]

    def build(self) -> ir.VectorIndex:
        return ir.VectorIndex(self.name, self.field, self.dimensions, self.filter_fields)


class TablePart(_Part):
    symbol: str
    name: str
    doc: str = ""
    deprecated: str | None = None
    fields: tuple[FieldPart, ...]
    indexes: tuple[IndexPart, ...]
    search_indexes: tuple[SearchIndexPart, ...]
    vector_indexes: tuple[VectorIndexPart, ...]
    variants: tuple[str, ...]

    def build(self) -> ir.Table:
        return ir.Table(
            symbol=self.symbol,
            name=self.name,
            fields=_fields(self.fields),
            indexes=tuple(index.build() for index in self.indexes),
            search_indexes=tuple(index.build() for index in self.search_indexes),
            vector_indexes=tuple(index.build() for index in self.vector_indexes),
            variants=self.variants,
            doc=self.doc,
            deprecated=self.deprecated,
        )


class FunctionPart(_Part):
    name: str
    wire: str
    kind: ir.FunctionKind
    visibility: ir.Visibility
    doc: str = ""
    deprecated: str | None = None
    args: tuple[FieldPart, ...]
    returns: AnyType

    def build(self) -> ir.Function:
        return ir.Function(
            name=self.name,
            wire=self.wire,
            kind=self.kind,
            visibility=self.visibility,
            args=_fields(self.args),
            returns=self.returns.build(),
            doc=self.doc,
            deprecated=self.deprecated,
        )


class ModulePart(_Part):
    path: str
    wire: str
    doc: str = ""
    functions: tuple[FunctionPart, ...]
    types: tuple[Annotated[ObjectPart | EnumPart | AliasPart, Discriminator("kind")], ...]
    tables: tuple[TablePart, ...]

    def build(self) -> ir.Module:
        return ir.Module(
            path=self.path,
            wire=self.wire,
            functions=tuple(function.build() for function in self.functions),
            types=tuple(definition.build() for definition in self.types),
            tables=tuple(table.build() for table in self.tables),
            doc=self.doc,
        )


class RoutePart(_Part):
    method: ir.HttpMethod
    path: str
    handler: str

    def build(self) -> ir.HttpRoute:
        return ir.HttpRoute(self.method, self.path, self.handler)


class CronPart(_Part):
    name: str
    schedule: str
    function: str

    def build(self) -> ir.Cron:
        return ir.Cron(self.name, self.schedule, self.function)


class IrDocument(_Part):
    """A whole program, as `convexgen spec --format ir` prints it."""

    format: Literal[1]
    modules: tuple[ModulePart, ...]
    routes: tuple[RoutePart, ...]
    crons: tuple[CronPart, ...]

    def build(self) -> ir.Ir:
        return ir.Ir(
            modules=tuple(module.build() for module in self.modules),
            routes=tuple(route.build() for route in self.routes),
            crons=tuple(cron.build() for cron in self.crons),
        )


class IrVersion(_Part):
    """What can be said of a document of any version."""

    format: int


def _fields(fields: tuple[FieldPart, ...]) -> tuple[ir.Field, ...]:
    return tuple(field.build() for field in fields)


def _finite_or_not(value: T | NonFiniteFloat) -> T | float:
    return float(value.float) if isinstance(value, NonFiniteFloat) else value
