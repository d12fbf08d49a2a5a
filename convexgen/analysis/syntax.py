"""What is kept of a module's text: declarations and the expressions that they are made of, each with its place.

Named tuples rather than dataclasses: these trees cross a process boundary and lie in the cache, and a tuple is
pickled at the speed of C. Function bodies are not kept.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Place(NamedTuple):
    """Where an expression stands: lines from 1, columns from 0 in UTF-8 bytes, as the parser counts them."""

    line: int
    column: int
    end_line: int
    end_column: int


class NameExpr(NamedTuple):
    """A bare name."""

    name: str
    place: Place


class AttributeExpr(NamedTuple):
    """`value.name`."""

    value: Expr
    name: str
    place: Place


class SubscriptExpr(NamedTuple):
    """`value[items]`; a tuple inside the brackets is spread."""

    value: Expr
    items: tuple[Expr, ...]
    place: Place


class ConstantExpr(NamedTuple):
    """A literal: str, bytes, bool, int, float, complex, None or Ellipsis. `kind` keeps `1` and `True` apart."""

    value: object
    kind: str
    place: Place


class OrExpr(NamedTuple):
    """`left | right`."""

    left: Expr
    right: Expr
    place: Place


class SequenceExpr(NamedTuple):
    """A list or tuple display."""

    items: tuple[Expr, ...]
    place: Place


class KeywordArgument(NamedTuple):
    """`name=value` in a call; `name` is None for `**value`."""

    name: str | None
    value: Expr
    place: Place


class CallExpr(NamedTuple):
    """`function(args, keywords)`."""

    function: Expr
    args: tuple[Expr, ...]
    keywords: tuple[KeywordArgument, ...]
    place: Place


class OpaqueExpr(NamedTuple):
    """Anything else. `what` names it for a person (`"a lambda"`)."""

    what: str
    place: Place


Expr: TypeAlias = (
    NameExpr | AttributeExpr | SubscriptExpr | ConstantExpr | OrExpr | SequenceExpr | CallExpr | OpaqueExpr
)


class ImportedName(NamedTuple):
    """One name bound by an import. `name` is None for `import module`, `"*"` for a star import.

    `module` is as written, `level` the number of leading dots.
    """

    local: str
    module: str
    level: int
    name: str | None
    place: Place


class AssignmentSyntax(NamedTuple):
    """`target = value`, `target: annotation = value` or `type target = value` (`is_alias`), and the string after it."""

    target: str
    annotation: Expr | None
    value: Expr | None
    doc: str
    place: Place
    is_alias: bool = False
    type_params: tuple[str, ...] = ()


class ParameterSyntax(NamedTuple):
    """A parameter. `kind` is `"plain"`, `"keyword"`, `"positional"`, `"args"` or `"kwargs"`."""

    name: str
    annotation: Expr | None
    default: Expr | None
    kind: str
    place: Place


class FunctionSyntax(NamedTuple):
    """A function at module level. Of one without decorators only the name and its place matter."""

    name: str
    is_async: bool
    decorators: tuple[Expr, ...]
    parameters: tuple[ParameterSyntax, ...]
    returns: Expr | None
    doc: str
    place: Place


class ClassSyntax(NamedTuple):
    """A class: `body` holds its annotated and plain assignments in order, `methods` the other names it defines."""

    name: str
    bases: tuple[Expr, ...]
    keywords: tuple[KeywordArgument, ...]
    decorators: tuple[Expr, ...]
    body: tuple[AssignmentSyntax, ...]
    methods: tuple[FunctionSyntax, ...]
    doc: str
    place: Place
    type_params: tuple[str, ...] = ()


class CallStatement(NamedTuple):
    """A call standing by itself at module level (`http.route(...)`)."""

    call: CallExpr


class Unreadable(NamedTuple):
    """Names bound in a way that only running the module could tell: in a loop, under a condition, by `del`."""

    names: tuple[str, ...]
    what: str
    place: Place


Statement: TypeAlias = ImportedName | AssignmentSyntax | FunctionSyntax | ClassSyntax | CallStatement | Unreadable


class ModuleSyntax(NamedTuple):
    """One file. `path` is its path in the project, `name` its dotted name in the functions folder (`""`: the root)."""

    path: str
    name: str
    is_package: bool
    doc: str
    body: tuple[Statement, ...]
