"""Turns types of the IR into Python annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from convexgen.emit.python.documents import document_name
from convexgen.emit.python.layout import Alternatives, Attached, Bracketed, Expression, flat, subscript
from convexgen.emit.python.names import BUILTINS, input_name, type_name
from convexgen.emit.python.text import literal, string_literal
from convexgen.ir import (
    ArrayOf,
    Constrained,
    Constraint,
    Document,
    IdOf,
    LiteralOf,
    Named,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    Type,
    TypeName,
    TypeNames,
    UnionOf,
    without_constraints,
)

Direction = Literal["input", "output"]
"""`input`: what the client sends. `output`: what it receives."""

_SCALARS = {
    "string": "str",
    "boolean": "bool",
    "bytes": "bytes",
    "null": "None",
    "any": "Any",
    "float": "float",
    "int": "WireInt",
    "int64": "WireInt64",
    "datetime": "WireDatetime",
    "date": "WireDate",
    "uuid": "WireUuid",
    "decimal": "WireDecimal",
}

SYSTEM_DOCUMENTS = {"_storage": "StoredFile", "_scheduled_functions": "ScheduledJob"}


@dataclass(slots=True, eq=False)
class Annotations:
    """Writes annotations for one class, and keeps in `used` which imported names they need.

    `shadowed` are the names that the class declares. `prefix` stands before the names of generated types. `borrowed`
    says `Sequence` and `Mapping` for `list` and `dict`, which is what an argument should ask for. `limited` keeps
    constraints, which bind only what is made on this side.
    """

    names: TypeNames
    direction: Direction
    shadowed: frozenset[str] = frozenset()
    prefix: str = ""
    borrowed: bool = False
    limited: bool = True
    used: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    """The generated types that have been named."""
    _known: dict[Type, Expression] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """An imported or built-in name."""
        if name in BUILTINS:
            if name not in self.shadowed:
                return name
            self.used.add("builtins")
            return f"builtins.{name}"
        if name != "None":
            self.used.add(name)
        return name

    def of(self, type_: Type) -> Expression:
        """The annotation of `type_`."""
        known = self._known.get(type_)
        if known is None:
            known = self._known[type_] = self._of(type_)
        return known

    def _of(self, type_: Type) -> Expression:
        match type_:
            case Scalar(kind):
                return self.name(_SCALARS[kind])
            case IdOf(table):
                return subscript(self.name("Id"), self._literal([string_literal(table)]))
            case LiteralOf():
                return self._one_of([type_])
            case ArrayOf(element):
                return subscript(self.name("Sequence" if self.borrowed else "list"), self.of(element))
            case RecordOf(key, value):
                mapping = self.name("Mapping" if self.borrowed else "dict")
                return subscript(mapping, self.of(key), self.of(value))
            case UnionOf(members):
                return self._union(members)
            case Document(table):
                return self._document(table)
            case Named(symbol):
                return self._shown(self.names[symbol])
            case PaginationOptions():
                return self.name("PaginationOptions")
            case Page(element):
                return subscript(self.name("WirePage"), self.of(element))
            case Constrained(base, constraints):
                return self._constrained(self.of(base), constraints) if self.limited else self.of(base)

    def or_unset(self, annotation: Expression) -> Expression:
        """`annotation`, or the sign that there is no value."""
        return _alternatives([annotation, self.name("Unset")])

    def _shown(self, name: TypeName) -> str:
        sent = name.splits and self.direction == "input"
        return self._called(input_name(name.name) if sent else type_name(name.name))

    def _called(self, own: str) -> str:
        self.mentioned.add(own)
        if self.prefix:
            self.used.add("models")
        return self.prefix + own

    def _document(self, table: str) -> str:
        system = SYSTEM_DOCUMENTS.get(table)
        return self.name(system) if system is not None else self._called(type_name(document_name(table, self.names)))

    def _union(self, members: Sequence[Type]) -> Expression:
        if not self.limited:
            members = list(_flattened(members))
        literals = [member for member in members if isinstance(member, LiteralOf)]
        parts: list[Expression] = []
        for member in members:
            if not isinstance(member, LiteralOf):
                parts.append(self.name("WireFloat") if _beside_int64(member, members) else self.of(member))
            elif member is literals[0]:
                parts.append(self._one_of(literals))
        return _alternatives(parts)

    def _one_of(self, literals: Sequence[LiteralOf]) -> Expression:
        plain = self._literal([literal(member.value) for member in literals])
        kinds = {type(member.value) for member in literals}
        if len(literals) > 1 and kinds != {bool}:
            return self._annotated(plain, self.name("OPEN"))
        return self._annotated(plain, self.name("CLOSED")) if int in kinds else plain

    def _literal(self, values: Sequence[str]) -> Expression:
        return subscript(self.name("Literal"), *values)

    def _annotated(self, base: Expression, *metadata: Expression) -> Expression:
        return subscript(self.name("Annotated"), base, *metadata)

    def _constrained(self, base: Expression, constraints: Iterable[Constraint]) -> Expression:
        # Where a kind is given twice, both hold.
        limits: list[dict[str, Expression]] = []
        for constraint in constraints:
            free = next((each for each in limits if constraint.kind not in each), None)
            if free is None:
                limits.append(free := {})
            free[constraint.kind] = Attached(f"{constraint.kind}=", literal(constraint.value))
        head = f"{self.name('WireLimits')}("
        return self._annotated(base, *[Bracketed(head, list(each.values()), ")") for each in limits])


def _flattened(members: Iterable[Type]) -> Iterator[Type]:
    """`members` without their constraints, which may have kept unions and literals apart."""
    for member in map(without_constraints, members):
        if isinstance(member, UnionOf):
            yield from _flattened(member.members)
        else:
            yield member


def _beside_int64(member: Type, members: Iterable[Type]) -> bool:
    return member == Scalar("float") and Scalar("int64") in members


def _alternatives(parts: Iterable[Expression]) -> Expression:
    """The union of `parts`, flat; two types of the IR may share an annotation, which then stands there once."""
    distinct: dict[str, Expression] = {}
    for part in parts:
        for member in part.members if isinstance(part, Alternatives) else (part,):
            distinct.setdefault(flat(member), member)
    members = list(distinct.values())
    return members[0] if len(members) == 1 else Alternatives(members)
