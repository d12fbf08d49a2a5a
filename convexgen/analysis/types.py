"""From annotations to types of the `Ir`: the table of types in one place.

A type that cannot be understood gives a finding and stands as `any` until the end of the run, in which nothing is
written; so no later step needs to know that something is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from convexgen import ir
from convexgen.analysis import constants
from convexgen.analysis.advice import needs_arguments, with_arguments
from convexgen.analysis.aliases import alias_parameters, alias_value, alternatives_of, is_second_name, names_in
from convexgen.analysis.classes import (
    ClassRef,
    class_of,
    describe,
    has_broken_base,
    is_type_variable,
    kind_of,
    type_parameters,
)
from convexgen.analysis.declarations import Findings
from convexgen.analysis.metadata import Metadata, add_metadata, constrained
from convexgen.analysis.not_types import report_external, report_meaning, report_unreadable
from convexgen.analysis.read import read_expression
from convexgen.analysis.resolve import Declared, External, Program
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    CallExpr,
    ClassSyntax,
    ConstantExpr,
    Expr,
    NameExpr,
    OpaqueExpr,
    OrExpr,
    Place,
    SequenceExpr,
    SubscriptExpr,
)
from convexgen.analysis.table_classes import table_called, table_name, table_of
from convexgen.authoring import system_documents
from convexgen.rules import reading, schema
from convexgen.symbols import instance_symbol, type_word, union_of

ANY = ir.Scalar("any")
NULL = ir.Scalar("null")

_SCALARS: Mapping[str, ir.Scalar] = {
    "builtins.str": ir.Scalar("string"),
    "builtins.bool": ir.Scalar("boolean"),
    "builtins.bytes": ir.Scalar("bytes"),
    "builtins.int": ir.Scalar("int"),
    "builtins.float": ir.Scalar("float"),
    "typing.Any": ANY,
    "convexgen.Int64": ir.Scalar("int64"),
    "datetime.datetime": ir.Scalar("datetime"),
    "datetime.date": ir.Scalar("date"),
    "uuid.UUID": ir.Scalar("uuid"),
    "decimal.Decimal": ir.Scalar("decimal"),
}
_ARRAYS = frozenset({"builtins.list", "typing.Sequence", "builtins.tuple"})
_RECORDS = frozenset({"builtins.dict", "typing.Mapping"})
SYSTEM_TABLES: Mapping[str, str] = {
    symbol: each.table for symbol, each in system_documents.DEFINITIONS.items() if each.table is not None
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an annotation stands: in which module, with which type variables bound, in which class (for `Self`)."""

    module: str
    variables: Mapping[str, ir.Type] = field(default_factory=dict)
    owner: ClassRef | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A named type that an annotation mentioned: a class with type arguments, an alias, or a type of our own."""

    source: ClassRef | Declared | str
    arguments: tuple[ir.Type, ...] = ()


class Types:
    """Reads annotations of one program, and remembers which named types they ask for."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.requests: dict[str, Request] = {}
        self._by_name: dict[tuple[str, str], ir.Type] = {}

    def read(self, annotation: Expr, scope: Scope, findings: Findings) -> ir.Type:
        """The type that `annotation` means; what is wrong with it goes to `findings`."""
        match annotation:
            case ConstantExpr(None, place=_):
                return NULL
            case ConstantExpr(str(text), place=place):
                return self._string(text, place, scope, findings)
            case OrExpr():
                return self.union(tuple(alternatives_of(annotation)), scope, findings)
            case SubscriptExpr(value, items, place):
                return self._subscript(value, items, place, scope, findings)
            case OpaqueExpr(what, place):
                report_unreadable(place, what, findings)
                return ANY
            case CallExpr(place=place):
                report_unreadable(place, "a call", findings)
                return ANY
            case SequenceExpr(place=place) | ConstantExpr(place=place):
                help_ = "write `list[T]` for a list, `Literal[…]` for a value"
                findings.report(reading.UNSUPPORTED_TYPE, "this is a value, not a type", place, help=help_)
                return ANY
            case _:
                return self._name(annotation, scope, findings)

    def union(self, members: Iterable[Expr], scope: Scope, findings: Findings) -> ir.Type:
        """The union of `members`: flat, none twice, and only the member itself where there is just one."""
        return union_of(self.read(member, scope, findings) for member in members)

    def _string(self, text: str, place: Place, scope: Scope, findings: Findings) -> ir.Type:
        expression = read_expression(text, place)
        if expression is None:
            message = f"the annotation `{text}` is not an expression"
            findings.report(reading.UNREADABLE_EXPRESSION, message, place, help="write a type inside the quotes")
            return ANY
        return self.read(expression, scope, findings)

    def _name(self, expression: Expr, scope: Scope, findings: Findings) -> ir.Type:
        if not isinstance(expression, NameExpr):
            return self._dotted(expression, scope, findings)
        if expression.name in scope.variables:
            return scope.variables[expression.name]
        key = (scope.module, expression.name)
        known = self._by_name.get(key)
        if known is None:
            before = len(findings)
            known = self._dotted(expression, scope, findings)
            if len(findings) == before and expression.name != "Self":
                self._by_name[key] = known  # without findings, the name means the same wherever it stands
        return known

    def _dotted(self, expression: Expr, scope: Scope, findings: Findings) -> ir.Type:
        meaning = self.program.meaning(scope.module, expression)
        match meaning:
            case External(name):
                return self._external(name, expression, scope, findings)
            case Declared(module, ClassSyntax() as syntax):
                return self._class(ClassRef(module, syntax), (), expression.place, scope, findings)
            case Declared(module, AssignmentSyntax() as syntax):
                return self._alias(meaning, module, syntax, (), expression, scope, findings)
            case _:
                report_meaning(self.program, scope.module, meaning, expression, findings)
                return ANY

    def _external(self, name: str, expression: Expr, scope: Scope, findings: Findings) -> ir.Type:
        place = expression.place
        if name in _SCALARS:
            return _SCALARS[name]
        if name in _ARRAYS or name in _RECORDS or name == "convexgen.Page" or needs_arguments(name):
            text = describe(expression)
            message = f"`{text}` does not say what it holds"
            help_ = f"write `{with_arguments(name, text)}`"
            findings.report(reading.MISSING_TYPE_ARGUMENT, message, place, help=help_)
            return ANY
        if name == "convexgen.Id":
            findings.report(
                reading.MISSING_TYPE_ARGUMENT, "`Id` does not say of which table", place, help="write `Id[Table]`"
            )
            return ANY
        if name == "convexgen.PaginationOptions":
            return ir.PaginationOptions()
        if name in SYSTEM_TABLES:
            return self._request(name, Request(name))
        if name == "convexgen.Unset":
            help_ = "write `x: T | Unset = UNSET` on a field or an argument"
            findings.report(schema.MISPLACED_UNSET, "nothing can be left out here", place, help=help_)
            return ANY
        if name == "typing.Self" and scope.owner is not None:
            return self._class(scope.owner, (), place, scope, findings)
        report_external(self.program, scope.module, name, expression, findings)
        return ANY

    def _subscript(
        self, value: Expr, items: tuple[Expr, ...], place: Place, scope: Scope, findings: Findings
    ) -> ir.Type:
        meaning = self.program.meaning(scope.module, value)
        match meaning:
            case External(name):
                return self._generic(name, value, items, place, scope, findings)
            case Declared(module, ClassSyntax() as syntax):
                arguments = tuple(self.read(item, scope, findings) for item in items)
                return self._class(ClassRef(module, syntax), arguments, place, scope, findings)
            case Declared(module, AssignmentSyntax() as syntax):
                arguments = tuple(self.read(item, scope, findings) for item in items)
                return self._alias(meaning, module, syntax, arguments, value, scope, findings)
            case _:
                report_meaning(self.program, scope.module, meaning, value, findings)
                return ANY

    def _generic(
        self, name: str, value: Expr, items: tuple[Expr, ...], place: Place, scope: Scope, findings: Findings
    ) -> ir.Type:
        if name in _ARRAYS:
            return self._array(name, items, place, scope, findings)
        if name in _RECORDS:
            return self._record(items, place, scope, findings)
        match name, items:
            case "typing.Optional", (item,):
                return union_of((self.read(item, scope, findings), NULL))
            case "typing.Union", _:
                return self.union(items, scope, findings)
            case "typing.Literal", _:
                return self._literal(items, place, scope, findings)
            case "typing.Annotated", (inner, *metadata):
                found = Metadata()
                for each in metadata:
                    add_metadata(self.program, found, each, scope.module, findings)
                return constrained(self.read(inner, scope, findings), found.constraints, findings)
            case (("typing.Final" | "typing.Required" | "typing.NotRequired" | "typing.ReadOnly"), (item,)):
                return self.read(item, scope, findings)
            case "convexgen.Id", (item,):
                return self._id(item, scope, findings)
            case "convexgen.Page", (item,):
                return ir.Page(self.read(item, scope, findings))
            case (("convexgen.Id" | "convexgen.Page" | "typing.Optional"), _):
                message = f"`{describe(value)}[…]` takes one type, not {len(items)}"
                findings.report(reading.TYPE_ARGUMENT_COUNT, message, place, help=_either(describe(value), items))
            case _:
                report_external(self.program, scope.module, name, value, findings)
        return ANY

    def _array(self, name: str, items: tuple[Expr, ...], place: Place, scope: Scope, findings: Findings) -> ir.Type:
        if name == "builtins.tuple":
            if len(items) == 2 and isinstance(items[1], ConstantExpr) and items[1].value is ...:
                return ir.ArrayOf(self.read(items[0], scope, findings))
            message = "a tuple of fixed length has no counterpart among Convex values"
            findings.report(
                reading.UNSUPPORTED_TYPE, message, place, help="write `tuple[T, ...]`, or a dataclass with named fields"
            )
            return ANY
        if len(items) != 1:
            message = f"a list holds one type, not {len(items)}"
            findings.report(reading.TYPE_ARGUMENT_COUNT, message, place, help=_either("list", items))
            return ANY
        return ir.ArrayOf(self.read(items[0], scope, findings))

    def _record(self, items: tuple[Expr, ...], place: Place, scope: Scope, findings: Findings) -> ir.Type:
        if len(items) != 2:
            message = f"a dict takes two types, not {len(items)}"
            findings.report(reading.TYPE_ARGUMENT_COUNT, message, place, help="write `dict[str, T]`")
            return ANY
        key = self.read(items[0], scope, findings)
        is_any = self.program.meaning(scope.module, items[0]) == External("typing.Any")
        if is_any or (key != ANY and not self._can_be_key(key)):
            message = "a dict's keys are strings or ids: `dict[str, T]` or `dict[Id[Table], T]`"
            help_ = "for known keys write a `TypedDict` or a model; for numbers use `str` keys or a list of objects"
            findings.report(schema.RECORD_KEY, message, items[0].place, help=help_)
            key = ir.Scalar("string")
        return ir.RecordOf(key, self.read(items[1], scope, findings))

    def _can_be_key(self, key: ir.Type) -> bool:
        match key:
            case ir.Scalar("string") | ir.IdOf():
                return True
            case ir.UnionOf(members):
                return all(map(self._can_be_key, members))
            case ir.Constrained(base):
                return self._can_be_key(base)
            case ir.Named(symbol):
                value = self.aliased(symbol)
                return value is not None and self._can_be_key(value)
            case _:
                return False

    def aliased(self, symbol: str) -> ir.Type | None:
        """The type that an alias of this symbol stands for; None if the symbol is not that of an alias."""
        source = self.requests[symbol].source
        if not isinstance(source, Declared) or not isinstance(source.syntax, AssignmentSyntax):
            return None
        value = alias_value(self.program, source.module, source.syntax)
        return None if value is None else self.read(value, Scope(source.module), Findings(""))

    def _literal(self, items: tuple[Expr, ...], place: Place, scope: Scope, findings: Findings) -> ir.Type:
        members: list[ir.Type] = []
        if not items:
            findings.report(schema.EMPTY_TYPE, "this `Literal` has no values", place, help='write `Literal["a", "b"]`')
        for item in items:
            if isinstance(item, SubscriptExpr):  # a `Literal` inside of a `Literal` is spread by Python too
                members.append(self.read(item, scope, findings))
                continue
            known = constants.evaluate(self.program, scope.module, item)
            if known is None or isinstance(known.value, float) or not _can_be_literal(known.value):
                self._report_literal(item, findings)
            else:
                members.append(NULL if known.value is None else ir.LiteralOf(known.value))
        return union_of(members) if members else ANY

    def _report_literal(self, item: Expr, findings: Findings) -> None:
        what = item.what if isinstance(item, OpaqueExpr) else f"`{describe(item)}`"
        message = f"{what} cannot stand in a `Literal`"
        help_ = "use a string, a bool, an int within ±2**53, or a member of an enum"
        findings.report(schema.INVALID_LITERAL, message, item.place, help=help_)

    def _id(self, item: Expr, scope: Scope, findings: Findings) -> ir.Type:
        given = item
        if isinstance(item, ConstantExpr) and isinstance(item.value, str):
            item = read_expression(item.value, item.place) or item
        meaning = self.program.meaning(scope.module, item)
        if isinstance(meaning, External) and meaning.name in SYSTEM_TABLES:
            return ir.IdOf(SYSTEM_TABLES[meaning.name])
        is_self = meaning == External("typing.Self")
        ref = scope.owner if is_self else class_of(meaning)
        text = given.value if isinstance(given, ConstantExpr) else None
        owner = table_called(self.program, scope.module, text) if ref is None and isinstance(text, str) else None
        if owner is not None:
            message = f"`Id[…]` takes the class of a table, and `{describe(given)}` is the name of one"
            findings.report(schema.NOT_A_TABLE, message, given.place, help=f"write `Id[{owner}]`", meant=owner)
            return ANY
        if ref is None and meaning is not None and not isinstance(meaning, External | Declared):
            report_meaning(self.program, scope.module, meaning, item, findings)
            return ANY
        if self.program.is_broken_import(scope.module, item):
            return ANY
        table = table_of(self.program, ref) if ref is not None else None
        if ref is None or table is None or (kind_of(self.program, ref) == "view" and not is_self):
            message = f"`{describe(item)}` is not a table"
            findings.report(schema.NOT_A_TABLE, message, item.place, help="`Id[…]` takes a class that extends `Table`")
            return ANY
        name = table_name(self.program, table)
        return ANY if name is None else ir.IdOf(name)

    def _class(
        self, ref: ClassRef, arguments: tuple[ir.Type, ...], place: Place, scope: Scope, findings: Findings
    ) -> ir.Type:
        kind = kind_of(self.program, ref)
        if kind == "table":
            name = table_name(self.program, ref)
            return ANY if name is None else ir.Document(name)
        if kind in ("plain", "foreign") and has_broken_base(self.program, ref):
            return ANY
        if kind in ("plain", "foreign"):
            message = f"`{ref.syntax.name}` is not a kind of class that has fields on the wire"
            help_ = f"make `{ref.syntax.name}` a pydantic `BaseModel`, a dataclass or a `TypedDict`"
            findings.report(reading.UNSUPPORTED_CLASS, message, place, help=help_)
            return ANY
        parameters = type_parameters(self.program, ref) if kind != "enum" else ()
        if len(parameters) != len(arguments):
            message = f"`{ref.syntax.name}` takes {_count(len(parameters), 'type')}, not {len(arguments)}"
            example = ", ".join(parameters)
            help_ = f"write `{ref.syntax.name}[{example}]`" if parameters else f"write `{ref.syntax.name}`"
            findings.report(reading.TYPE_ARGUMENT_COUNT, message, place, help=help_)
            return ANY
        return self._request(instance_symbol(ref.symbol, arguments), Request(ref, arguments))

    def _alias(
        self,
        meaning: Declared,
        module: str,
        syntax: AssignmentSyntax,
        arguments: tuple[ir.Type, ...],
        expression: Expr,
        scope: Scope,
        findings: Findings,
    ) -> ir.Type:
        value = alias_value(self.program, module, syntax)
        if value is None:
            text = describe(expression)
            if is_type_variable(self.program, meaning):
                message, help_ = f"the type variable `{text}` stands for nothing here", "name a type"
            else:
                message, help_ = f"`{text}` is a value, not a type", "name a class or a type alias"
            findings.report(reading.UNSUPPORTED_TYPE, message, expression.place, help=help_)
            return ANY
        if self._goes_round(module, value, {meaning.symbol}):
            message = f"`{describe(expression)}` is defined by way of itself"
            findings.report(reading.CIRCULAR_DEFINITION, message, expression.place)
            return ANY
        parameters = syntax.type_params or alias_parameters(self.program, module, value)
        if len(parameters) != len(arguments):
            message = f"`{describe(expression)}` takes {_count(len(parameters), 'type')}, not {len(arguments)}"
            findings.report(reading.TYPE_ARGUMENT_COUNT, message, expression.place)
            return ANY
        if arguments:  # a generic alias has no name on the wire: it stands for what it is filled with
            inner = Scope(module, dict(zip(parameters, arguments, strict=True)))
            return self.read(value, inner, findings)
        if is_second_name(syntax):
            return self.read(value, Scope(module), findings)
        return self._request(meaning.symbol, Request(meaning))

    def _goes_round(self, module: str, value: Expr, seen: set[str]) -> bool:
        """Whether an alias leads back to itself through aliases alone (not through the fields of a class)."""
        for name in names_in(value):
            meaning = self.program.meaning(module, name)
            if isinstance(meaning, Declared) and isinstance(meaning.syntax, AssignmentSyntax):
                inner = alias_value(self.program, meaning.module, meaning.syntax)
                if meaning.symbol in seen:
                    return True
                if inner is not None and self._goes_round(meaning.module, inner, seen | {meaning.symbol}):
                    return True
        return False

    def _request(self, symbol: str, request: Request) -> ir.Named:
        self.requests.setdefault(symbol, request)
        return ir.Named(symbol)


def type_name(symbol: str, request: Request, requests: Mapping[str, Request]) -> str:
    """The own name of a requested type, before names are made unique for the whole program."""
    own = request.source.syntax.name if isinstance(request.source, ClassRef) else symbol.rpartition(".")[2]
    return own + "".join(
        type_word(argument, lambda inner: type_name(inner, requests[inner], requests)) for argument in request.arguments
    )


def _can_be_literal(value: object) -> bool:
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= 2**53
    return value is None or isinstance(value, bool)


def _either(text: str, items: tuple[Expr, ...]) -> str:
    """What to write instead of `text[items]` where one type is wanted; an `Id` is of one table at a time."""
    names = list(map(describe, items))
    if text == "Id":
        return f"write `{' | '.join(f'Id[{name}]' for name in names)}`"
    return f"write `{text}[{' | '.join(names)}]`"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
