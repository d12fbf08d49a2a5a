"""The part of a program that one specification file shows, by the same rules as the other outputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from convexgen.ir import Document, Ir, Module, Named, Type, types_of, walk
from convexgen.settings import SpecOutput, is_shown


def selected(ir: Ir, output: SpecOutput) -> Ir:
    """`ir` without the functions that `output` leaves out, and without what then nobody uses.

    With visibility `all` every table stays, otherwise those whose documents are used. HTTP routes count as the module
    `http`.
    """
    if not output.include and not output.exclude and output.visibility == "all":
        return ir
    modules = [_with_functions_shown(module, output) for module in ir.modules]
    used = _used(modules, every_table=output.visibility == "all")
    slim = (_with_used(module, used) for module in modules)
    functions = {f"{module.path}.{function.name}" for module in modules for function in module.functions}
    return Ir(
        modules=tuple(module for module in slim if module.functions or module.types or module.tables),
        routes=ir.routes if is_shown("http", output) else (),
        crons=tuple(cron for cron in ir.crons if cron.function in functions),
    )


def _with_functions_shown(module: Module, output: SpecOutput) -> Module:
    shown = module.functions if is_shown(module.wire, output) else ()
    return replace(module, functions=tuple(f for f in shown if output.visibility == "all" or f.visibility == "public"))


def _with_used(module: Module, used: set[str]) -> Module:
    return replace(
        module,
        types=tuple(definition for definition in module.types if definition.symbol in used),
        tables=tuple(table for table in module.tables if _key(table.name) in used),
    )


def _used(modules: Iterable[Module], *, every_table: bool) -> set[str]:
    """The symbols of all types, and the keys of all tables, that functions lead to."""
    leads_to: dict[str, list[str]] = {}
    waiting: list[str] = []
    for module in modules:
        for definition in module.types:
            leads_to[definition.symbol] = [*_names(types_of(definition))]
        for table in module.tables:
            leads_to[_key(table.name)] = [*_names(types_of(table)), *table.variants]
            waiting += [_key(table.name)] if every_table else []
        for function in module.functions:
            waiting += _names((function.returns, *(arg.type for arg in function.args)))
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += leads_to.get(name, ())  # the system tables lead nowhere
    return used


def _names(types: Iterable[Type]) -> Iterator[str]:
    for type_ in types:
        for inner in walk(type_):
            if isinstance(inner, Named):
                yield inner.symbol
            elif isinstance(inner, Document):
                yield _key(inner.table)


def _key(table: str) -> str:
    """What stands for a table beside the symbols of types, none of which holds a colon."""
    return f"table:{table}"
