"""One source file as libcst reads it, and the ways to ask it for what a finding points at."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar, cast

import libcst as cst
from libcst.metadata import CodeRange, PositionProvider

from convexgen.diagnostics import Diagnostic
from convexgen.source import SourceFile, Span

Node = TypeVar("Node", bound=cst.CSTNode)
_Range = tuple[int, int, int, int]
_BYTE_ORDER_MARK = "\ufeff"


class Import(NamedTuple):
    """`from module import name`. The module is as it is written, so it may begin with dots."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of one node. `change` is given the node with the edits inside of it made already.

    Of edits of a node that have one `key`, which several findings may ask for, the first is made. Only an edit that
    `takes_comments` may lose some.
    """

    node: cst.CSTNode
    change: Callable[[Any], cst.CSTNode | cst.RemovalSentinel]
    key: Hashable = None
    takes_comments: bool = False

    @classmethod
    def of(cls, node: Node, change: Callable[[Node], cst.CSTNode | cst.RemovalSentinel], key: Hashable = None) -> Edit:
        return cls(node, change, key)

    @classmethod
    def removal(cls, node: cst.CSTNode) -> Edit:
        return cls(node, lambda _: cst.RemoveFromParent())


@dataclass(frozen=True, slots=True)
class Mended:
    """All that one mend does to a file. `imports` are to be imported as well, unless they are.

    `elsewhere` is what it does to other files.
    """

    edits: tuple[Edit, ...] = ()
    imports: frozenset[Import] = frozenset()
    elsewhere: tuple[tuple[Site, tuple[Edit, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A file that can be mended, and beside it all files of the project as they are now, which `open` makes ready."""

    path: str
    module: cst.Module
    mark: str
    sources: tuple[SourceFile, ...]
    nodes: Mapping[_Range, tuple[cst.CSTNode, ...]]
    parents: Mapping[cst.CSTNode, cst.CSTNode]
    open: Callable[[SourceFile], Site | None]

    def at(self, span: Span, kind: type[Node]) -> Node | None:
        """The node of this kind that takes up exactly this stretch of the file."""
        return next((node for node in self.nodes.get(_key_of(span), ()) if isinstance(node, kind)), None)

    def expression_at(self, span: Span) -> cst.BaseExpression | None:
        """The expression that takes up exactly this stretch of the file, but for parentheses around it."""
        return next((node for node in self.nodes.get(_key_of(span), ()) if isinstance(node, cst.BaseExpression)), None)

    def holder(self, span: Span, kind: type[Node]) -> Node | None:
        """The node of this kind that has, as a direct part, one that takes up exactly this stretch of the file."""
        parents = (self.parents.get(node) for node in self.nodes.get(_key_of(span), ()))
        return next((parent for parent in parents if isinstance(parent, kind)), None)

    def comment_at(self, span: Span) -> cst.Comment | None:
        """The comment that a stretch of the file is a part of."""
        for (line, start, _, end), found in self.nodes.items():
            if line == span.line and start <= span.column < end:
                for node in found:
                    if isinstance(node, cst.Comment):
                        return node
        return None

    def around(self, node: cst.CSTNode | None, kind: type[Node]) -> Node | None:
        """The parent of a node, if it is of this kind."""
        parent = self.parents.get(node) if node is not None else None
        return parent if isinstance(parent, kind) else None

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What a node is a part of, from the inside out."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def outermost(self, node: cst.CSTNode) -> cst.CSTNode:
        """The part of the module itself that a node is, or is in."""
        path = [node, *self.ancestors(node)]
        return path[-2] if len(path) > 1 else node

    def inside(self, node: cst.CSTNode, kind: type[Node]) -> Node | None:
        """The innermost node of this kind that a node is a part of."""
        return next((each for each in self.ancestors(node) if isinstance(each, kind)), None)

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node."""
        return self.module.code_for_node(node)


class Mend(Protocol):
    """One way to mend findings of one rule. None where it does not fit."""

    def __call__(self, site: Site, finding: Diagnostic, /) -> Mended | None: ...


def fact(finding: Diagnostic, name: str) -> str | None:
    """What a finding knows under this name, None for nothing."""
    return dict(finding.facts).get(name) or None


def read_site(source: SourceFile, open_site: Callable[[SourceFile], Site | None]) -> Site | None:
    """`source`, ready to be mended; None unless it is UTF-8, valid Python, and sure to come back byte for byte."""
    try:
        text = source.content.decode("utf-8")
        encoding = tokenize.detect_encoding(io.BytesIO(source.content).readline)[0]
        module = cst.parse_module(text.removeprefix(_BYTE_ORDER_MARK))
        comes_back = module.code == text.removeprefix(_BYTE_ORDER_MARK)
        places = _Places().of(module)
    except (UnicodeDecodeError, SyntaxError, cst.ParserSyntaxError, RecursionError):
        return None
    if not comes_back or not (text.isascii() or encoding.startswith("utf-8")):
        return None
    nodes: dict[_Range, tuple[cst.CSTNode, ...]] = {}
    for node, place in places.items():
        key = _key(place)
        nodes[key] = (*nodes.get(key, ()), node)
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    return Site(source.path, module, mark, (), nodes, _parents(module), open_site)


class _Places(PositionProvider):
    """Where all nodes stand. libcst's own way to ask for that goes through the whole tree once more for nothing."""

    def of(self, module: cst.Module) -> Mapping[cst.CSTNode, CodeRange]:
        self._gen_impl(module)
        return cast(Mapping[cst.CSTNode, CodeRange], self._computed)


def _parents(module: cst.Module) -> dict[cst.CSTNode, cst.CSTNode]:
    """What each node is a part of: as libcst tells it, in a fifteenth of the time."""
    parents: dict[cst.CSTNode, cst.CSTNode] = {}
    waiting: list[cst.CSTNode] = [module]
    while waiting:
        node = waiting.pop()
        for name in _parts(type(node)):
            part = getattr(node, name)
            for each in part if isinstance(part, list | tuple) else (part,):
                if isinstance(each, cst.CSTNode):
                    parents[each] = node
                    waiting.append(each)
    return parents


@cache
def _parts(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def comments(node: cst.CSTNode | cst.RemovalSentinel) -> list[str]:
    """The comments in a node, in order."""
    found: list[str] = []

    class Comments(cst.CSTVisitor):
        def visit_Comment(self, node: cst.Comment) -> None:  # noqa: N802 - libcst's name
            found.append(node.value)

    if isinstance(node, cst.CSTNode):
        node.visit(Comments())
    return found


def separator(
    gap: cst.BaseParenthesizableWhitespace, following: cst.Param | cst.ParamStar | cst.ImportAlias
) -> cst.Comma:
    """The comma behind something new before `following`, which stands behind `gap`: each on a line if that is so."""
    comma = following.comma
    one_a_line = isinstance(comma, cst.Comma) and isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace)
    if one_a_line and isinstance(gap, cst.ParenthesizedWhitespace):
        first_line = cst.TrailingWhitespace(newline=gap.first_line.newline)
        return cst.Comma(whitespace_after=gap.with_changes(first_line=first_line, empty_lines=[]))
    return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _key_of(span: Span) -> _Range:
    return span.line, span.column, span.end_line, span.end_column


def _key(place: CodeRange) -> _Range:
    """A place as findings have it: columns count from 1, where libcst's count from 0."""
    return place.start.line, place.start.column + 1, place.end.line, place.end.column + 1
