"""Types of the `Ir`, compiled into functions that say what is wrong with a value, or nothing.

A check is called for every argument, result and document, so each type is compiled once, into closures. What is shown
of a problem is worked out only when there is one. Nothing is coerced: the exact class of a value decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final, TypeAlias
from uuid import UUID

from convexgen.authoring.ids import Int64
from convexgen.authoring.wire import EPOCH, GREATEST_INTEGER, MILLISECOND
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
from convexgen.runtime.program.constraints import broken_constraint
from convexgen.runtime.program.shapes import (
    PAGINATION_OPTIONS,
    Direction,
    Shapes,
    may_be_left_out,
    page_of,
    system_fields,
)
from convexgen.runtime.values import InvalidIdError, Value, decode_id

TableNames: TypeAlias = Mapping[int, str]
"""The names of tables by the numbers that ids carry."""

MISMATCH: Final = "Value does not match validator."
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a value: where, from the outside inwards, and the type that it should have had.

    `type` is None where message and path say all.
    """

    message: str
    value: Value
    type: Type | ObjectDef | None
    path: tuple[str | int, ...] = ()

    def inside(self, key: str | int) -> Problem:
        return Problem(self.message, self.value, self.type, (key, *self.path))


Check: TypeAlias = Callable[[Any, TableNames], Problem | None]


class Checks:
    """The checks of one program, each compiled when it is first asked for."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._known: dict[tuple[Type, Direction], Check] = {}

    def of(self, type_: Type, direction: Direction) -> Check:
        found = self._known.get((type_, direction))
        if found is None:
            # A type that contains itself meets this stand-in while it is compiled, and looks itself up when it is used.
            def later(value: Any, tables: TableNames) -> Problem | None:
                return self._known[type_, direction](value, tables)

            self._known[type_, direction] = later
            found = self._known[type_, direction] = self._compile(type_, direction)
        return found

    def object_of(self, object_: ObjectDef, direction: Direction) -> Check:
        """The check of an object; for a document, its system fields included."""
        fields = tuple(
            (each.wire, self.of(each.type, direction), not may_be_left_out(each, direction))
            for each in (*system_fields(object_.table), *object_.fields)
        )
        return _object(object_, fields)

    def arguments(self, fields: tuple[Field, ...]) -> Check:
        """The check of the one object that a function is called with."""
        return self.object_of(ObjectDef("", "", fields), "input")

    def _compile(self, type_: Type, direction: Direction) -> Check:
        match type_:
            case Scalar(kind):
                return _scalar(kind, type_)
            case IdOf(table):
                return _id_of(table, type_)
            case LiteralOf(value):
                return _one_of((value,), type_)
            case ArrayOf(element):
                return _array(self.of(element, direction), type_)
            case RecordOf(key, value):
                return _record(self.of(key, direction), self.of(value, direction), type_)
            case UnionOf(members):
                if all(isinstance(each, LiteralOf) for each in members):
                    return _one_of(tuple(each.value for each in members if isinstance(each, LiteralOf)), type_)
                return _union(tuple(self.of(each, direction) for each in members), type_)
            case Constrained(base):
                return _constrained(self.of(base, direction), type_, self._is_decimal(base))
            case Document(table):
                shape = self._shapes.document(table)
                return self.object_of(shape, direction) if isinstance(shape, ObjectDef) else self.of(shape, direction)
            case PaginationOptions():
                return self.object_of(PAGINATION_OPTIONS, direction)
            case Page():
                return self.object_of(page_of(type_), direction)
            case Named(symbol):
                return self._named(symbol, type_, direction)

    def _named(self, symbol: str, type_: Named, direction: Direction) -> Check:
        match self._shapes.types[symbol]:
            case AliasDef(type=aliased):
                return self.of(aliased, direction)
            case EnumDef(members=members):
                return _one_of(tuple(each.value for each in members), type_)
            case ObjectDef() as object_:
                return self.object_of(object_, direction)

    def _is_decimal(self, type_: Type) -> bool:
        if isinstance(type_, Named):
            definition = self._shapes.types[type_.symbol]
            return isinstance(definition, AliasDef) and self._is_decimal(definition.type)
        return type_ == Scalar("decimal")


def _exactly(cls: type, type_: Type) -> Check:
    def check(value: Any, tables: TableNames) -> Problem | None:
        return None if type(value) is cls else Problem(MISMATCH, value, type_)

    return check


def _integer(value: Any, tables: TableNames) -> Problem | None:
    if type(value) is not float:
        return Problem(MISMATCH, value, Scalar("int"))
    if not (value.is_integer() and abs(value) <= GREATEST_INTEGER):
        return Problem("Value is not an integer within ±2^53.", value, Scalar("int"))
    return None


def _parsed(cls: type, parse: Callable[[Any], object], what: str, type_: Type) -> Check:
    exactly = _exactly(cls, type_)

    def check(value: Any, tables: TableNames) -> Problem | None:
        if (problem := exactly(value, tables)) is not None:
            return problem
        try:
            parse(value)
        except (ValueError, OverflowError, InvalidOperation):
            return Problem(f"Value is not {what}.", value, type_)
        return None

    return check


def _moment(value: float) -> datetime:
    return EPOCH + value * MILLISECOND


_EXACT: Mapping[ScalarKind, type] = {
    "string": str,
    "boolean": bool,
    "bytes": bytes,
    "null": type(None),
    "float": float,
    "int64": Int64,
}
_PARSED: Mapping[ScalarKind, tuple[type, Callable[[Any], object], str]] = {
    "datetime": (float, _moment, "a moment between the years 1 and 9999, in milliseconds since the epoch"),
    "date": (str, date.fromisoformat, "a date such as 2024-12-31"),
    "uuid": (str, UUID, "a UUID"),
    "decimal": (str, Decimal, "a decimal number"),
}


def _scalar(kind: ScalarKind, type_: Scalar) -> Check:
    if kind == "any":
        return lambda value, tables: None
    if kind == "int":
        return _integer
    if kind in _EXACT:
        return _exactly(_EXACT[kind], type_)
    return _parsed(*_PARSED[kind], type_)


@lru_cache(8192)
def _table_number(text: str) -> int | None:
    """The number of the table that an id belongs to; None if it is no id."""
    try:
        return decode_id(text).table_number
    except InvalidIdError:
        return None


def _id_of(table: str, type_: IdOf) -> Check:
    def check(value: Any, tables: TableNames) -> Problem | None:
        if type(value) is not str or (number := _table_number(value)) is None or number not in tables:
            return Problem(MISMATCH, value, type_)
        found = tables[number]
        if found != table:
            message = (
                f'Found ID "{value}" from table `{found}`, which does not match the table name in validator '
                f'`v.id("{table}")`.'
            )
            return Problem(message, value, None)
        return None

    return check


def _one_of(values: tuple[str | bool | int, ...], type_: Type) -> Check:
    # True and 1.0 are equal to Python, and have one hash: the class tells them apart.
    wire = frozenset((bool, each) if isinstance(each, bool) else _literal_key(each) for each in values)

    def check(value: Any, tables: TableNames) -> Problem | None:
        kind = type(value)
        return None if kind in (str, bool, float) and (kind, value) in wire else Problem(MISMATCH, value, type_)

    return check


def _literal_key(value: str | int) -> tuple[type, str | float]:
    return (str, value) if isinstance(value, str) else (float, float(value))


def _array(element: Check, type_: ArrayOf) -> Check:
    def check(value: Any, tables: TableNames) -> Problem | None:
        if type(value) is not list:
            return Problem(MISMATCH, value, type_)
        for index, item in enumerate(value):
            if (problem := element(item, tables)) is not None:
                return problem.inside(index)
        return None

    return check


def _record(key: Check, item: Check, type_: RecordOf) -> Check:
    def check(value: Any, tables: TableNames) -> Problem | None:
        if type(value) is not dict:
            return Problem(MISMATCH, value, type_)
        for name, each in value.items():
            problem = key(name, tables) or item(each, tables)
            if problem is not None:
                return problem.inside(name)
        return None

    return check


def _union(members: tuple[Check, ...], type_: UnionOf) -> Check:
    def check(value: Any, tables: TableNames) -> Problem | None:
        for member in members:
            if member(value, tables) is None:
                return None
        return Problem(MISMATCH, value, type_)

    return check


def _constrained(base: Check, type_: Constrained, is_decimal: bool) -> Check:
    broken = broken_constraint(type_.constraints)

    def check(value: Any, tables: TableNames) -> Problem | None:
        problem = base(value, tables)
        if problem is not None:
            return problem
        message = broken(Decimal(value) if is_decimal else value)
        return None if message is None else Problem(message, value, type_)

    return check


def _object(object_: ObjectDef, fields: tuple[tuple[str, Check, bool], ...]) -> Check:
    names = frozenset(name for name, _, _ in fields)

    def check(value: Any, tables: TableNames) -> Problem | None:
        if type(value) is not dict:
            return Problem(MISMATCH, value, object_)
        found = 0
        for name, each, required in fields:
            item = value.get(name, _ABSENT)
            if item is _ABSENT:
                if required:
                    return Problem(_missing(name), value, object_)
                continue
            found += 1
            problem = each(item, tables)
            if problem is not None:
                return problem.inside(name)
        if found != len(value):
            return Problem(_extra(next(name for name in sorted(value) if name not in names)), value, object_)
        return None

    return check


def _missing(name: str) -> str:
    return (
        f"Object is missing the required field `{name}`. Consider wrapping the field validator in "
        "`v.optional(...)` if this is expected."
    )


def _extra(name: str) -> str:
    return f"Object contains extra field `{name}` that is not in the validator."
