"""What functions do: their bodies, walked once, for what rules ask about. Everything else in them is forgotten."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from convexgen.analysis.body_names import SearchedNames, lines_with
from convexgen.analysis.read_steps import BodyWalk, FunctionNode, is_context
from convexgen.analysis.read_uses import ordinary
from convexgen.analysis.syntax import BodySyntax, Place, Statement


def bodies(content: bytes, tree: Sequence[ast.stmt], statements: Iterable[Statement]) -> dict[Place, BodySyntax]:
    """What the functions of a module do, by the places of their names. `statements` are what else was read of it.

    Plain functions that do not take a context, and have nothing in their text that a rule asks about, are left out.
    """
    names = SearchedNames(statements)
    found: dict[Place, BodySyntax] = {}
    for node in _told_of(content, tree, names):
        try:
            body = BodyWalk(names, node).body()
        except RecursionError:
            continue  # nested too deeply to be followed: nothing is said about it
        found[body.place] = body
    return found


def _told_of(content: bytes, tree: Sequence[ast.stmt], names: SearchedNames) -> Iterator[FunctionNode]:
    """The functions that a rule may have something to say about, or about those who call them."""
    waiting: list[FunctionNode] = []
    for node in _functions(tree):
        if node.decorator_list or type(node) is ast.AsyncFunctionDef or _takes_context(node):
            yield node
        else:
            waiting.append(node)
    words = names.telling_words
    while waiting and words:
        lines = lines_with(content, words)
        telling = [node for node in waiting if _has_line(node, lines)]
        yield from telling
        waiting = [node for node in waiting if not _has_line(node, lines)]
        words = [f"{node.name}(".encode() for node in telling]


def _takes_context(node: FunctionNode) -> bool:
    return any(is_context(each.annotation) for each in ordinary(node.args))


def _has_line(node: FunctionNode, lines: Sequence[int]) -> bool:
    first = bisect_left(lines, node.lineno)
    return first < len(lines) and lines[first] <= (node.end_lineno or node.lineno)


def _functions(tree: Iterable[ast.stmt]) -> Iterator[FunctionNode]:
    for node in tree:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node
            case ast.If(body=body, orelse=orelse):
                yield from _functions((*body, *orelse))
            case ast.Try(body=body, orelse=orelse, finalbody=final):
                yield from _functions((*body, *orelse, *final))
            case ast.With(body=body):
                yield from _functions(body)
