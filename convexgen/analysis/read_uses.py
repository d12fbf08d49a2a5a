"""What becomes of the values in a body: its expressions, walked once, and the names they are kept under.

The walk is written by hand and goes by the type of each node, since it sees every node of a large project. It keeps
expressions that begin at the context, at something imported or at a function of the module, and what becomes of them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from convexgen.analysis.body_names import SearchedNames
from convexgen.analysis.read_expressions import OPERATORS, body_expression, new, place_of
from convexgen.analysis.syntax import (
    AttributeExpr,
    AwaitExpr,
    Binding,
    CallExpr,
    CompareExpr,
    Expr,
    GlobalWrite,
    ImportedName,
    KeywordArgument,
    NameExpr,
    SubscriptExpr,
    Use,
)

_CONSUMERS = frozenset(
    {
        *("all", "any", "bool", "dict", "enumerate", "float", "frozenset", "int", "len", "list", "max", "min"),
        *("reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip"),
    }
)
"""Builtins that look into what they are given."""

_CHANGING = frozenset(
    {
        *("add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop", "popitem"),
        *("popleft", "remove", "reverse", "rotate", "setdefault", "sort", "subtract", "update"),
    }
)
"""Methods that change a list, a dict, a set or what is like them."""


def ordinary(args: ast.arguments) -> list[ast.arg]:
    """The parameters that have names of their own."""
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


def _root(node: ast.expr) -> str | None:
    """The name that a chain of attributes, calls and subscripts begins at."""
    while True:
        kind = type(node)
        if kind is ast.Name:
            return node.id  # type: ignore[attr-defined, no-any-return]
        if kind is ast.Attribute or kind is ast.Subscript:
            node = node.value  # type: ignore[attr-defined]
        elif kind is ast.Call:
            node = node.func  # type: ignore[attr-defined]
        else:
            return None


def _calls_something(node: ast.expr) -> bool:
    """Whether there is a call in a chain that begins at a name."""
    kind = type(node)
    while kind is not ast.Name:
        if kind is ast.Call:
            return True
        node = node.value  # type: ignore[attr-defined]
        kind = type(node)
    return False


class UseWalk:
    """The walk over the expressions of one function. `taken` is what becomes of the value of a node, as in `Use`."""

    def __init__(self, names: SearchedNames) -> None:
        self._module = names
        self._roots = names.roots
        self._outside = names.outside
        self._contexts: set[str] = set()
        self._uses: list[Use] = []
        self._writes: list[GlobalWrite] = []
        self._imports: list[ImportedName] = []
        self._bindings: dict[str, Binding | None] = {}
        self._globals: set[str] = set()
        self._later: dict[str, set[str]] = {}
        self._made: dict[int, Expr] = {}
        self._kept_as = ""
        self._depth = 0
        self._yields = False
        self._lent = 0
        self._block = self._blocks = 0
        self._turn = 0
        self._loop = 0
        self._loops: list[int] = [0]

    # Names

    def _keep(self, name: str, value: ast.expr) -> None:
        """`name = value`."""
        kept = self._kept_as
        self._kept_as = name
        self._visit(value, "kept")
        self._kept_as = kept
        made = self._made_of(value, is_item=False)
        self._bind_name(name, made)
        if made is not None and type(value) is not ast.Await and _root(value) in self._contexts:
            self._contexts.add(name)  # `db = ctx.db`, `newest = ctx.db.query(Message).order("desc")`
            self._roots = self._roots | {name}
            self._later.setdefault(name, set())

    def _made_of(self, value: ast.expr, *, is_item: bool) -> Binding | None:
        awaited = type(value) is ast.Await
        inner = value.value if awaited else value  # type: ignore[attr-defined]
        made = self._made.get(id(inner))
        if made is None:
            if type(inner) is not ast.Attribute or _root(inner) not in self._contexts:
                return None
            made = body_expression(inner)
        return Binding(AwaitExpr(made, place_of(value)) if awaited else made, is_item)

    def _bind_name(self, name: str, value: Binding | None) -> None:
        self._bindings[name] = None if name in self._bindings else value

    def _bind_parameters(self, args: ast.arguments) -> None:
        for each in (*ordinary(args), args.vararg, args.kwarg):
            if each is not None:
                self._bind_name(each.arg, None)

    def _bind(self, target: ast.expr, value: Binding | None = None) -> None:
        kind = type(target)
        if kind is ast.Name:
            name: str = target.id  # type: ignore[attr-defined]
            if name in self._globals:
                self._writes.append(GlobalWrite(name, "", place_of(target)))
            else:
                self._bind_name(name, value)
        elif kind is ast.Tuple or kind is ast.List:
            for each in target.elts:  # type: ignore[attr-defined]
                self._bind(each)
        elif kind is ast.Starred:
            self._bind(target.value)  # type: ignore[attr-defined]
        else:
            name = _root(target) or ""
            if name in self._module.state:
                self._writes.append(GlobalWrite(name, "", place_of(target)))
            self._visit(target, "passed")

    # Loops

    def _enter_loop(self) -> tuple[int, int]:
        outer = (self._loop, self._turn)
        self._loops.append(0)
        self._loop = len(self._loops) - 1
        return outer

    def _leave_loop(self, outer: tuple[int, int]) -> None:
        loop, turn = outer
        self._loops[self._loop] = self._turn - turn
        self._loop = loop

    # Expressions

    def _visit(self, node: ast.expr, taken: str) -> None:
        handler = _EXPRESSIONS.get(type(node))
        if handler is not None:
            handler(self, node, taken)

    def _all(self, nodes: Iterable[ast.expr], taken: str) -> None:
        for node in nodes:
            handler = _EXPRESSIONS.get(type(node))
            if handler is not None:
                handler(self, node, taken)

    def _name(self, node: ast.Name, taken: str) -> None:
        if node.id in self._later:
            self._later[node.id].add(taken)
        if node.id in self._contexts and taken != "consumed":
            self._lent += 1

    def _call(self, node: ast.Call, taken: str) -> None:
        function = node.func
        root = _root(function)
        if root in self._roots:
            self._record(node, root, taken)
            return
        inner = "passed"
        kind = type(function)
        if kind is ast.Attribute:
            owner: ast.expr = function.value  # type: ignore[attr-defined]
            if root in self._module.state and type(owner) is ast.Name and function.attr in _CHANGING:  # type: ignore[attr-defined]
                self._writes.append(GlobalWrite(owner.id, function.attr, place_of(node)))  # type: ignore[attr-defined]
            self._visit(owner, "consumed")
        elif kind is ast.Name:
            if root in _CONSUMERS:
                inner = "consumed"
        else:
            self._visit(function, "passed")
        self._all(node.args, inner)
        for keyword in node.keywords:
            self._visit(keyword.value, "passed")

    def _attribute(self, node: ast.Attribute, taken: str) -> None:
        root = _root(node)
        if root in self._roots and (root in self._outside or _calls_something(node)):
            self._record(node, root, taken)
            return
        owner = node.value
        while type(owner) is ast.Attribute:
            owner = owner.value
        self._visit(owner, "consumed")

    def _subscript(self, node: ast.Subscript, taken: str) -> None:
        root = _root(node)
        if root in self._roots and (root in self._outside or _calls_something(node)):
            self._record(node, root, taken)
        else:
            self._visit(node.value, "consumed")
            self._visit(node.slice, "passed")

    # Chains that are kept

    def _record(self, node: ast.expr, root: str, taken: str) -> None:
        """Keep a chain as a whole, after what stands in its parentheses and brackets, which is evaluated before it."""
        if type(node) is ast.Call and root not in self._contexts and root not in self._outside:
            made = self._plain_call(node)
        else:
            made = self._chain(node)
        self._made[id(node)] = made
        name = self._kept_as if taken == "kept" else ""
        if name:
            self._later.setdefault(name, set())
        self._uses.append(new(Use, (made, taken, name, self._block, self._turn, self._loop)))

    def _plain_call(self, node: ast.Call) -> Expr:
        """The call of a plain function. Of what that is given only contexts matter, and most calls are of that kind."""
        contexts: list[Expr] = []
        for each in node.args:
            if type(each) is ast.Name and each.id in self._contexts:
                contexts.append(self._given(each))
                self._lent -= 1  # what becomes of it there is followed
            else:
                self._visit(each, "passed")
        for keyword in node.keywords:
            self._visit(keyword.value, "passed")
        return new(CallExpr, (self._chain(node.func), tuple(contexts), (), place_of(node)))

    def _chain(self, node: Any) -> Expr:
        """A chain that begins at a name, and all that is given to it."""
        kind = type(node)
        if kind is ast.Attribute:
            return new(AttributeExpr, (self._chain(node.value), node.attr, place_of(node)))
        if kind is ast.Name:
            if node.id in self._later:
                self._later[node.id].add("consumed")
            return new(NameExpr, (node.id, place_of(node)))
        if kind is ast.Call and type(node.func) is ast.Name:  # no rule asks what is given
            self._all(node.args, "passed")
            for keyword in node.keywords:
                self._visit(keyword.value, "passed")
            return new(CallExpr, (self._chain(node.func), (), (), place_of(node)))
        if kind is ast.Call:
            args = tuple([self._given(each) for each in node.args])
            keywords = [new(KeywordArgument, (k.arg, self._given(k.value), place_of(k))) for k in node.keywords]
            return new(CallExpr, (self._chain(node.func), args, tuple(keywords), place_of(node)))
        items = node.slice.elts if type(node.slice) is ast.Tuple else [node.slice]
        given = tuple([self._given(each) for each in items])
        return new(SubscriptExpr, (self._chain(node.value), given, place_of(node)))

    def _given(self, node: Any, taken: str = "passed") -> Expr:
        """Something that is given to a chain, visited and made in one go where it is of the usual kinds."""
        kind = type(node)
        if kind is ast.Name:
            self._name(node, taken)
            return new(NameExpr, (node.id, place_of(node)))
        if kind is ast.Attribute and type(node.value) is ast.Name and node.value.id not in self._outside:
            return new(AttributeExpr, (self._given(node.value, "consumed"), node.attr, place_of(node)))
        if kind is ast.Compare and len(node.ops) == 1:
            left, right = self._given(node.left, "consumed"), self._given(node.comparators[0], "consumed")
            return new(CompareExpr, (left, OPERATORS[type(node.ops[0])], right, place_of(node)))
        self._visit(node, taken)
        return body_expression(node)

    def _await(self, node: ast.Await, taken: str) -> None:
        self._visit(node.value, "awaited")
        self._turn += 1

    def _compare(self, node: ast.Compare, taken: str) -> None:
        self._visit(node.left, "consumed")
        self._all(node.comparators, "consumed")

    def _boolean(self, node: ast.BoolOp, taken: str) -> None:
        self._all(node.values[:-1], "consumed")
        self._visit(node.values[-1], "passed")

    def _binary(self, node: ast.BinOp, taken: str) -> None:
        self._visit(node.left, "consumed")
        self._visit(node.right, "consumed")

    def _unary(self, node: ast.UnaryOp, taken: str) -> None:
        self._visit(node.operand, "consumed")

    def _conditional(self, node: ast.IfExp, taken: str) -> None:
        self._visit(node.test, "consumed")
        outer = self._block
        for branch in (node.body, node.orelse):
            self._blocks += 1
            self._block = self._blocks
            self._visit(branch, "passed")
        self._block = outer

    def _lambda(self, node: ast.Lambda, taken: str) -> None:
        self._all(node.args.defaults, "passed")
        self._bind_parameters(node.args)
        self._visit(node.body, "passed")

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, taken: str) -> None:
        outer = self._generators(node.generators)
        self._visit(node.elt, "passed")
        self._leave_loop(outer)

    def _dict_comprehension(self, node: ast.DictComp, taken: str) -> None:
        outer = self._generators(node.generators)
        self._visit(node.key, "passed")
        self._visit(node.value, "passed")
        self._leave_loop(outer)

    def _generators(self, generators: list[ast.comprehension]) -> tuple[int, int]:
        outer = (self._loop, self._turn)
        for position, each in enumerate(generators):
            self._visit(each.iter, "iterated" if each.is_async else "looped")
            if position == 0:
                outer = self._enter_loop()
            self._bind(each.target, self._made_of(each.iter, is_item=True))
            self._all(each.ifs, "consumed")
        return outer

    def _display(self, node: ast.List | ast.Tuple | ast.Set, taken: str) -> None:
        self._all(node.elts, "passed")

    def _dict(self, node: ast.Dict, taken: str) -> None:
        self._all([key for key in node.keys if key is not None], "passed")
        self._all(node.values, "passed")

    def _text(self, node: ast.JoinedStr, taken: str) -> None:
        self._all(node.values, "consumed")

    def _formatted(self, node: ast.FormattedValue, taken: str) -> None:
        self._visit(node.value, "consumed")

    def _starred(self, node: ast.Starred, taken: str) -> None:
        self._visit(node.value, "passed")

    def _yield(self, node: ast.Yield | ast.YieldFrom, taken: str) -> None:
        self._yields = self._yields or not self._depth
        if node.value is not None:
            self._visit(node.value, "passed")

    def _walrus(self, node: ast.NamedExpr, taken: str) -> None:
        self._keep(node.target.id, node.value)

    def _slice(self, node: ast.Slice, taken: str) -> None:
        self._all([each for each in (node.lower, node.upper, node.step) if each is not None], "consumed")


_EXPRESSIONS: dict[type[ast.expr], Callable[[UseWalk, Any, str], None]] = {
    ast.Name: UseWalk._name,
    ast.Call: UseWalk._call,
    ast.Attribute: UseWalk._attribute,
    ast.Subscript: UseWalk._subscript,
    ast.Await: UseWalk._await,
    ast.Compare: UseWalk._compare,
    ast.BoolOp: UseWalk._boolean,
    ast.BinOp: UseWalk._binary,
    ast.UnaryOp: UseWalk._unary,
    ast.IfExp: UseWalk._conditional,
    ast.Lambda: UseWalk._lambda,
    ast.ListComp: UseWalk._comprehension,
    ast.SetComp: UseWalk._comprehension,
    ast.GeneratorExp: UseWalk._comprehension,
    ast.DictComp: UseWalk._dict_comprehension,
    ast.List: UseWalk._display,
    ast.Tuple: UseWalk._display,
    ast.Set: UseWalk._display,
    ast.Dict: UseWalk._dict,
    ast.JoinedStr: UseWalk._text,
    ast.FormattedValue: UseWalk._formatted,
    ast.Starred: UseWalk._starred,
    ast.Yield: UseWalk._yield,
    ast.YieldFrom: UseWalk._yield,
    ast.NamedExpr: UseWalk._walrus,
    ast.Slice: UseWalk._slice,
}
