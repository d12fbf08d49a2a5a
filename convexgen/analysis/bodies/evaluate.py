"""What the expressions of a body are: contexts, tables, queries, documents, things to be awaited.

Names are followed through assignments, as long as each is bound once. Nothing is guessed: what is not certain is None.
What happens on the way, such as the calls of methods that rules care for, is noted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from convexgen.analysis.bodies.contexts import ATTRIBUTES, AWAITED, METHODS, PARTS, RUNNING, RUNS, SCHEDULING
from convexgen.analysis.bodies.names import Names
from convexgen.analysis.bodies.shapes import Kinds, Shapes, TableShape
from convexgen.analysis.bodies.values import (
    Context,
    Document,
    FieldValue,
    FunctionValue,
    IndexValue,
    Many,
    Method,
    Outer,
    Part,
    Pending,
    Plain,
    QueryValue,
    Step,
    TableClass,
    Value,
)
from convexgen.analysis.outside import Outside, outside
from convexgen.analysis.read import unquoted
from convexgen.analysis.resolve import External, Program
from convexgen.analysis.signatures import Role
from convexgen.analysis.syntax import (
    AttributeExpr,
    AwaitExpr,
    BodySyntax,
    CallExpr,
    ConstantExpr,
    Expr,
    ImportedName,
    NameExpr,
    SubscriptExpr,
    Use,
)

_CONTEXTS = {f"convexgen.{name}": name for name in ("QueryCtx", "MutationCtx", "ActionCtx")}
_CONTEXT_OF = {"query": "QueryCtx", "mutation": "MutationCtx", "action": "ActionCtx", "http": "ActionCtx"}
NARROWING = frozenset({"with_index", "with_search_index", "order", "filter"})
READING = frozenset({"collect", "take", "first", "unique", "paginate"})
_NULL: Kinds = frozenset({"null"})


class Called(NamedTuple):
    """A call of a method of the context or of a query. `owner` is the query before the call."""

    owner: Context | Part | QueryValue
    method: str
    call: CallExpr

    @property
    def run(self) -> tuple[Expr, ...]:
        """Of a call that runs or schedules a function: that function, and what is passed to it by position."""
        if isinstance(self.owner, Context):
            return self.call.args if self.method in RUNNING else ()
        is_job = isinstance(self.owner, Part) and self.owner.name == "scheduler" and self.method in SCHEDULING
        return self.call.args[1:] if is_job else ()


class Reached(NamedTuple):
    """Something outside of the transaction that the body reaches, and where it says so."""

    name: str
    what: Outside
    expression: Expr


@dataclass(slots=True)
class Noted:
    """What happened while a body was evaluated, in its order.

    `looked_into` has what should have been awaited, where it stands and what is done with it; `lacking` what a context
    or a part of one was asked for and does not have. `functions` are called with what the walk kept of their arguments:
    contexts. `lends` tells whether one of those went to something that is not known.
    """

    called: list[Called] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)
    looked_into: list[tuple[Pending, Expr, Expr]] = field(default_factory=list)
    lacking: list[tuple[Context | Part, AttributeExpr]] = field(default_factory=list)
    functions: list[tuple[FunctionValue, CallExpr]] = field(default_factory=list)
    lends: bool = False


class UseValue(NamedTuple):
    """A use, and what its expression is."""

    use: Use
    value: Value | None


class Evaluation:
    """One body being evaluated. `uses` are in order, `noted` is what happened."""

    def __init__(self, names: Names, module: str, body: BodySyntax, role: Role | None) -> None:
        self.shapes: Shapes = names.shapes
        self.program: Program = names.program
        self.module = module
        self.body = body
        self.role = role
        self.noted = Noted()
        self._names = names
        self._quiet = 0
        self._values: dict[int, Value | None] = {}
        self._named: dict[str, Value | None] = {}
        self._imports: dict[str, ImportedName] = {each.local: each for each in body.imports}
        self._parameters = {each.name: each for each in body.parameters}
        self.uses = [UseValue(use, self._evaluate(use.expression)) for use in body.uses]

    def value(self, expression: Expr) -> Value | None:
        """What an expression is, without anything being noted."""
        self._quiet += 1
        found = self._evaluate(expression)
        self._quiet -= 1
        return found

    def kinds(self, expression: Expr) -> Kinds | None:
        """What values an expression may give."""
        if isinstance(expression, ConstantExpr):
            name = {"NoneType": "null"}.get(expression.kind, expression.kind)
            return frozenset({name}) if name in ("str", "int", "float", "bool", "bytes", "null") else None
        found = self.value(expression)
        return found.kinds if isinstance(found, Plain) else None

    @property
    def contexts(self) -> frozenset[str]:
        """The kinds of context that the function takes."""
        found = (None if name in self.body.bindings else self._parameter(name) for name in self._parameters)
        return frozenset(each.kind for each in found if isinstance(each, Context))

    def _evaluate(self, expression: Expr) -> Value | None:
        """What an expression is. Each is looked at aloud once, with the use that it is a part of."""
        if type(expression) is NameExpr:
            return self._name(expression.name)
        handler = _HANDLERS.get(type(expression))
        if handler is None:
            return None
        known = id(expression)
        if self._quiet and known in self._values:
            return self._values[known]
        found = self._values[known] = handler(self, expression)
        return found

    # Names

    def _name(self, name: str) -> Value | None:
        if name not in self._named:
            self._named[name] = None  # bound by way of itself
            self._named[name] = self._look_up(name)
        return self._named[name]

    def _look_up(self, name: str) -> Value | None:
        if name in self.body.bindings:
            binding = self.body.bindings[name]
            if binding is None or name in self._parameters:
                return None
            value = self.value(binding.value)  # whatever happens there is noted where it stands
            return _item(value) if binding.is_item else value
        if name in self._parameters:
            return self._parameter(name)
        if name in self._imports:
            meaning = self.program.imported(self.module, self._imports[name])
            return Outer(meaning.name) if isinstance(meaning, External) else None
        return self._names.named(self.module, name)

    def _parameter(self, name: str) -> Value | None:
        parameter = self._parameters[name]
        is_first = self.body.parameters[0] is parameter
        if parameter.annotation is None:
            return Context(_CONTEXT_OF[self.role.kind]) if self.role is not None and is_first else None
        annotation = unquoted(parameter.annotation)
        meaning = self.program.meaning(self.module, annotation)
        if isinstance(meaning, External) and meaning.name in _CONTEXTS:
            return Context(_CONTEXTS[meaning.name])
        return self._names.annotated(self.module, annotation)

    # Attributes

    def _attribute(self, expression: AttributeExpr) -> Value | None:
        owner = self._evaluate(expression.value)
        name = expression.name
        if owner is None:
            # `integrations.post`, `schema.Message`: names of modules are no values of their own.
            return self._through_module(expression)
        if type(owner) is QueryValue:  # the most common by far, and quicker than `match`
            return Method(owner, name)
        if type(owner) is Part:
            if name not in METHODS[owner] and not self._quiet:
                self.noted.lacking.append((owner, expression))
            return Method(owner, name)
        match owner:
            case Pending():
                if isinstance(expression.value, CallExpr) and not self._quiet:
                    self.noted.looked_into.append((owner, expression.value, expression))
                return None
            case Context(kind):
                if name not in ATTRIBUTES[kind]:
                    if not self._quiet:
                        self.noted.lacking.append((owner, expression))
                    return None
                return Part(name, kind) if name in PARTS else Method(owner, name)
            case TableClass(table):
                return self._of_class(owner, table, name)
            case FieldValue(table, path):
                return FieldValue(table, (*path, name), None)
            case Document(table):
                kinds = self.shapes.field_kinds(table, name)
                return None if kinds is None else Plain(kinds)
            case Outer(outer):
                return self._outer(f"{outer}.{name}", expression)
        return None

    def _through_module(self, expression: AttributeExpr) -> Value | None:
        root: Expr = expression
        while isinstance(root, AttributeExpr):
            root = root.value
        if not isinstance(root, NameExpr) or root.name in self.body.bindings or root.name in self._parameters:
            return None
        if root.name in self._imports:
            return None
        return self._names.meant(self.program.meaning(self.module, expression))

    def _of_class(self, owner: TableClass, table: TableShape, name: str) -> Value | None:
        index = table.indexes.get(name)
        if index is not None:
            return IndexValue(table, index)
        if name in table.fields:
            return FieldValue(table, (name,), self.shapes.field_kinds(table, name))
        return Method(owner, name) if name == "of" else None

    def _outer(self, name: str, expression: Expr) -> Value:
        what = outside(name)
        if what is not None and what.reach == "environment" and name != "os.getenv" and not self._quiet:
            self.noted.reached.append(Reached(name, what, expression))
        return Outer(name)

    def _subscript(self, expression: SubscriptExpr) -> Value | None:
        owner = self._evaluate(expression.value)
        if isinstance(owner, Pending) and isinstance(expression.value, CallExpr) and not self._quiet:
            self.noted.looked_into.append((owner, expression.value, expression))
        return _item(owner) if isinstance(owner, Many) and isinstance(expression.items[0], ConstantExpr) else None

    def _await(self, expression: AwaitExpr) -> Value | None:
        found = self._evaluate(expression.value)
        return found.result() if isinstance(found, Pending) else None

    # Calls

    def _call(self, call: CallExpr) -> Value | None:
        function = self._evaluate(call.function)
        if type(function) is Method:  # the most common by far, and quicker than `match`
            return self._method(function.owner, function.name, call)
        match function:
            case TableClass(table, role, name):
                return Document(table, role, name, is_new=True)
            case FunctionValue(_, role, body):
                if not self._quiet:
                    self.noted.functions.append((function, call))
                if body is None or role is not None or not body.is_coroutine:
                    return None
                return Pending(f"`{function.name}(…)`", lambda: self._returned(function, body))
            case Outer(name):
                return self._outer_call(name, call)
            case None if not self._quiet and any(isinstance(self.value(each), Context) for each in call.args):
                self.noted.lends = True
            case Pending() if isinstance(call.function, CallExpr) and not self._quiet:
                self.noted.looked_into.append((function, call.function, call))
        return None

    def _outer_call(self, name: str, call: CallExpr) -> Value | None:
        what = outside(name)
        if what is None:
            return Outer(name) if name == "pathlib.Path" else None
        if what.reach == "environment" and name != "os.getenv":
            return None  # noted where it was looked into
        if not self._quiet:
            self.noted.reached.append(Reached(name, what, call))
        return None

    def _returned(self, function: FunctionValue, body: BodySyntax) -> Value | None:
        if body.returns is None:
            return None
        return self._names.annotated(function.declared.module, body.returns)

    def _method(self, owner: Context | Part | QueryValue | TableClass, name: str, call: CallExpr) -> Value | None:
        if isinstance(owner, TableClass):
            return Document(owner.table, owner.role, owner.name, is_new=True)
        if not self._quiet:
            self.noted.called.append(Called(owner, name, call))
        if isinstance(owner, QueryValue):
            return self._of_query(owner, name, call)
        if isinstance(owner, Part):
            if owner.name == "db":
                return self._of_database(name, call)
            return Pending(f"`{owner.name}.{name}(…)`", _unknown) if name in AWAITED[owner.name] else None
        if name == "now":
            return Plain(frozenset({"float"}))
        return Pending(f"`{name}(…)`", _unknown) if name in RUNS else None

    def _of_database(self, name: str, call: CallExpr) -> Value | None:
        if name in ("query", "normalize_id"):
            first = self.value(call.args[0]) if call.args else None
            if not isinstance(first, TableClass):
                return None
            if name == "query":
                return QueryValue(first.table, (Step(name, call),))
            return Plain(frozenset({f"id:{first.table.symbol}", "null"}))
        if name not in AWAITED["db"]:
            return None
        return Pending(f"`db.{name}(…)`", lambda: self._stored(name, call))

    def _stored(self, name: str, call: CallExpr) -> Value | None:
        """What `get` and `insert` give."""
        if name == "get":
            table = self.table_of_id(call.args[0]) if call.args else None
            return None if table is None else Document(table, "table", table.name)
        first = self.value(call.args[0]) if name == "insert" and call.args else None
        return Plain(frozenset({f"id:{first.table.symbol}"})) if isinstance(first, Document) else None

    def table_of_id(self, expression: Expr) -> TableShape | None:
        """The table that an id is of, if it is an id of one table for certain."""
        kinds = self.kinds(expression)
        if kinds is None:
            return None
        (kind, *others) = sorted(kinds - _NULL) or ("",)
        return self.shapes.by_symbol(kind[3:]) if kind.startswith("id:") and not others else None

    def _of_query(self, owner: QueryValue, name: str, call: CallExpr) -> Value | None:
        if name in NARROWING:
            index = owner.by
            if name in ("with_index", "with_search_index"):
                given = self.value(call.args[0]) if call.args else None
                index = given.shape if isinstance(given, IndexValue) else None
            return QueryValue(owner.table, (*owner.steps, Step(name, call)), index)
        document = Document(owner.table, "table", owner.table.name)
        if name in ("collect", "take"):
            return Pending("`take(…)`" if name == "take" else "`collect()`", lambda: Many(document))
        if name in ("first", "unique"):
            return Pending(f"`{name}()`", lambda: document)
        return Pending("`paginate(…)`", _unknown) if name == "paginate" else None


_HANDLERS: dict[type, Callable[[Evaluation, Any], Value | None]] = {
    AttributeExpr: Evaluation._attribute,
    CallExpr: Evaluation._call,
    AwaitExpr: Evaluation._await,
    SubscriptExpr: Evaluation._subscript,
}


def _unknown() -> None:
    """What nobody needs to know."""


def _item(value: Value | None) -> Value | None:
    match value:
        case Many(item):
            return item
        case QueryValue(table):
            return Document(table, "table", table.name)
    return None
