"""What an expression in a body is known to be. What is not known is None, and nothing is said about it.

Named tuples, since there are many of them and they are quicker to make than anything else with names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from convexgen.analysis.bodies.shapes import IndexShape, Kinds, TableShape
from convexgen.analysis.resolve import Declared
from convexgen.analysis.signatures import Role
from convexgen.analysis.syntax import BodySyntax, CallExpr


class Context(NamedTuple):
    """`ctx`. `kind` is `"QueryCtx"`, `"MutationCtx"` or `"ActionCtx"`."""

    kind: str


class Part(NamedTuple):
    """`ctx.db`, `ctx.auth`, `ctx.storage`, `ctx.scheduler`."""

    name: str
    kind: str


class TableClass(NamedTuple):
    """A class of a document. `role` is `"table"`, `"variant"` or `"view"`, `name` that of the class."""

    table: TableShape
    role: str
    name: str


class IndexValue(NamedTuple):
    """`Message.by_author`."""

    table: TableShape
    shape: IndexShape


class FieldValue(NamedTuple):
    """`Message.author` or `Message.meta.rank`. `kinds` is what the field holds."""

    table: TableShape
    path: tuple[str, ...]
    kinds: Kinds | None


class Step(NamedTuple):
    """A method called on a query, and its call."""

    method: str
    call: CallExpr


class QueryValue(NamedTuple):
    """`ctx.db.query(Message).…`, as far as it has been narrowed. `by` is the index it goes by."""

    table: TableShape
    steps: tuple[Step, ...] = ()
    by: IndexShape | None = None

    def step(self, method: str) -> Step | None:
        """The call of `method` in the chain."""
        return next((each for each in self.steps if each.method == method), None)


class Document(NamedTuple):
    """A document that was read, or made to be stored (`is_new`), of the class called `name`."""

    table: TableShape
    role: str
    name: str
    is_new: bool = False


class Many(NamedTuple):
    """A list of documents."""

    item: Document


class Plain(NamedTuple):
    """A value of kinds that are known."""

    kinds: Kinds


class Pending(NamedTuple):
    """What has to be awaited. `what` names it for a person, `result` finds out what it gives, which few ask."""

    what: str
    result: Callable[[], Value | None]


class FunctionValue(NamedTuple):
    """A function of the folder. `role` is None for a plain one, `body` if nothing is known of what it does."""

    declared: Declared
    role: Role | None
    body: BodySyntax | None

    @property
    def name(self) -> str:
        return getattr(self.declared.syntax, "name", "")

    @property
    def key(self) -> tuple[str, str]:
        """The module and the name of the function."""
        return self.declared.module, self.name


class Outer(NamedTuple):
    """Something outside of the folder, by its canonical name; for what calling it gives, the same name."""

    name: str


class Method(NamedTuple):
    """A method, yet to be called."""

    owner: Context | Part | QueryValue | TableClass
    name: str


Value: TypeAlias = (
    Context
    | Part
    | TableClass
    | IndexValue
    | FieldValue
    | QueryValue
    | Document
    | Many
    | Plain
    | Pending
    | FunctionValue
    | Outer
    | Method
)
