"""Mends of `await`: where it is missing, and where it is too much."""

from __future__ import annotations

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.site import Edit, Mended, Site, fact

_Loop = cst.For | cst.CompFor


def add_await(site: Site, finding: Diagnostic) -> Mended | None:
    """`ctx.db.get(id)` becomes `await ctx.db.get(id)`, in parentheses where something is done with it right there.

    A loop over it is a plain one then.
    """
    pending = site.expression_at(finding.primary.span)
    loop = _loop_over(site, pending)
    if pending is None or fact(finding, "keyword") is not None or not _can_await(site, pending, loop):
        return None
    parent = site.parents[pending]
    binds_tighter = isinstance(parent, cst.Attribute | cst.Call | cst.Subscript | cst.Await) and not pending.lpar
    own = {"lpar": [cst.LeftParen()], "rpar": [cst.RightParen()]} if binds_tighter else {}
    edit = Edit.of(pending, lambda node: _awaited(node).with_changes(**own))
    if loop is None or loop.asynchronous is None:
        return Mended((edit,))
    return Mended((edit, Edit(loop, lambda node: node.with_changes(asynchronous=None))))


def loop_async(site: Site, finding: Diagnostic) -> Mended | None:
    """`for x in query` becomes `async for x in query`."""
    loop = _loop_over(site, site.expression_at(finding.primary.span))
    if loop is None or loop.asynchronous is not None or fact(finding, "keyword") != "async for":
        return None
    if _is_in_generator(site, loop):
        return None
    return Mended((Edit(loop, lambda node: node.with_changes(asynchronous=cst.Asynchronous())),))


def remove_await(site: Site, finding: Diagnostic) -> Mended | None:
    """`await ctx.now()` becomes `ctx.now()`."""
    awaited = site.around(site.expression_at(finding.primary.span), cst.Await)
    if awaited is None or fact(finding, "keyword") != "await":
        return None
    return Mended((Edit.of(awaited, _unawaited),))


def _awaited(node: cst.BaseExpression) -> cst.Await:
    """The parentheses that an expression has stand around all of it."""
    bare = node.with_changes(lpar=[], rpar=[])
    return cst.Await(bare, lpar=node.lpar, rpar=node.rpar)


def _unawaited(node: cst.Await) -> cst.BaseExpression:
    inner = node.expression
    return inner.with_changes(lpar=[*node.lpar, *inner.lpar], rpar=[*inner.rpar, *node.rpar])


def _loop_over(site: Site, expression: cst.BaseExpression | None) -> _Loop | None:
    """The loop that goes over what an expression gives."""
    parent = site.parents.get(expression) if expression is not None else None
    return parent if isinstance(parent, _Loop) and parent.iter is expression else None


def _can_await(site: Site, node: cst.BaseExpression, loop: _Loop | None) -> bool:
    """Whether `await` may stand at `node` without making an asynchronous generator of what it is a part of.

    What the first loop of one goes over is worked out outside of it. Where `await` may not stand at all, the file
    would not be Python, which is seen later.
    """
    outer = site.around(loop, cst.GeneratorExp) if isinstance(loop, cst.CompFor) else None
    if outer is not None:
        return loop is not None and loop.asynchronous is None and not _is_in_generator(site, outer)
    return not _is_in_generator(site, node)


def _is_in_generator(site: Site, node: cst.CSTNode) -> bool:
    for ancestor in site.ancestors(node):
        if isinstance(ancestor, cst.FunctionDef | cst.Lambda | cst.ClassDef):
            return False
        if isinstance(ancestor, cst.GeneratorExp):
            return True
    return False
