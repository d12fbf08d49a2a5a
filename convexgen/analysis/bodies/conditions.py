"""What is passed to `with_index` and its like, taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from convexgen.analysis.bodies.evaluate import Evaluation
from convexgen.analysis.bodies.shapes import Kinds, TableShape
from convexgen.analysis.bodies.values import FieldValue, Plain
from convexgen.analysis.classes import describe
from convexgen.analysis.syntax import (
    AttributeExpr,
    BooleanExpr,
    CompareExpr,
    ConstantExpr,
    Expr,
    NameExpr,
    OpaqueExpr,
    OrExpr,
    SubscriptExpr,
)

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field compared with a value. `operator` is as if the field stood first, `position` that of the argument."""

    position: int
    field: FieldValue
    field_expression: Expr
    operator: str
    value: Expr
    whole: CompareExpr

    @property
    def path(self) -> str:
        return ".".join(self.field.path)


@dataclass(frozen=True, slots=True)
class NoCondition:
    """An argument that cannot be a condition, why, and what to write."""

    whole: Expr
    message: str
    help: str
    kind: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """An argument of which nothing is known."""


def read_conditions(
    evaluation: Evaluation, arguments: tuple[Expr, ...], *, any_of: bool
) -> list[Comparison | NoCondition | Unclear]:
    """The arguments taken apart. With `any_of`, conditions may be joined by `|`."""
    return [
        found
        for position, argument in enumerate(arguments)
        for found in _read(evaluation, position, argument, any_of=any_of)
    ]


def _read(
    evaluation: Evaluation, position: int, argument: Expr, *, any_of: bool
) -> Iterator[Comparison | NoCondition | Unclear]:
    if isinstance(argument, OrExpr) and any_of:
        yield from _read(evaluation, position, argument.left, any_of=True)
        yield from _read(evaluation, position, argument.right, any_of=True)
    elif isinstance(argument, CompareExpr):
        yield _comparison(evaluation, position, argument)
    else:
        yield _other(evaluation, argument)


def _comparison(evaluation: Evaluation, position: int, whole: CompareExpr) -> Comparison | NoCondition | Unclear:
    left, right = evaluation.value(whole.left), evaluation.value(whole.right)
    operator = whole.operator
    if isinstance(left, FieldValue):
        field, expression, value = left, whole.left, whole.right
    elif isinstance(right, FieldValue):
        field, expression, value = right, whole.right, whole.left
        operator = _MIRRORED.get(operator, operator)
    elif _is_value(evaluation, whole.left) and _is_value(evaluation, whole.right):
        message = "this compares two values, and no field of the table"
        return NoCondition(whole, message, "compare a field, as in `Message.author == author`", "values")
    else:
        return Unclear()
    if operator in ("is", "in", "is not", "not in"):
        message = f"`{operator}` on a field is decided at once, and by Python"
        others = {"is": "write `==`", "is not": "an index cannot answer that: use a filter"}
        help_ = others.get(operator, "run a query for each value, or use a filter")
        return NoCondition(whole, message, help_, operator)
    return Comparison(position, field, expression, operator, value, whole)


def _is_value(evaluation: Evaluation, expression: Expr) -> bool:
    return isinstance(expression, ConstantExpr) or isinstance(evaluation.value(expression), Plain)


def _other(evaluation: Evaluation, argument: Expr) -> NoCondition | Unclear:
    if isinstance(argument, ConstantExpr):
        return NoCondition(argument, f"`{describe(argument)}` is no condition", _COMPARE, "constant")
    if isinstance(argument, BooleanExpr) and any(map(_compares, argument.values)):
        message = f"`{argument.operator}` asks for the truth of a condition, which it has none of its own"
        help_ = "pass them one by one, separated by commas" if argument.operator == "and" else _OR
        return NoCondition(argument, message, help_, argument.operator)
    if isinstance(argument, OpaqueExpr) and argument.what == "a chain of comparisons":
        message = "a chain of comparisons asks for the truth of a condition, which it has none of its own"
        return NoCondition(argument, message, "pass two conditions, separated by a comma", "chain")
    value = evaluation.value(argument)
    if isinstance(value, FieldValue):
        name = describe(argument)
        return NoCondition(argument, f"`{name}` alone is no condition", f"write `{name} == True`", "field")
    return Unclear()


def _compares(expression: Expr) -> bool:
    return isinstance(expression, CompareExpr) or (
        isinstance(expression, OpaqueExpr) and expression.what == "a chain of comparisons"
    )


def can_hold(field: Kinds | None, value: Kinds | None) -> bool:
    """Whether a field of these kinds may hold such a value, as far as is known."""
    if field is None or value is None or not field or not value:
        return True
    numbers = {"int", "float"}
    return bool(field & value) or bool(field & numbers and value & numbers) or _is_text_for_id(field, value)


def _is_text_for_id(field: Kinds, value: Kinds) -> bool:
    """An id is a `str`, so whether some text is an id is for the type checker."""
    ids = any(kind.startswith("id:") for kind in field), any(kind.startswith("id:") for kind in value)
    return (ids[0] and "str" in value) or (ids[1] and "str" in field)


def spell(kinds: Kinds, evaluation: Evaluation) -> str:
    """Kinds as they are written in an annotation."""
    names: list[str] = []
    for kind in sorted(kinds, key=lambda kind: (kind in ("null", "unset"), kind)):
        table: TableShape | None = evaluation.shapes.by_symbol(kind[3:]) if kind.startswith("id:") else None
        names.append(f"Id[{table.name}]" if table is not None else {"null": "None", "unset": "Unset"}.get(kind, kind))
    return f"`{' | '.join(names)}`"


def written(expression: Expr) -> str:
    """A condition as a person would write it, with `…` for what is long."""
    if isinstance(expression, CompareExpr):
        return f"{written(expression.left)} {expression.operator} {written(expression.right)}"
    if isinstance(expression, ConstantExpr) and isinstance(expression.value, str) and '"' not in expression.value:
        return f'"{expression.value}"' if expression.value.isprintable() else "…"
    if isinstance(expression, NameExpr | AttributeExpr | ConstantExpr | SubscriptExpr):
        return describe(expression)
    return "…"


_COMPARE = "compare a field of the table, as in `Message.author == author`"
_OR = "an index gives one range: run two queries"
