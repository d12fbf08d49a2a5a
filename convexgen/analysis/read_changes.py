"""Changes of attributes after which nothing more is done with the object, as far as a function itself shows.

An object that is read again, passed on, returned or kept may have been changed for that, so that nothing is said of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from convexgen.analysis.read_expressions import place_of
from convexgen.analysis.syntax import LostChange

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Changing: TypeAlias = ast.Assign | ast.AugAssign
"""A statement with an attribute as its only target."""

_KEY = "id"
"""What may still be read of a document: which one it is."""


def lost_changes(function: Function, changes: Sequence[Changing]) -> Iterator[LostChange]:
    """Those of the changes, which are in the order of the text, that nobody can see when the function has returned."""
    by_name: dict[str, list[Changing]] = {}
    for each in changes:
        owner = _target(each).value
        if isinstance(owner, ast.Name):
            by_name.setdefault(owner.id, []).append(each)
    for name, own in by_name.items():
        if not _is_used(function, name, own):
            for each in own:
                target = _target(each)
                yield LostChange(name, target.attr, place_of(target))


def _target(change: Changing) -> ast.Attribute:
    target = change.target if isinstance(change, ast.AugAssign) else change.targets[0]
    assert isinstance(target, ast.Attribute)  # as `Changing` says
    return target


def _is_used(function: Function, name: str, changes: Sequence[Changing]) -> bool:
    """Whether anything is done with the object but to change it: whether it goes anywhere, or is read afterwards."""
    own = {id(node) for change in changes for node in ast.walk(change)}
    read = {id(node.value): node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    asked = {id(node) for test in _tests(function) for node in _operands(test)}
    later = {id(node) for inner in _inner_functions(function) for node in ast.walk(inner)}
    first = _begin(function, name, changes[0])
    for node in ast.walk(function):
        if not isinstance(node, ast.Name) or node.id != name or not isinstance(node.ctx, ast.Load):
            continue
        attribute = read.get(id(node))
        if id(node) in later or (attribute is None and id(node) not in asked):
            return True
        is_after = (node.lineno, node.col_offset) > first and id(node) not in own
        if attribute not in (None, _KEY) and is_after:
            return True
    return False


def _inner_functions(function: Function) -> Iterator[ast.AST]:
    """What may run at any time."""
    for node in ast.walk(function):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and node is not function:
            yield node


def _tests(function: Function) -> Iterator[ast.expr]:
    """The expressions that only whether they hold is asked of."""
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
            yield node.test


def _operands(test: ast.expr) -> Iterator[ast.expr]:
    """What a test is made of."""
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from _operands(value)
    elif isinstance(test, ast.UnaryOp):
        yield from _operands(test.operand)
    elif isinstance(test, ast.Compare):
        yield from (test.left, *test.comparators)
    else:
        yield test


def _begin(function: Function, name: str, change: Changing) -> tuple[int, int]:
    """Where what follows a change begins: there, or with a loop around it in which the name is not bound anew."""
    begin = (change.lineno, change.col_offset)
    for node in ast.walk(function):  # from outside to inside
        if isinstance(node, ast.For | ast.AsyncFor | ast.While) and _has(node, change) and not _binds(node, name):
            return min(begin, (node.lineno, node.col_offset))
    return begin


def _has(node: ast.AST, inner: ast.AST) -> bool:
    return any(each is inner for each in ast.walk(node))


def _binds(loop: ast.AST, name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store) for each in ast.walk(loop)
    )
