"""Mends of a function's definition: its decorators, `async`, what it returns."""

from __future__ import annotations

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.returned import known_return
from convexgen.fix.site import Edit, Mended, Site
from convexgen.fix.statements import is_generator


def make_async(site: Site, finding: Diagnostic) -> Mended | None:
    """`def f` becomes `async def f`, unless it is a generator, which `async` would make another kind of thing."""
    function = function_at(site, finding)
    if function is None or is_generator(function):
        return None
    return Mended((Edit.of(function, lambda node: node.with_changes(asynchronous=cst.Asynchronous())),))


def annotate_return(site: Site, finding: Diagnostic) -> Mended | None:
    """`-> None` where no `return` gives a value, and `-> list[Message]` where they all give that."""
    function = function_at(site, finding)
    known = known_return(site, function) if function is not None and not is_generator(function) else None
    if function is None or known is None:
        return None
    text, imports = known
    annotation = cst.Annotation(cst.parse_expression(text))
    return Mended((Edit.of(function, lambda node: node.with_changes(returns=annotation)),), imports)


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
