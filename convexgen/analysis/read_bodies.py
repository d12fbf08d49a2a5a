"""What functions do: their bodies, walked once, for what rules ask about. Everything else in them is forgotten.

The walk is written by hand and goes by the type of each node, since it sees every node of a large project. It keeps
expressions that begin at the context, at something imported or at a function of the module, and what becomes of them.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from convexgen.analysis.body_names import SearchedNames, add_import, lines_with
from convexgen.analysis.read_expressions import (
    body_expression,
    expression_of,
    function_place,
    imported_names,
    parameters_of,
    place_of,
)
from convexgen.analysis.syntax import (
    AwaitExpr,
    Binding,
    BodySyntax,
    CallExpr,
    Expr,
    GlobalWrite,
    ImportedName,
    ParameterSyntax,
    Place,
    Statement,
    Use,
)

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def bodies(content: bytes, tree: Sequence[ast.stmt], statements: Iterable[Statement]) -> dict[Place, BodySyntax]:
    """What the functions of a module do, by the places of their names. `statements` are what else was read of it.

    Plain functions that do not take a context, and have nothing in their text that a rule asks about, are left out.
    """
    names = SearchedNames(statements)
    found: dict[Place, BodySyntax] = {}
    for node in _told_of(content, tree, names):
        try:
            body = _Walk(names, node).body()
        except RecursionError:
            continue  # nested too deeply to be followed: nothing is said about it
        found[body.place] = body
    return found


def _told_of(content: bytes, tree: Sequence[ast.stmt], names: SearchedNames) -> Iterator[_FunctionNode]:
    """The functions that a rule may have something to say about, or about those who call them."""
    waiting: list[_FunctionNode] = []
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


def _takes_context(node: _FunctionNode) -> bool:
    return any(_is_context(each.annotation) for each in _ordinary(node.args))


def _has_line(node: _FunctionNode, lines: Sequence[int]) -> bool:
    first = bisect_left(lines, node.lineno)
    return first < len(lines) and lines[first] <= (node.end_lineno or node.lineno)


def _functions(tree: Iterable[ast.stmt]) -> Iterator[_FunctionNode]:
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


def _is_context(annotation: ast.expr | None) -> bool:
    """Whether an annotation looks like one of the context types; what it means is seen later."""
    kind = type(annotation)
    if kind is ast.Name:
        return annotation.id.endswith("Ctx")  # type: ignore[union-attr, no-any-return]
    if kind is ast.Attribute:
        return annotation.attr.endswith("Ctx")  # type: ignore[union-attr, no-any-return]
    return kind is ast.Constant and str(annotation.value).endswith("Ctx")  # type: ignore[union-attr]


def _ordinary(args: ast.arguments) -> list[ast.arg]:
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


class _Walk:
    """The walk over one function. `taken` is what becomes of the value that a node gives, as in `Use`."""

    def __init__(self, names: SearchedNames, node: _FunctionNode) -> None:
        self._node = node
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

    def body(self) -> BodySyntax:
        """Walk, and tell what was found."""
        node = self._node
        place = function_place(node)
        parameters, returns = self._signature(place)
        self._statements(node.body)
        return BodySyntax(
            node.name,
            type(node) is ast.AsyncFunctionDef and not self._yields,
            place,
            parameters,
            returns,
            tuple(self._imports),
            self._bindings,
            tuple(self._uses),
            tuple(self._writes),
            {name: frozenset(ways) for name, ways in self._later.items()},
            tuple(self._loops),
            self._lent > 0,
        )

    def _signature(self, place: Place) -> tuple[tuple[ParameterSyntax, ...], Expr | None]:
        """The parameters and what is returned, if rules ask about them. Parameters hide what the module calls so."""
        node = self._node
        args = node.args
        ordinary = _ordinary(args)
        names = {each.arg for each in ordinary}
        self._contexts = {each.arg for each in ordinary if _is_context(each.annotation)}
        if node.decorator_list and ordinary:
            self._contexts.add(ordinary[0].arg)
        if self._contexts or not names.isdisjoint(self._roots):
            self._roots = (self._roots - names) | self._contexts
        for extra in (args.vararg, args.kwarg):
            if extra is not None:
                self._bindings[extra.arg] = None
        if not self._contexts:
            self._bindings.update(dict.fromkeys(names))
            return (), None
        known = self._module.signatures.get(place)
        if known is not None and known.decorators:
            return known.parameters, known.returns
        return tuple(parameters_of(args)), expression_of(node.returns) if node.returns is not None else None

    # Statements

    def _statements(self, body: Iterable[ast.stmt]) -> None:
        outer = self._block
        self._blocks += 1
        self._block = self._blocks
        for node in body:
            handler = _STATEMENTS.get(type(node))
            if handler is not None:
                handler(self, node)
        self._block = outer

    def _expression_statement(self, node: ast.Expr) -> None:
        self._visit(node.value, "dropped")

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._visit(node.value, "passed" if self._depth else "returned")

    def _assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if len(node.targets) == 1 and type(target) is ast.Name:
            self._keep(target.id, node.value)
        else:
            self._visit(node.value, "passed")
            for each in node.targets:
                self._bind(each)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            if type(node.target) is ast.Name:
                self._keep(node.target.id, node.value)
            else:
                self._visit(node.value, "passed")
                self._bind(node.target)

    def _augmented(self, node: ast.AugAssign) -> None:
        self._visit(node.value, "consumed")
        self._bind(node.target)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._bind(target)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        if type(node) is ast.AsyncFor:
            self._visit(node.iter, "iterated")
            self._turn += 1
        else:
            self._visit(node.iter, "looped")
        self._bind(node.target, self._made_of(node.iter, is_item=True))
        outer = self._enter_loop()
        self._statements(node.body)
        self._leave_loop(outer)
        self._statements(node.orelse)

    def _while(self, node: ast.While) -> None:
        outer = self._enter_loop()
        self._visit(node.test, "consumed")
        self._statements(node.body)
        self._leave_loop(outer)
        self._statements(node.orelse)

    def _if(self, node: ast.If) -> None:
        self._visit(node.test, "consumed")
        self._statements(node.body)
        self._statements(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self._visit(item.context_expr, "passed")
            if type(node) is ast.AsyncWith:
                self._turn += 1
            if item.optional_vars is not None:
                self._bind(item.optional_vars)
        self._statements(node.body)

    def _try(self, node: ast.Try) -> None:
        self._statements(node.body)
        for handler in node.handlers:
            if handler.name:
                self._bind_name(handler.name, None)
            self._statements(handler.body)
        self._statements(node.orelse)
        self._statements(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        self._visit(node.subject, "consumed")
        for case in node.cases:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if name:
                    self._bind_name(name, None)
            if case.guard is not None:
                self._visit(case.guard, "consumed")
            self._statements(case.body)

    def _raise(self, node: ast.Raise) -> None:
        for each in (node.exc, node.cause):
            if each is not None:
                self._visit(each, "passed")

    def _assert(self, node: ast.Assert) -> None:
        self._visit(node.test, "consumed")
        if node.msg is not None:
            self._visit(node.msg, "passed")

    def _nested(self, node: _FunctionNode) -> None:
        """A function inside of the function: part of it, under the same names."""
        self._bind_name(node.name, None)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self._visit(default, "passed")
        self._bind_parameters(node.args)
        self._depth += 1
        self._statements(node.body)
        self._depth -= 1

    def _class(self, node: ast.ClassDef) -> None:
        self._bind_name(node.name, None)

    def _global(self, node: ast.Global) -> None:
        self._globals.update(node.names)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for imported in imported_names(node):
            self._imports.append(imported)
            self._roots = set(self._roots)
            self._outside = set(self._outside)
            add_import(imported, self._roots, self._outside)

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
        for each in (*_ordinary(args), args.vararg, args.kwarg):
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
            self._record(node, taken)
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
            self._record(node, taken)
        else:
            self._visit(node.value, "consumed")

    def _subscript(self, node: ast.Subscript, taken: str) -> None:
        root = _root(node)
        if root in self._roots and (root in self._outside or _calls_something(node)):
            self._record(node, taken)
        else:
            self._visit(node.value, "consumed")
            self._visit(node.slice, "passed")

    def _record(self, node: ast.expr, taken: str) -> None:
        """Keep a chain as a whole, after what stands in its parentheses and brackets, which is evaluated before it."""
        part: Any = node
        kind = type(part)
        while kind is not ast.Name:
            if kind is ast.Call:
                self._all(part.args, "passed")
                for keyword in part.keywords:
                    self._visit(keyword.value, "passed")
                part = part.func
            else:
                if kind is ast.Subscript:
                    self._visit(part.slice, "passed")
                part = part.value
            kind = type(part)
        if part.id in self._later:
            self._later[part.id].add("consumed")
        made = self._made[id(node)] = self._call_of(node, part.id)
        name = self._kept_as if taken == "kept" else ""
        if name:
            self._later.setdefault(name, set())
        self._uses.append(Use(made, taken, name, self._block, self._turn, self._loop))

    def _call_of(self, node: ast.expr, root: str) -> Expr:
        """The chain. Of what a plain function is given only contexts matter, and most calls are of that kind."""
        if type(node) is not ast.Call or root in self._contexts or root in self._outside:
            return body_expression(node)
        contexts = [each for each in node.args if type(each) is ast.Name and each.id in self._contexts]
        self._lent -= len(contexts)  # counted when the arguments were visited
        return CallExpr(body_expression(node.func), tuple(map(body_expression, contexts)), (), place_of(node))

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


_STATEMENTS: dict[type[ast.stmt], Callable[[_Walk, Any], None]] = {
    ast.Expr: _Walk._expression_statement,
    ast.Return: _Walk._return,
    ast.Assign: _Walk._assign,
    ast.AnnAssign: _Walk._annotated,
    ast.AugAssign: _Walk._augmented,
    ast.Delete: _Walk._delete,
    ast.For: _Walk._for,
    ast.AsyncFor: _Walk._for,
    ast.While: _Walk._while,
    ast.If: _Walk._if,
    ast.With: _Walk._with,
    ast.AsyncWith: _Walk._with,
    ast.Try: _Walk._try,
    ast.TryStar: _Walk._try,
    ast.Match: _Walk._match,
    ast.Raise: _Walk._raise,
    ast.Assert: _Walk._assert,
    ast.FunctionDef: _Walk._nested,
    ast.AsyncFunctionDef: _Walk._nested,
    ast.ClassDef: _Walk._class,
    ast.Global: _Walk._global,
    ast.Nonlocal: _Walk._global,
    ast.Import: _Walk._import,
    ast.ImportFrom: _Walk._import,
}
_EXPRESSIONS: dict[type[ast.expr], Callable[[_Walk, Any, str], None]] = {
    ast.Name: _Walk._name,
    ast.Call: _Walk._call,
    ast.Attribute: _Walk._attribute,
    ast.Subscript: _Walk._subscript,
    ast.Await: _Walk._await,
    ast.Compare: _Walk._compare,
    ast.BoolOp: _Walk._boolean,
    ast.BinOp: _Walk._binary,
    ast.UnaryOp: _Walk._unary,
    ast.IfExp: _Walk._conditional,
    ast.Lambda: _Walk._lambda,
    ast.ListComp: _Walk._comprehension,
    ast.SetComp: _Walk._comprehension,
    ast.GeneratorExp: _Walk._comprehension,
    ast.DictComp: _Walk._dict_comprehension,
    ast.List: _Walk._display,
    ast.Tuple: _Walk._display,
    ast.Set: _Walk._display,
    ast.Dict: _Walk._dict,
    ast.JoinedStr: _Walk._text,
    ast.FormattedValue: _Walk._formatted,
    ast.Starred: _Walk._starred,
    ast.Yield: _Walk._yield,
    ast.YieldFrom: _Walk._yield,
    ast.NamedExpr: _Walk._walrus,
    ast.Slice: _Walk._slice,
}
