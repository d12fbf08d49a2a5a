"""Mends of a function's definition: its decorators, `async`, what it returns."""

from __future__ import annotations

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.site import Edit, Mended, Site


def make_async(site: Site, finding: Diagnostic) -> Mended | None:
    """`def f` becomes `async def f`, unless it is a generator, which `async` would make another kind of thing."""
    function = function_at(site, finding)
    if function is None or _Body.of(function).yields:
        return None
    return Mended((Edit.of(function, lambda node: node.with_changes(asynchronous=cst.Asynchronous())),))


def return_none(site: Site, finding: Diagnostic) -> Mended | None:
    """`-> None` where no `return` gives a value."""
    function = function_at(site, finding)
    if function is None or _Body.of(function).yields or _Body.of(function).returns_value:
        return None
    return Mended((Edit.of(function, lambda node: node.with_changes(returns=cst.Annotation(cst.Name("None")))),))


def uncall_decorator(site: Site, finding: Diagnostic) -> Mended | None:
    """`@query()` becomes `@query`. What stands between the parentheses is not ours to drop."""
    call = site.at(finding.primary.span, cst.Call)
    decorator = site.around(call, cst.Decorator)
    if call is None or decorator is None or call.args:
        return None
    function = call.func
    return Mended((Edit.of(decorator, lambda node: node.with_changes(decorator=function)),))


def remove_decorator(site: Site, finding: Diagnostic) -> Mended | None:
    """A second decorator of ours goes: the first one is what the function was read as."""
    decorator = site.holder(finding.primary.span, cst.Decorator)
    if decorator is None or isinstance(decorator.decorator, cst.Call):
        return None
    return Mended((Edit.removal(decorator),))


def function_at(site: Site, finding: Diagnostic) -> cst.FunctionDef | None:
    """The function whose name a finding points at."""
    return site.holder(finding.primary.span, cst.FunctionDef)


class _Body(cst.CSTVisitor):
    """What a function's own statements do, those of functions and classes inside of it left out."""

    def __init__(self) -> None:
        super().__init__()
        self.returns_value = False
        self.yields = False

    @classmethod
    def of(cls, function: cst.FunctionDef) -> _Body:
        found = cls()
        function.body.visit(found)
        return found

    def visit_Return(self, node: cst.Return) -> None:  # noqa: N802 - libcst's name
        value = node.value
        self.returns_value |= value is not None and not (isinstance(value, cst.Name) and value.value == "None")

    def visit_Yield(self, node: cst.Yield) -> None:  # noqa: N802 - libcst's name
        del node
        self.yields = True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802 - libcst's name
        del node
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: N802 - libcst's name
        del node
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:  # noqa: N802 - libcst's name
        del node
        return False
