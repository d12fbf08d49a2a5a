"""The part of a program that one specification file shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from convexgen.ir import Ir, Module, Named, Type, types_of, walk
from convexgen.settings import SpecOutput


def selected(ir: Ir, output: SpecOutput) -> Ir:
    """`ir` without the functions that `output` leaves out, and without the types that then nobody uses.

    Tables always stay: a database is one thing, whoever calls its functions. HTTP routes count as the module `http`.
    """
    if not output.include and not output.exclude and output.visibility == "all":
        return ir
    modules = [_functions_shown(module, output) for module in ir.modules]
    used = _used_types(modules)
    slim = [replace(module, types=tuple(t for t in module.types if t.symbol in used)) for module in modules]
    shown = {f"{module.path}.{function.name}" for module in modules for function in module.functions}
    return Ir(
        modules=tuple(module for module in slim if module.functions or module.types or module.tables),
        routes=ir.routes if _is_shown("http", output) else (),
        crons=tuple(cron for cron in ir.crons if cron.function in shown),
    )


def _functions_shown(module: Module, output: SpecOutput) -> Module:
    if not _is_shown(module.wire, output):
        return replace(module, functions=())
    kept = (f for f in module.functions if output.visibility == "all" or f.visibility == "public")
    return replace(module, functions=tuple(kept))


def _is_shown(wire: str, output: SpecOutput) -> bool:
    included = not output.include or _matches(wire, output.include)
    return included and not _matches(wire, output.exclude)


def _matches(wire: str, globs: Iterable[str]) -> bool:
    """Whether a glob matches: `*` and `?` stay within a part of the path, `**` crosses parts."""
    return any(re.fullmatch("".join(map(_regex, re.split(r"(\*\*/?|\*|\?)", glob))), wire) for glob in globs)


def _regex(token: str) -> str:
    return {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(token, re.escape(token))


def _used_types(modules: Iterable[Module]) -> set[str]:
    """The symbols of all types that functions and tables name, directly or through other types."""
    definitions = {definition.symbol: definition for module in modules for definition in module.types}
    used: set[str] = set()
    waiting = [symbol for module in modules for symbol in _named_by_module(module)]
    while waiting:
        symbol = waiting.pop()
        if symbol not in used:
            used.add(symbol)
            waiting += _symbols(types_of(definitions[symbol]))
    return used


def _named_by_module(module: Module) -> Iterator[str]:
    for function in module.functions:
        yield from _symbols((function.returns, *(arg.type for arg in function.args)))
    for table in module.tables:
        yield from table.variants
        yield from _symbols(types_of(table))


def _symbols(types: Iterable[Type]) -> Iterator[str]:
    return (inner.symbol for type_ in types for inner in walk(type_) if isinstance(inner, Named))
