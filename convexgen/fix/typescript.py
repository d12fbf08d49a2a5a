"""Mends of what is written as in TypeScript: tables and functions that are named, and arguments in one object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.imports import spelling, written_as
from convexgen.fix.site import Edit, Mended, Site, fact
from convexgen.naming import wire_name

_NO_SPACE = cst.SimpleWhitespace("")
_BETWEEN = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def leave_table_out(site: Site, finding: Diagnostic) -> Mended | None:
    """`get("messages", id)` becomes `get(id)`."""
    argument = site.holder(finding.primary.span, cst.Arg)
    call = site.parents.get(argument) if argument is not None else None
    if fact(finding, "needless") is None or not isinstance(call, cst.Call) or call.args[0] is not argument:
        return None
    return Mended((Edit.of(call, lambda node: node.with_changes(args=node.args[1:]), key="table"),))


def name_function(site: Site, finding: Diagnostic) -> Mended | None:
    """`"messages:newest"` becomes `newest`, which is imported if need be."""
    text, name, path = site.at(finding.primary.span, cst.SimpleString), fact(finding, "name"), fact(finding, "path")
    if text is None or not name or path is None:
        return None
    if path == site.path:
        return Mended((Edit.of(text, lambda _: cst.Name(name)),))
    expression, imports = spelling(site.module, name, written_as(site, path))
    return Mended((Edit.of(text, lambda _: expression),), imports)


def spread_dict(site: Site, finding: Diagnostic) -> Mended | None:
    """`{"text": text}` becomes `text=text`, if every key is the name of something that can be passed so."""
    given = site.at(finding.primary.span, cst.Dict)
    argument = site.parents.get(given) if given is not None else None
    call = site.parents.get(argument) if argument is not None else None
    names = (fact(finding, "names") or "").split(",")
    if given is None or not isinstance(argument, cst.Arg) or not isinstance(call, cst.Call):
        return None
    keywords = list(_keywords(given, names))
    if len(keywords) < len(given.elements) or call.args[-1] is not argument:
        return None

    def spread(node: cst.Call) -> cst.Call:
        last = node.args[-1]
        passed = [*node.args[:-1], *(each.with_changes(comma=_BETWEEN) for each in keywords)]
        if passed:
            passed[-1] = passed[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        return node.with_changes(args=passed)

    return Mended((Edit.of(call, spread, key="dict"),))


def _keywords(given: cst.Dict, names: Sequence[str]) -> Iterator[cst.Arg]:
    """Those of its elements that can be passed by keyword, as Python calls them."""
    by_wire = {wire_name(name, "camel"): name for name in names} | {name: name for name in names}
    for element in given.elements:
        if not isinstance(element, cst.DictElement) or not isinstance(element.key, cst.SimpleString):
            continue
        name = by_wire.get(str(element.key.evaluated_value))
        if name is not None:
            equal = cst.AssignEqual(_NO_SPACE, _NO_SPACE)
            yield cst.Arg(element.value, keyword=cst.Name(name), equal=equal)
