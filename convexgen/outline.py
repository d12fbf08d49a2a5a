"""What each output shows of the program: which modules, functions, types and tables are in it.

Stands between the front end, which knows the whole, and the back ends, which are told what is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.analysis.link import Linked, reachable
from convexgen.analysis.lower import ModuleSummary
from convexgen.emit.contract import ModuleOutline, Outline, TableOutline, TypeOutline
from convexgen.settings import Output, is_shown


def outline(modules: tuple[ModuleSummary, ...], linked: Linked, output: Output) -> Outline:
    """What `output` shows of `modules`. With visibility `all` every table is shown, otherwise those that are used."""
    shown = [module for module in modules if is_shown(module.wire, output)]
    outlines = tuple(filter(None, (_module(module, output) for module in shown)))
    used = reachable(_roots(modules, shown, output), linked.edges)
    types = [
        TypeOutline(symbol, name.name, name.splits, linked.homes[symbol])
        for symbol, name in linked.names.items()
        if symbol in used
    ]
    tables = [
        TableOutline(table.name, module.name)
        for module in modules
        for table in module.tables
        if f"table:{table.name}" in used
    ]
    declared = {table.name for module in modules for table in module.tables}
    hidden = {name for name in declared if f"id:{name}" in used and f"table:{name}" not in used}
    return Outline(
        outlines,
        tuple(sorted(types, key=lambda each: each.name)),
        tuple(sorted(tables, key=lambda each: each.name)),
        tuple(sorted(hidden)),
    )


def _module(module: ModuleSummary, output: Output) -> ModuleOutline | None:
    public = any(function.visibility == "public" for function in module.functions)
    internal = output.visibility == "all" and any(function.visibility == "internal" for function in module.functions)
    if not public and not internal:
        return None
    return ModuleOutline(module.name, module.wire, module.doc, public, internal)


def _roots(modules: tuple[ModuleSummary, ...], shown: list[ModuleSummary], output: Output) -> Iterator[str]:
    if output.visibility == "all":
        yield from (f"table:{table.name}" for module in modules for table in module.tables)
    for module in shown:
        for function in module.functions:
            if output.visibility == "all" or function.visibility == "public":
                yield from function.refs
