"""One of the two programs that are compared, its types taken apart down to what a validator sees.

Named types are resolved: what counts is the shape on the wire, so that giving a class another name is no change. What
an object is called is remembered only to say where a change is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from convexgen import ir
from convexgen.authoring import system_documents
from convexgen.breaking.limits import NO_LIMITS, Limits

Direction = Literal["input", "output"]
"""`input`: what a caller or the database is given. `output`: what a function returns."""

Precision = Literal["types", "validators"]
"""`validators`: only what Convex's own validators tell. They know no whole numbers, dates, limits or defaults."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The declaration that an object's fields stand in: `key` with a field's name is the root of a subject.

    `noun` is what a field of it is called (`"field"`, `"argument"`), `title` what it is called itself; `around` are the
    roots to point at instead of a field that is not there. For views and variants, `shows` is the key of their table.
    """

    key: str
    noun: str
    title: str
    around: tuple[str, ...]
    shows: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ObjectShape:
    """An object with exactly these fields. Without an owner it is written down where it is used.

    There is one of each in a program, so they are told apart by identity: they are looked up at every turn.
    """

    owner: Owner | None
    fields: tuple[ir.Field, ...]


Shape: TypeAlias = ir.Scalar | ir.IdOf | ir.LiteralOf | ir.ArrayOf | ir.RecordOf | ObjectShape


@dataclass(frozen=True, slots=True)
class Member:
    """One of the alternatives that a type consists of."""

    shape: Shape
    limits: Limits = NO_LIMITS


_STRING, _NUMBER, _NULL = ir.Scalar("string"), ir.Scalar("float"), ir.Scalar("null")
_STRING_OR_NULL = ir.UnionOf((_STRING, _NULL))
_PAGINATION_OPTIONS = (
    ir.Field("numItems", "numItems", _NUMBER),
    ir.Field("cursor", "cursor", _STRING_OR_NULL),
    ir.Field("endCursor", "endCursor", _STRING_OR_NULL, "absent"),
    ir.Field("id", "id", _NUMBER, "absent"),
    ir.Field("maximumRowsRead", "maximumRowsRead", _NUMBER, "absent"),
    ir.Field("maximumBytesRead", "maximumBytesRead", _NUMBER, "absent"),
)
_PAGE_STATUS = ir.UnionOf((ir.LiteralOf("SplitRecommended"), ir.LiteralOf("SplitRequired"), _NULL))
_PLAIN: dict[ir.ScalarKind, ir.ScalarKind] = {
    "int": "float",
    "datetime": "float",
    "date": "string",
    "uuid": "string",
    "decimal": "string",
}
"""What is left of these in a validator."""


class Program:
    """Types and tables of one program by name, and what types consist of."""

    def __init__(self, program: ir.Ir, precision: Precision) -> None:
        self.ir = program
        self.modules = {definition.symbol: m.path for m in program.modules for definition in m.types}
        self.types = {definition.symbol: definition for m in program.modules for definition in m.types}
        self.types = {**system_documents.DEFINITIONS, **self.types}
        self.tables = {table.name: (m, table) for m in program.modules for table in m.tables}
        self._coarse = precision == "validators"
        self._known: dict[ir.Type, tuple[Member, ...]] = {}
        self._objects: dict[str, Member] = {}

    def members(self, type_: ir.Type) -> tuple[Member, ...]:
        """The alternatives of a type: unions, enums, aliases and documents taken apart, none twice."""
        found = self._known.get(type_)
        if found is None:
            found = self._known[type_] = _distinct(self._members(type_))
        return found

    def is_declared_alone(self, type_: ir.Type) -> bool:
        """Whether a type is an enum or an alias: one with a name, but no fields with names of their own."""
        return isinstance(type_, ir.Named) and isinstance(self.types[type_.symbol], ir.EnumDef | ir.AliasDef)

    def stored(self, table: ir.Table) -> tuple[Member, ...]:
        """What the documents of a table may be, their system fields left out."""
        if not table.variants:
            return (Member(ObjectShape(self._table_owner(table), table.fields)),)
        return tuple(Member(ObjectShape(self._owner(each), each.fields)) for each in self._variants(table))

    def _members(self, type_: ir.Type) -> Iterator[Member]:
        match type_:
            case ir.UnionOf(members):
                for each in members:
                    yield from self.members(each)
            case ir.Constrained(base, constraints):
                for member in self.members(base):
                    yield member if self._coarse else _limited(member, constraints)
            case ir.Named(symbol):
                yield from self._named(symbol)
            case ir.Document(table):
                yield from self._document(table)
            case ir.PaginationOptions():
                yield Member(ObjectShape(None, _PAGINATION_OPTIONS))
            case ir.Page(element):
                yield Member(ObjectShape(None, _page(element)))
            case ir.Scalar(kind) if self._coarse:
                yield Member(ir.Scalar(_PLAIN.get(kind, kind)))
            case _:
                yield Member(type_)

    def _named(self, symbol: str) -> Iterator[Member]:
        match self.types[symbol]:
            case ir.AliasDef(type=type_):
                yield from self.members(type_)
            case ir.EnumDef(members=members):
                yield from (Member(ir.LiteralOf(member.value)) for member in members)
            case ir.ObjectDef() as definition:
                yield self._object(definition)

    def _object(self, definition: ir.ObjectDef) -> Member:
        if definition.symbol not in self._objects:
            system = () if definition.table is None else _system_fields(definition.table)
            shape = ObjectShape(self._owner(definition), (*system, *definition.fields))
            self._objects[definition.symbol] = Member(shape)
        return self._objects[definition.symbol]

    def _document(self, name: str) -> Iterator[Member]:
        if name not in self.tables:
            yield from (self._object(each) for each in system_documents.DEFINITIONS.values() if each.table == name)
            return
        _, table = self.tables[name]
        if table.variants:
            yield from map(self._object, self._variants(table))
        else:
            yield Member(ObjectShape(self._table_owner(table), (*_system_fields(name), *table.fields)))

    def _variants(self, table: ir.Table) -> Iterator[ir.ObjectDef]:
        for symbol in table.variants:
            definition = self.types[symbol]
            assert isinstance(definition, ir.ObjectDef)
            yield definition

    def _owner(self, definition: ir.ObjectDef) -> Owner | None:
        if not definition.name:  # read from a document that knows no names
            return None
        around = (f"type {definition.symbol}", f"module {self.modules.get(definition.symbol, '')}")
        shows = "" if definition.table is None else f"table {definition.table} field"
        return Owner(f"type {definition.symbol} field", "field", definition.name, around, shows)

    def _table_owner(self, table: ir.Table) -> Owner:
        module, _ = self.tables[table.name]
        around = (f"table {table.name}", f"module {module.path}")
        return Owner(f"table {table.name} field", "field", table.symbol.rpartition(".")[2], around)


def _system_fields(table: str) -> tuple[ir.Field, ...]:
    return ir.Field("id", "_id", ir.IdOf(table)), ir.Field("creation_time", "_creationTime", _NUMBER)


def _page(element: ir.Type) -> tuple[ir.Field, ...]:
    return (
        ir.Field("page", "page", ir.ArrayOf(element)),
        ir.Field("continueCursor", "continueCursor", _STRING),
        ir.Field("isDone", "isDone", ir.Scalar("boolean")),
        ir.Field("splitCursor", "splitCursor", _STRING_OR_NULL, "absent"),
        ir.Field("pageStatus", "pageStatus", _PAGE_STATUS, "absent"),
    )


def _limited(member: Member, constraints: tuple[ir.Constraint, ...]) -> Member:
    """`member` with further limits, if there is anything about it that can be limited."""
    match member.shape:
        case ir.Scalar("null" | "boolean") | ir.LiteralOf() | ir.IdOf() | ObjectShape():
            return member
        case _:
            return Member(member.shape, member.limits.union(constraints))


def _distinct(members: Iterable[Member]) -> tuple[Member, ...]:
    """Each member once; `True` and `False` together are a boolean."""
    found = dict.fromkeys(members)
    both = [Member(ir.LiteralOf(True)), Member(ir.LiteralOf(False))]
    if all(each in found for each in both):
        boolean = Member(ir.Scalar("boolean"))
        found = dict.fromkeys(boolean if each in both else each for each in found)
    return tuple(found)
