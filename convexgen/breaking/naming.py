"""Whether a program writes all its names in another way than before.

Then hardly a name on the wire is what it was. That is one change, not hundreds: it is told once, and the old program is
compared as if it had been written in the new way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import get_args

from convexgen import ir
from convexgen.naming import Naming, wire_name


def renamed_as(old: ir.Ir, new: ir.Ir) -> tuple[ir.Ir, tuple[Naming, Naming] | None]:
    """The old program with its names written as the new one writes them, and the old and new manner where they differ.

    Names that were given by an alias stay as they are.
    """
    before, after = _naming_of(old), _naming_of(new)
    if before is None or after is None or before == after:
        return old, None
    return _rewritten(old, before, after), (before, after)


def _naming_of(program: ir.Ir) -> Naming | None:
    """The manner in which most names are written that each manner writes in its own way; None where there are none."""
    votes: Counter[Naming] = Counter()
    for name, wire in _names(program):
        matching = [naming for naming in get_args(Naming) if wire_name(name, naming) == wire]
        if len(matching) == 1:
            votes[matching[0]] += 1
    ranked = votes.most_common()
    return ranked[0][0] if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]) else None


def _names(program: ir.Ir) -> Iterator[tuple[str, str]]:
    """Every Python name with its name on the wire."""
    for module in program.modules:
        yield from zip(module.path.split("."), module.wire.split("/"), strict=False)
        for function in module.functions:
            yield function.name, function.wire
            yield from ((field.name, field.wire) for field in function.args)
        for definition in (*module.types, *module.tables):
            if isinstance(definition, ir.ObjectDef | ir.Table):
                yield from ((field.name, field.wire) for field in definition.fields)


def _rewritten(program: ir.Ir, before: Naming, after: Naming) -> ir.Ir:
    def field(each: ir.Field) -> ir.Field:
        return replace(each, wire=_again(each.name, each.wire, before, after))

    paths = {wire: _again(name, wire, before, after) for name, wire in _names(program)}
    modules = (_module(module, field, partial(_path, names=paths), before, after) for module in program.modules)
    return replace(program, modules=tuple(modules))


def _again(name: str, wire: str, before: Naming, after: Naming) -> str:
    """The wire name in the new manner, unless it was given by an alias."""
    return wire_name(name, after) if wire == wire_name(name, before) else wire


def _path(path: str, names: dict[str, str]) -> str:
    """The path of an index in the new manner."""
    return ".".join(names.get(part, part) for part in path.split("."))


def _module(
    module: ir.Module,
    field: Callable[[ir.Field], ir.Field],
    path: Callable[[str], str],
    before: Naming,
    after: Naming,
) -> ir.Module:
    def fields(each: tuple[ir.Field, ...]) -> tuple[ir.Field, ...]:
        return tuple(map(field, each))

    def paths(each: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(path, each))

    parts = zip(module.path.split("."), module.wire.split("/"), strict=False)
    return replace(
        module,
        wire="/".join(_again(name, wire, before, after) for name, wire in parts),
        functions=tuple(
            replace(each, wire=_again(each.name, each.wire, before, after), args=fields(each.args))
            for each in module.functions
        ),
        types=tuple(
            replace(each, fields=fields(each.fields)) if isinstance(each, ir.ObjectDef) else each
            for each in module.types
        ),
        tables=tuple(
            replace(
                each,
                fields=fields(each.fields),
                indexes=tuple(replace(index, fields=paths(index.fields)) for index in each.indexes),
                search_indexes=tuple(
                    replace(index, field=path(index.field), filter_fields=paths(index.filter_fields))
                    for index in each.search_indexes
                ),
                vector_indexes=tuple(
                    replace(index, field=path(index.field), filter_fields=paths(index.filter_fields))
                    for index in each.vector_indexes
                ),
            )
            for each in module.tables
        ),
    )
