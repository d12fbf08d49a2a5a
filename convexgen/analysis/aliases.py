"""Names for types: `X: TypeAlias = …`, `type X = …`, `NewType`, and plain assignments that are used as types."""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.analysis.classes import class_of, is_type_variable
from convexgen.analysis.read import read_expression
from convexgen.analysis.resolve import Declared, External, Program
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    AttributeExpr,
    CallExpr,
    ConstantExpr,
    Expr,
    NameExpr,
    OpaqueExpr,
    OrExpr,
    SequenceExpr,
    SubscriptExpr,
)


def alternatives_of(expression: Expr) -> Iterator[Expr]:
    """The members of `A | B | C`, or the expression alone."""
    if isinstance(expression, OrExpr):
        yield from alternatives_of(expression.left)
        yield from alternatives_of(expression.right)
    else:
        yield expression


def alternatives(program: Program, module: str, expression: Expr) -> tuple[Expr, ...]:
    """The members of a union however it is written, or the expression alone."""
    if isinstance(expression, OrExpr):
        return tuple(alternatives_of(expression))
    if isinstance(expression, SubscriptExpr):
        meaning = program.meaning(module, expression.value)
        if meaning == External("typing.Union"):
            return tuple(inner for item in expression.items for inner in alternatives(program, module, item))
    return (expression,)


def alias_value(program: Program, module: str, syntax: AssignmentSyntax) -> Expr | None:
    """The type that an assignment gives a name to; None if it does not define a type."""
    value = syntax.value
    if value is None:
        return None
    if syntax.annotation is not None:
        if program.meaning(module, syntax.annotation) != External("typing.TypeAlias"):
            return None
        if isinstance(value, ConstantExpr) and isinstance(value.value, str):
            return read_expression(value.value, value.place)
        return value
    if syntax.is_alias:
        return value
    if isinstance(value, CallExpr):
        is_new_type = program.meaning(module, value.function) == External("typing.NewType")
        return value.args[1] if is_new_type and len(value.args) == 2 else None
    if isinstance(value, SubscriptExpr | OrExpr):
        return value
    if isinstance(value, ConstantExpr | SequenceExpr | OpaqueExpr):
        return None
    # `Msg = Message` is an alias; `LIMIT = OTHER_LIMIT` is a value.
    meaning = program.meaning(module, value)
    if isinstance(meaning, Declared) and isinstance(meaning.syntax, AssignmentSyntax):
        if (meaning.module, meaning.syntax) == (module, syntax):
            return None
        return value if alias_value(program, meaning.module, meaning.syntax) is not None else None
    return value if isinstance(meaning, External) or class_of(meaning) is not None else None


def is_second_name(syntax: AssignmentSyntax) -> bool:
    """Whether an assignment only gives something a second name (`Msg = Message`), which clients need not know."""
    plain = not syntax.is_alias and syntax.annotation is None
    return plain and isinstance(syntax.value, NameExpr | AttributeExpr)


def alias_parameters(program: Program, module: str, value: Expr) -> tuple[str, ...]:
    """The type variables in an alias of the old form, in order of appearance."""
    names: dict[str, None] = {}
    for name in names_in(value):
        if isinstance(name, NameExpr) and is_type_variable(program, program.lookup(module, name.name)):
            names[name.name] = None
    return tuple(names)


def names_in(expression: Expr) -> Iterator[Expr]:
    """The names in a type expression, dotted ones whole."""
    match expression:
        case OrExpr(left, right):
            yield from names_in(left)
            yield from names_in(right)
        case SubscriptExpr(value, items):
            yield value
            for item in items:
                yield from names_in(item)
        case NameExpr():
            yield expression
        case _:
            if hasattr(expression, "value") and not isinstance(expression, ConstantExpr):
                yield expression
