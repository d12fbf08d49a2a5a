"""What is kept of a module's text: declarations and the expressions that they are made of, each with its place.

Named tuples rather than dataclasses: these trees cross a process boundary and lie in the cache, and a tuple is
pickled at the speed of C. Of function bodies only what rules ask about is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from typing import dataclass_transform

    # To type checkers these are classes like any other: comparing the types of trees of tuples part by part took mypy
    # twice as long as all the rest of this project.
    @dataclass_transform(frozen_default=True)
    class Record: ...

else:
    Record = NamedTuple


class Place(NamedTuple):
    """Where an expression stands: lines from 1, columns from 0 in UTF-8 bytes, as the parser counts them."""

    line: int
    column: int
    end_line: int
    end_column: int


class NameExpr(Record):
    """A bare name."""

    name: str
    place: Place


class AttributeExpr(Record):
    """`value.name`."""

    value: Expr
    name: str
    place: Place


class SubscriptExpr(Record):
    """`value[items]`; a tuple inside the brackets is spread."""

    value: Expr
    items: tuple[Expr, ...]
    place: Place


class ConstantExpr(Record):
    """A literal: str, bytes, bool, int, float, complex, None or Ellipsis. `kind` keeps `1` and `True` apart."""

    value: object
    kind: str
    place: Place


class OrExpr(Record):
    """`left | right`."""

    left: Expr
    right: Expr
    place: Place


class SequenceExpr(Record):
    """A list or tuple display."""

    items: tuple[Expr, ...]
    place: Place


class KeywordArgument(Record):
    """`name=value` in a call; `name` is None for `**value`."""

    name: str | None
    value: Expr
    place: Place


class CallExpr(Record):
    """`function(args, keywords)`."""

    function: Expr
    args: tuple[Expr, ...]
    keywords: tuple[KeywordArgument, ...]
    place: Place


class OpaqueExpr(Record):
    """Anything else. `what` names it for a person (`"a lambda"`)."""

    what: str
    place: Place


class CompareExpr(Record):
    """`left operator right`, in a body."""

    left: Expr
    operator: str
    right: Expr
    place: Place


class BooleanExpr(Record):
    """`values[0] and values[1] …`, or with `or`, in a body."""

    operator: str
    values: tuple[Expr, ...]
    place: Place


class LambdaExpr(Record):
    """A lambda, in a body."""

    parameters: tuple[str, ...]
    body: Expr
    place: Place


class AwaitExpr(Record):
    """`await value`, in a body."""

    value: Expr
    place: Place


Expr: TypeAlias = (
    NameExpr
    | AttributeExpr
    | SubscriptExpr
    | ConstantExpr
    | OrExpr
    | SequenceExpr
    | CallExpr
    | OpaqueExpr
    | CompareExpr
    | BooleanExpr
    | LambdaExpr
    | AwaitExpr
)


class ImportedName(Record):
    """One name bound by an import. `name` is None for `import module`, `"*"` for a star import.

    `module` is as written, `level` the number of leading dots.
    """

    local: str
    module: str
    level: int
    name: str | None
    place: Place


class AssignmentSyntax(Record):
    """`target = value`, `target: annotation = value` or `type target = value` (`is_alias`), and the string after it."""

    target: str
    annotation: Expr | None
    value: Expr | None
    doc: str
    place: Place
    is_alias: bool = False
    type_params: tuple[str, ...] = ()


class ParameterSyntax(Record):
    """A parameter. `kind` is `"plain"`, `"keyword"`, `"positional"`, `"args"` or `"kwargs"`."""

    name: str
    annotation: Expr | None
    default: Expr | None
    kind: str
    place: Place


class FunctionSyntax(Record):
    """A function at module level. Of one without decorators only the name and its place matter."""

    name: str
    is_async: bool
    decorators: tuple[Expr, ...]
    parameters: tuple[ParameterSyntax, ...]
    returns: Expr | None
    doc: str
    place: Place


class ClassSyntax(Record):
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


class CallStatement(Record):
    """A call standing by itself at module level (`http.route(...)`)."""

    call: CallExpr


class Unreadable(Record):
    """Names bound in a way that only running the module could tell: in a loop, under a condition, by `del`."""

    names: tuple[str, ...]
    what: str
    place: Place


class HiddenFunction(Record):
    """A decorated function where none is looked for. `within` says where, for a person (`"a condition"`)."""

    function: FunctionSyntax
    within: str


Statement: TypeAlias = (
    ImportedName | AssignmentSyntax | FunctionSyntax | ClassSyntax | CallStatement | Unreadable | HiddenFunction
)


class Use(Record):
    """An expression in a body that begins at the context, at something imported or at a function of the module.

    Of what plain functions and classes are called with, only contexts are kept. `taken` says what becomes of the value:
    `"awaited"`, `"dropped"`, `"returned"`, `"kept"` (under `name`), `"iterated"` (by `async for`), `"looped"` (by a
    plain `for`), `"consumed"` (used as if it were there: compared, looped over, looked into) or `"passed"`.
    `block` numbers the list of statements it stands in, `turn` counts the awaits before it, `loop` numbers the
    innermost loop around it (0: none).
    """

    expression: Expr
    taken: str
    name: str
    block: int
    turn: int
    loop: int


class Binding(Record):
    """What a local name is bound to: `value`, or one after another of the items of `value`."""

    value: Expr
    is_item: bool


class GlobalWrite(Record):
    """A change of what the module itself holds. `method` is set where it is done by a call, as in `SEEN.add(…)`."""

    name: str
    method: str
    place: Place


class LostChange(Record):
    """`name.attribute = …`, in a function that has no use for `name` afterwards."""

    name: str
    attribute: str
    place: Place


class BodySyntax(Record):
    """What a function does, as far as rules ask. `is_coroutine`: calling it gives something to await.

    `parameters` and `returns` are there if it is decorated or takes a context. `bindings` has every local name, with
    what it is bound to if that is known and the only thing. `later` tells for each name that a use was kept under how
    it is taken afterwards, `loops` how many awaits each loop has (by number).
    """

    name: str
    is_coroutine: bool
    place: Place
    parameters: tuple[ParameterSyntax, ...]
    returns: Expr | None
    imports: tuple[ImportedName, ...]
    bindings: Mapping[str, Binding | None]
    uses: tuple[Use, ...]
    writes: tuple[GlobalWrite, ...]
    lost: tuple[LostChange, ...]
    later: Mapping[str, frozenset[str]]
    loops: tuple[int, ...]
    lends: bool


class ModuleSyntax(Record):
    """One file. `path` is its path in the project, `name` its dotted name in the functions folder (`""`: the root).

    `functions` has what the functions at module level do, by the places of their names.
    """

    path: str
    name: str
    is_package: bool
    doc: str
    body: tuple[Statement, ...]
    functions: Mapping[Place, BodySyntax]
