"""The types of the program as TypeScript types, in either direction."""

from __future__ import annotations

from functools import lru_cache

from convexgen.emit.typescript import names as naming
from convexgen.emit.typescript.layout import Alternatives, Applied, Member, Node, flat
from convexgen.emit.typescript.text import key, literal, string
from convexgen.ir import (
    ArrayOf,
    Constrained,
    Document,
    Field,
    IdOf,
    LiteralOf,
    Named,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    ScalarKind,
    Type,
    TypeNames,
    UnionOf,
)

_SCALARS: dict[ScalarKind, str] = {
    "string": "string",
    "boolean": "boolean",
    "bytes": "ArrayBuffer",
    "null": "null",
    "any": "any",
    "float": "number",
    "int": "number",
    "int64": "bigint",
    "datetime": "number",
    "date": "string",
    "uuid": "string",
    "decimal": "string",
}

SYSTEM_TABLES = frozenset({"_storage", "_scheduled_functions"})
"""Tables that every deployment has. The npm package describes them, not the program's data model."""


class Expressions:
    """Writes types for one stretch of one file and remembers which imports that stretch needs.

    `taken` are the names that the file declares itself. `uses` grows while types are written: `types.Card` stands for
    an import of `Card` from `types`, `convex.PaginationOptions` for one from the npm package.
    """

    __slots__ = ("_names", "_taken", "uses")

    def __init__(self, names: TypeNames, taken: frozenset[str]) -> None:
        self._names = names
        self._taken = taken
        self.uses: set[str] = set()

    def node(self, type_: Type, incoming: bool) -> Node:
        """`type_` as clients send it (`incoming`) or as they receive it."""
        match type_:
            case Scalar():
                return _SCALARS[type_.kind]
            case IdOf():
                self.uses.add("dataModel.Id")
                return _of_table("Id", type_.table)
            case Document():
                return self._document(type_.table)
            case Constrained():
                return self.node(type_.base, incoming)
            case ArrayOf():
                return Applied("Array", (self.node(type_.element, incoming),))
            case Named():
                return self.named(type_.symbol, incoming)
            case UnionOf():
                return union([self.node(member, incoming) for member in type_.members])
            case LiteralOf():
                return literal(type_.value)
            case RecordOf():
                return Applied("Record", (self.node(type_.key, incoming), self.node(type_.value, incoming)))
            case Page():
                self.uses.add("convex.PaginationResult")
                return Applied("PaginationResult", (self.node(type_.element, incoming),))
            case PaginationOptions():
                self.uses.add("convex.PaginationOptions")
                return "PaginationOptions"

    def named(self, symbol: str, incoming: bool) -> str:
        """The name by which this file calls the named type `symbol`."""
        name = naming.shown(self._names[symbol], incoming)
        self.uses.add(f"types.{name}")
        return naming.local(name, self._taken)

    def _document(self, table: str) -> Node:
        if table in SYSTEM_TABLES:
            self.uses |= {"convex.DocumentByName", "convex.SystemDataModel"}
            return Applied("DocumentByName", ("SystemDataModel", string(table)))
        self.uses.add("dataModel.Doc")
        return _of_table("Doc", table)

    def member(self, field: Field, incoming: bool, comments: tuple[str, ...]) -> Member:
        """A field or argument as a property. On the way out a defaulted one is always there."""
        optional = field.presence == "absent" or (incoming and field.presence == "defaulted")
        return Member(key(field.wire), self.node(field.type, incoming), optional, comments)


@lru_cache(maxsize=1024)
def _of_table(head: str, table: str) -> Node:
    """`Id<"users">` or `Doc<"users">`: nodes are never changed, so all that mention a table can share them."""
    return Applied(head, (string(table),))


def union(members: list[Node]) -> Node:
    """A union of what is left when members that look the same in TypeScript are told once (`int | float`)."""
    distinct: dict[str, Node] = {}
    for member in members:
        for inner in member.members if isinstance(member, Alternatives) else (member,):
            distinct.setdefault(flat(inner), inner)
    match tuple(distinct.values()):
        case ():
            return "never"
        case (only,):
            return only
        case several:
            return Alternatives(several)
