"""One body, statement by statement: its parameters, what is bound and done in what order, and in which loops."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from convexgen.analysis.body_names import SearchedNames, add_import
from convexgen.analysis.read_changes import Changing, lost_changes
from convexgen.analysis.read_expressions import (
    expression_of,
    function_place,
    imported_names,
    parameters_of,
)
from convexgen.analysis.read_uses import UseWalk, ordinary
from convexgen.analysis.syntax import BodySyntax, Expr, ParameterSyntax, Place

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def is_context(annotation: ast.expr | None) -> bool:
    """Whether an annotation looks like one of the context types; what it means is seen later."""
    kind = type(annotation)
    if kind is ast.Name:
        return annotation.id.endswith("Ctx")  # type: ignore[union-attr, no-any-return]
    if kind is ast.Attribute:
        return annotation.attr.endswith("Ctx")  # type: ignore[union-attr, no-any-return]
    return kind is ast.Constant and str(annotation.value).endswith("Ctx")  # type: ignore[union-attr]


class BodyWalk(UseWalk):
    """The walk over one function, for one use."""

    def __init__(self, names: SearchedNames, node: FunctionNode) -> None:
        super().__init__(names)
        self._node = node
        self._changed: list[Changing] = []

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
            tuple(lost_changes(self._node, self._changed)) if self._changed else (),
            {name: frozenset(ways) for name, ways in self._later.items()},
            tuple(self._loops),
            self._lent > 0,
        )

    def _signature(self, place: Place) -> tuple[tuple[ParameterSyntax, ...], Expr | None]:
        """The parameters and what is returned, if rules ask about them. Parameters hide what the module calls so."""
        node = self._node
        args = node.args
        taken = ordinary(args)
        names = {each.arg for each in taken}
        self._contexts = {each.arg for each in taken if is_context(each.annotation)}
        if node.decorator_list and taken:
            self._contexts.add(taken[0].arg)
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
        elif len(node.targets) == 1 and type(target) is ast.Attribute:
            self._changed.append(node)
            self._visit(node.value, "passed")
            self._bind(target)
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
        if type(node.target) is ast.Attribute:
            self._changed.append(node)
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

    def _nested(self, node: FunctionNode) -> None:
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


_STATEMENTS: dict[type[ast.stmt], Callable[[BodyWalk, Any], None]] = {
    ast.Expr: BodyWalk._expression_statement,
    ast.Return: BodyWalk._return,
    ast.Assign: BodyWalk._assign,
    ast.AnnAssign: BodyWalk._annotated,
    ast.AugAssign: BodyWalk._augmented,
    ast.Delete: BodyWalk._delete,
    ast.For: BodyWalk._for,
    ast.AsyncFor: BodyWalk._for,
    ast.While: BodyWalk._while,
    ast.If: BodyWalk._if,
    ast.With: BodyWalk._with,
    ast.AsyncWith: BodyWalk._with,
    ast.Try: BodyWalk._try,
    ast.TryStar: BodyWalk._try,
    ast.Match: BodyWalk._match,
    ast.Raise: BodyWalk._raise,
    ast.Assert: BodyWalk._assert,
    ast.FunctionDef: BodyWalk._nested,
    ast.AsyncFunctionDef: BodyWalk._nested,
    ast.ClassDef: BodyWalk._class,
    ast.Global: BodyWalk._global,
    ast.Nonlocal: BodyWalk._global,
    ast.Import: BodyWalk._import,
    ast.ImportFrom: BodyWalk._import,
}
