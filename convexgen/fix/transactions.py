"""Mends of what gives something else when a transaction runs again: the clock and chance, asked of the context instead.

The values are of the same kind as before. They are not the same values, so all of this takes consent.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.imports import spelling
from convexgen.fix.site import Edit, Mended, Site, fact

_SECONDS = "{ctx}.now() / 1000"
_UUIDS = {"uuid.uuid1", "uuid.uuid4"}
_NO_DRAWS = {"seed", "getstate", "setstate"}


def ask_clock(site: Site, finding: Diagnostic) -> Mended | None:
    """`time.time()` becomes `ctx.now() / 1000`, and `datetime.now(UTC)` the `datetime` of that."""
    call, context = _call(site, finding), _context(site, finding)
    if call is None or context is None:
        return None
    match fact(finding, "name"):
        case "time.time" if not call.args:
            return _seconds(site, call, context)
        case "datetime.datetime.now":
            return _from_timestamp(call, context, lambda args: len(args) < 2)
        case "datetime.datetime.today" | "datetime.date.today":
            return _from_timestamp(call, context, lambda args: not args)
    return None


def draw_from_context(site: Site, finding: Diagnostic) -> Mended | None:
    """`random.randint(1, 6)` becomes `ctx.random.randint(1, 6)`, and `uuid4()` a `UUID` of random bits."""
    call, context = _call(site, finding), _context(site, finding)
    name = fact(finding, "name")
    if call is None or context is None or name is None:
        return None
    if name in _UUIDS and not call.args:
        return _uuid(site, call, context)
    module, _, function = name.rpartition(".")
    if module != "random" or function in _NO_DRAWS or not function.islower() or not hasattr(random.Random, function):
        return None
    drawn = cst.parse_expression(f"{context}.random.{function}")
    return Mended((Edit.of(call, lambda node: node.with_changes(func=drawn)),))


def _seconds(site: Site, call: cst.Call, context: str) -> Mended:
    """In milliseconds if that is what is made of it; in parentheses unless it is clear without them."""
    parent = site.parents[call]
    if isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, cst.Multiply) and not call.lpar:
        other = parent.left if parent.right is call else parent.right
        if isinstance(other, cst.Integer | cst.Float) and float(other.evaluated_value) == 1000:
            now = cst.parse_expression(f"{context}.now()")
            return Mended((Edit.of(parent, lambda node: now.with_changes(lpar=node.lpar, rpar=node.rpar)),))
    seconds = cst.parse_expression(_SECONDS.format(ctx=context)).with_changes(lpar=call.lpar, rpar=call.rpar)
    if not call.lpar and isinstance(parent, cst.BaseExpression) and not isinstance(parent, cst.BaseDict):
        seconds = seconds.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return Mended((Edit.of(call, lambda _: seconds),))


def _from_timestamp(call: cst.Call, context: str, fits: Callable[[list[cst.Arg]], bool]) -> Mended | None:
    """The time zone, if there is one, stays the last argument."""
    if not fits(list(call.args)) or not isinstance(call.func, cst.Attribute):
        return None
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")) if call.args else cst.MaybeSentinel.DEFAULT
    seconds = cst.Arg(cst.parse_expression(_SECONDS.format(ctx=context)), comma=comma)
    method = call.func.with_changes(attr=cst.Name("fromtimestamp"))
    return Mended((Edit.of(call, lambda node: node.with_changes(func=method, args=[seconds, *node.args])),))


def _uuid(site: Site, call: cst.Call, context: str) -> Mended:
    uuid, imports = spelling(site.module, "UUID", "uuid")
    if isinstance(call.func, cst.Attribute):
        uuid, imports = call.func.with_changes(attr=cst.Name("UUID")), frozenset()
    drawn = cst.parse_expression(f"f(int={context}.random.getrandbits(128), version=4)")
    made = drawn.with_changes(func=uuid, lpar=call.lpar, rpar=call.rpar)
    return Mended((Edit.of(call, lambda _: made),), imports)


def _call(site: Site, finding: Diagnostic) -> cst.Call | None:
    return site.at(finding.primary.span, cst.Call)


def _context(site: Site, finding: Diagnostic) -> str | None:
    """The name of the context in the function that a finding is about, if it has one that knows the time."""
    call = _call(site, finding)
    function = site.inside(call, cst.FunctionDef) if call is not None else None
    if call is None or function is None or function.body not in site.ancestors(call):
        return None
    for parameter in function.params.params:
        annotation = parameter.annotation
        if annotation is not None and site.code(annotation.annotation).rpartition(".")[2] in (
            "QueryCtx",
            "MutationCtx",
        ):
            return parameter.name.value
    return None
