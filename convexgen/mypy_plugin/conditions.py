"""Reading `Message.author == author` from a syntax tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from mypy.nodes import ComparisonExpr, Expression, MemberExpr, OpExpr, RefExpr, TypeInfo, UnaryExpr, Var
from mypy.nodes import TypeAlias as AliasNode
from mypy.types import Instance, get_proper_type

from convexgen.mypy_plugin.tables import SYSTEM_FIELDS, TABLE, facts_of

_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Comparison(NamedTuple):
    """A field compared with a value; `3 < Message.likes` is read as `Message.likes > 3`, which is what it does.

    `path` is in Python names, from the document inwards.
    """

    whole: Expression
    field: MemberExpr
    table: TypeInfo
    path: tuple[str, ...]
    operator: str
    value: Expression


class NoCondition(NamedTuple):
    """Something about fields that is no condition when it runs, though it is a `bool` to a type checker."""

    place: Expression
    message: str
    help: str


Condition: TypeAlias = Comparison | NoCondition


def read_conditions(expression: Expression, *, any_of: bool = False) -> tuple[Condition, ...]:
    """The condition that `expression` is, or with `any_of` those joined by `|`; none if it tells of no field."""
    if isinstance(expression, ComparisonExpr):
        condition = _comparison(expression)
    elif isinstance(expression, OpExpr) and expression.op == "|" and any_of:
        return (*read_conditions(expression.left, any_of=True), *read_conditions(expression.right, any_of=True))
    else:
        condition = _no_comparison(expression)
    return (condition,) if condition else ()


def _comparison(expression: ComparisonExpr) -> Condition | None:
    fields = [operand for operand in expression.operands if field_path(operand)]
    if not fields:
        return None
    if len(expression.operators) > 1:
        advice = "write a condition for each bound, separated by a comma"
        return NoCondition(expression, "a chain of comparisons is no condition", advice)
    [operator], (left, right) = expression.operators, expression.operands
    if operator not in _MIRRORED:
        advice = "compare with one value by `==`; for several values, use a query for each"
        return NoCondition(expression, f"`{operator}` is no condition", advice)
    if len(fields) > 1:
        return NoCondition(
            right, "a condition compares a field with a value, and this is a field", "compare in a filter"
        )
    field, value, meant = (left, right, operator) if fields[0] is left else (right, left, _MIRRORED[operator])
    found = field_path(field)
    assert found is not None and isinstance(field, MemberExpr)
    return Comparison(expression, field, *found, meant, value)


def _no_comparison(expression: Expression) -> NoCondition | None:
    several = "pass several conditions, separated by commas: all of them must hold"
    if field_path(expression):
        written = _words(expression)
        return NoCondition(expression, f"`{written}` alone is no condition", f"write `{written} == True`")
    if isinstance(expression, OpExpr) and _tells_of_a_field(expression):
        return NoCondition(expression, f"conditions cannot be joined by `{expression.op}`", several)
    if isinstance(expression, UnaryExpr) and _tells_of_a_field(expression):
        advice = "use the opposite comparison, or a filter"
        return NoCondition(expression, f"a condition cannot be turned round by `{expression.op}`", advice)
    return None


def _tells_of_a_field(expression: Expression) -> bool:
    if isinstance(expression, OpExpr):
        return _tells_of_a_field(expression.left) or _tells_of_a_field(expression.right)
    if isinstance(expression, UnaryExpr):
        return _tells_of_a_field(expression.expr)
    if isinstance(expression, ComparisonExpr):
        return any(field_path(operand) for operand in expression.operands)
    return field_path(expression) is not None


def field_path(expression: Expression) -> tuple[TypeInfo, tuple[str, ...]] | None:
    """The table and the path of `Message.meta.rank`; None for any other expression."""
    if not isinstance(expression, MemberExpr):
        return None
    table = table_named(expression.expr)
    if table is not None:
        return (table, (expression.name,)) if _is_field(table, expression.name) else None
    outer = field_path(expression.expr)
    return outer and (outer[0], (*outer[1], expression.name))


def table_named(expression: Expression) -> TypeInfo | None:
    """The table that an expression names: `Message`, `schema.Message`, or an alias for it."""
    node = expression.node if isinstance(expression, RefExpr) else None
    if isinstance(node, AliasNode):
        target = get_proper_type(node.target)
        node = target.type if isinstance(target, Instance) else None
    return node if isinstance(node, TypeInfo) and node.has_base(TABLE) else None


def _is_field(table: TypeInfo, name: str) -> bool:
    if name in SYSTEM_FIELDS:
        return True
    for base in table.mro:
        facts = facts_of(base)
        if facts is not None and name in facts["fields"]:
            symbol = base.names.get(name)
            return symbol is not None and isinstance(symbol.node, Var) and not symbol.node.is_classvar
    return False


def parts_of(field: MemberExpr) -> Iterator[MemberExpr]:
    """`Message.meta.rank`, then `Message.meta`."""
    part: Expression = field
    while isinstance(part, MemberExpr) and table_named(part) is None:
        yield part
        part = part.expr


def _words(expression: Expression) -> str:
    if isinstance(expression, MemberExpr):
        return f"{_words(expression.expr)}.{expression.name}"
    return expression.name if isinstance(expression, RefExpr) and hasattr(expression, "name") else ""
