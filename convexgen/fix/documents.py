"""Mends of documents that are changed in memory: the change is stored instead."""

from __future__ import annotations

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.site import Edit, Mended, Site, fact

_PLAIN = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.BaseString, cst.List, cst.Dict)
"""What needs no parentheses beside an operator."""


def patch_instead(site: Site, finding: Diagnostic) -> Mended | None:
    """`task.done = True` becomes `await ctx.db.patch(task.id, done=True)`."""
    target = site.at(finding.primary.span, cst.Attribute)
    context, field = fact(finding, "context"), fact(finding, "field")
    statement = site.parents.get(target) if target is not None else None
    if isinstance(statement, cst.AssignTarget):
        statement = site.parents.get(statement)
    if target is None or context is None or field is None or not isinstance(statement, cst.Assign | cst.AugAssign):
        return None
    value = _value(site, statement)
    patched = cst.parse_expression(f"await {context}.db.patch({site.code(target.value)}.id, {field}={value})")
    return Mended((Edit.of(statement, lambda _: cst.Expr(patched)),))


def _value(site: Site, statement: cst.Assign | cst.AugAssign) -> str:
    """What the field is to hold, as it is written."""
    value = site.code(statement.value)
    if isinstance(statement, cst.Assign):
        return value
    operator = site.code(statement.operator).strip().removesuffix("=")
    plain = value if isinstance(statement.value, _PLAIN) or statement.value.lpar else f"({value})"
    return f"{site.code(statement.target)} {operator} {plain}"
