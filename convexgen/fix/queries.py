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


def name_index(site: Site, finding: Diagnostic) -> Mended | None:
    """`"by_author"` becomes `Message.by_author`, with the table as `query(…)` names it."""
    return _named_index(site, finding, fact(finding, "index"))


def name_close_index(site: Site, finding: Diagnostic) -> Mended | None:
    """The same for a name that no index has, with the index that is called nearly so."""
    return _named_index(site, finding, fact(finding, "meant"))


def _named_index(site: Site, finding: Diagnostic, name: str | None) -> Mended | None:
    call = _call(site, finding)
    text = call.args[0].value if call is not None and call.args else None
    table = _table(call) if call is not None else None
    if not name or text is None or table is None:
        return None
    index = cst.Attribute(table, cst.Name(name))
    return Mended((Edit.of(text, lambda _: index, key=("index", name)),))


def _table(call: cst.Call) -> cst.Name | cst.Attribute | None:
    """What stands in the `query(…)` that a chain begins with."""
    chain: cst.BaseExpression = call.func
    while isinstance(chain, cst.Attribute) and isinstance(chain.value, cst.Call):
        inner = chain.value
        if isinstance(inner.func, cst.Attribute) and inner.func.attr.value == "query" and len(inner.args) == 1:
            named = inner.args[0].value
            return named.deep_clone() if isinstance(named, cst.Name | cst.Attribute) else None
        chain = inner.func
    return None


def _call(site: Site, finding: Diagnostic) -> cst.Call | None:
    """The call that is given the condition, or the part of one, that a finding points at."""
    expression = site.expression_at(finding.primary.span)
    for ancestor in site.ancestors(expression) if expression is not None else ():
        if isinstance(ancestor, cst.Call):
            return ancestor
        if not isinstance(ancestor, cst.Arg | cst.Comparison | cst.ComparisonTarget):
            return None
    return None
