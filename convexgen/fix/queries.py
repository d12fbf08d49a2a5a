"""Mends of how a query is built: conditions in the order of the index, another index, names that were meant."""

from __future__ import annotations

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.site import Edit, Mended, Site, comments, fact


def reorder_conditions(site: Site, finding: Diagnostic) -> Mended | None:
    """The conditions in the order that is a range of the index. Commas and line breaks stay where they are."""
    order = fact(finding, "order")
    call = _call(site, finding)
    if order is None or call is None or any(comments(each) for each in call.args):
        return None  # what a comment is about would stand elsewhere
    positions = tuple(int(each) + 1 for each in order.split(","))
    if sorted(positions) != list(range(1, len(call.args))) or any(each.keyword or each.star for each in call.args):
        return None

    def reordered(node: cst.Call) -> cst.Call:
        values = [node.args[position].value for position in positions]
        moved = [each.with_changes(value=value) for each, value in zip(node.args[1:], values, strict=True)]
        return node.with_changes(args=[node.args[0], *moved])

    return Mended((Edit.of(call, reordered, key=("order", order)),))


def use_other_index(site: Site, finding: Diagnostic) -> Mended | None:
    """`Message.by_author` becomes the index that has what is asked for."""
    name = fact(finding, "other_index")
    call = _call(site, finding)
    index = call.args[0].value if call is not None and call.args else None
    if name is None or not isinstance(index, cst.Attribute):
        return None
    return Mended((Edit.of(index, lambda node: node.with_changes(attr=cst.Name(name)), key=("index", name)),))


def _call(site: Site, finding: Diagnostic) -> cst.Call | None:
    """The call that is given the condition, or the part of one, that a finding points at."""
    expression = site.expression_at(finding.primary.span)
    for ancestor in site.ancestors(expression) if expression is not None else ():
        if isinstance(ancestor, cst.Call):
            return ancestor
        if not isinstance(ancestor, cst.Arg | cst.Comparison | cst.ComparisonTarget):
            return None
    return None
