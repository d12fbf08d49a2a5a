"""Decorated functions where none is looked for: inside of conditions, of loops and of other functions.

Python makes functions of them, and they might be meant for clients; so they are found in order to be told.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

_INDENTED_DECORATOR = re.compile(rb"^[ \t]+@", re.MULTILINE)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def hidden_functions(content: bytes, tree: Iterable[ast.stmt]) -> Iterator[tuple[FunctionNode, str]]:
    """The functions of a module, each with what it stands in, without methods of classes at the top level."""
    return _within(tree, "") if _INDENTED_DECORATOR.search(content) else iter(())


def mentions_type_checking(test: ast.expr) -> bool:
    """Whether a condition is about type checkers alone."""
    match test:
        case ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case ast.UnaryOp(ast.Not(), operand):
            return mentions_type_checking(operand)
        case _:
            return False


def _within(body: Iterable[ast.stmt], place: str) -> Iterator[tuple[FunctionNode, str]]:
    """Those in `body`, which stands in `place`: empty where functions are looked for."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if place and node.decorator_list:
                    yield node, place
                yield from _within(node.body, f"the function `{node.name}`")
            case ast.ClassDef():
                yield from _in_class(node, place)
            case ast.If(test, inner, orelse):
                condition = place or ("" if mentions_type_checking(test) else "a condition")
                yield from _within((*inner, *orelse), condition)
            case ast.Try(inner, handlers, orelse, final) | ast.TryStar(inner, handlers, orelse, final):
                yield from _within((*inner, *orelse, *final), place)
                for handler in handlers:
                    yield from _within(handler.body, place or "an `except`")
            case ast.With(body=inner):
                yield from _within(inner, place)
            case ast.For(body=inner, orelse=orelse) | ast.While(body=inner, orelse=orelse):
                yield from _within((*inner, *orelse), place or "a loop")
            case ast.Match(cases=cases):
                for case in cases:
                    yield from _within(case.body, place or "a condition")


def _in_class(node: ast.ClassDef, place: str) -> Iterator[tuple[FunctionNode, str]]:
    """Methods of a class at the top level are read with it."""
    name = f"the class `{node.name}`"
    for each in node.body:
        is_read = not place and isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from _within(each.body, f"the function `{each.name}`") if is_read else _within([each], name)  # type: ignore[attr-defined]
