"""What an expression in a body is known to be. What is not known is None, and nothing is said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from convexgen.analysis.bodies.shapes import IndexShape, Kinds, TableShape
from convexgen.analysis.resolve import Declared
from convexgen.analysis.signatures import Role
from convexgen.analysis.syntax import BodySyntax, CallExpr


@dataclass(frozen=True, slots=True)
class Context:
    """`ctx`. `kind` is `"QueryCtx"`, `"MutationCtx"` or `"ActionCtx"`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """`ctx.db`, `ctx.auth`, `ctx.storage`, `ctx.scheduler`."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class TableClass:
    """A class of a document. `role` is `"table"`, `"variant"` or `"view"`, `name` that of the class."""

    table: TableShape
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class IndexValue:
    """`Message.by_author`."""

    table: TableShape
    index: IndexShape


@dataclass(frozen=True, slots=True)
class FieldValue:
    """`Message.author` or `Message.meta.rank`. `kinds` is what the field holds."""

    table: TableShape
    path: tuple[str, ...]
    kinds: Kinds | None


@dataclass(frozen=True, slots=True)
class Step:
    """A method called on a query, and its call."""

    method: str
    call: CallExpr


@dataclass(frozen=True, slots=True)
class QueryValue:
    """`ctx.db.query(Message).…`, as far as it has been narrowed. `index` is the one it goes by."""

    table: TableShape
    steps: tuple[Step, ...] = ()
    index: IndexShape | None = None

    def step(self, method: str) -> Step | None:
        """The call of `method` in the chain."""
        return next((each for each in self.steps if each.method == method), None)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read, or made to be stored (`is_new`), of the class called `name`."""

    table: TableShape
    role: str
    name: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """A list of documents."""

    item: Document


@dataclass(frozen=True, slots=True)
class Plain:
    """A value of kinds that are known."""

    kinds: Kinds


@dataclass(frozen=True, slots=True)
class Pending:
    """What has to be awaited, and what it gives then. `what` names it for a person."""

    result: Value | None
    what: str


@dataclass(frozen=True, slots=True)
class FunctionValue:
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


@dataclass(frozen=True, slots=True)
class Outer:
    """Something outside of the folder, by its canonical name; for what calling it gives, the same name."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
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
