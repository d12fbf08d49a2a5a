"""From declarations to the `Ir`, the places forgotten; and the few facts about a module that the whole must know.

Total: an error that could stop this was found before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from convexgen import ir
from convexgen.analysis.declarations import ModuleDeclaration, TableDeclaration, TypeDeclaration
from convexgen.analysis.syntax import Place


class FunctionSummary(NamedTuple):
    """A function as the rest of the program sees it. `refs` are the types that its signature names."""

    wire: str
    name: str
    kind: str
    visibility: str
    refs: tuple[str, ...]
    place: Place


class TypeSummary(NamedTuple):
    """A named type. `splits` tells of itself alone whether its input and output differ; `shows_table` of views."""

    symbol: str
    name: str
    refs: tuple[str, ...]
    splits: bool
    shows_table: bool
    path: str
    place: Place


class TableSummary(NamedTuple):
    """A table. `class_name` and `place` are those of its class, `name_place` is where it is given its name."""

    name: str
    class_name: str
    refs: tuple[str, ...]
    place: Place
    name_place: Place


class ModuleSummary(NamedTuple):
    """What the whole program must know of one module. `refs` are as in `ir.add_references`."""

    path: str
    name: str
    wire: str
    doc: str
    functions: tuple[FunctionSummary, ...]
    http_actions: tuple[str, ...]
    types: tuple[TypeSummary, ...]
    tables: tuple[TableSummary, ...]


def lower(declaration: ModuleDeclaration) -> ir.Module:
    """The module without its places."""
    return ir.Module(
        declaration.name,
        declaration.wire,
        tuple(each.function for each in declaration.functions),
        tuple(each.definition for each in declaration.types),
        tuple(sorted((each.table for each in declaration.tables), key=lambda table: table.name)),
        declaration.doc,
    )


def summarise(declaration: ModuleDeclaration) -> ModuleSummary:
    """What the rest of the program must know of the module."""
    functions = tuple(
        FunctionSummary(
            each.function.wire,
            each.function.name,
            each.function.kind,
            each.function.visibility,
            refs((each.function.returns, *(arg.type for arg in each.function.args))),
            each.place,
        )
        for each in declaration.functions
    )
    return ModuleSummary(
        declaration.path,
        declaration.name,
        declaration.wire,
        declaration.doc,
        functions,
        declaration.http_actions,
        tuple(map(_type_summary, declaration.types)),
        tuple(map(_table_summary, declaration.tables)),
    )


def _type_summary(declaration: TypeDeclaration) -> TypeSummary:
    definition = declaration.definition
    fields = definition.fields if isinstance(definition, ir.ObjectDef) else ()
    shows_table = isinstance(definition, ir.ObjectDef) and definition.table is not None
    splits = not shows_table and any(field.presence == "defaulted" for field in fields)
    named = refs(ir.types_of(definition))
    return TypeSummary(
        definition.symbol, definition.name, named, splits, shows_table, declaration.path, declaration.place
    )


def _table_summary(declaration: TableDeclaration) -> TableSummary:
    table = declaration.table
    named = refs(ir.types_of(table)) + table.variants
    class_name = table.symbol.rpartition(".")[2]
    return TableSummary(table.name, class_name, named, declaration.place, declaration.name_place)


def refs(types: Iterable[ir.Type]) -> tuple[str, ...]:
    """What `types` mention, each once, as in `ir.add_references`."""
    found: dict[str, None] = {}
    for each in types:
        ir.add_references(each, found)
    return tuple(found)
