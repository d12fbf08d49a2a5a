"""Smaller places inside of expressions, which the parser does not tell apart."""

from __future__ import annotations

from convexgen.analysis.syntax import AttributeExpr, CallExpr, KeywordArgument, Place


def name_of_method(call: CallExpr) -> Place:
    """The name of the method that is called; of any other call the whole function."""
    function = call.function
    return last_name(function) if isinstance(function, AttributeExpr) else function.place


def last_name(expression: AttributeExpr) -> Place:
    """The name behind the last dot."""
    _, _, line, column = expression.place
    return Place(line, column - len(expression.name.encode()), line, column)


def name_of_keyword(keyword: KeywordArgument) -> Place:
    """The name before the `=`."""
    line, column, _, _ = keyword.place
    return Place(line, column, line, column + len((keyword.name or "**").encode()))
