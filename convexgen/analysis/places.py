"""Where each thing of a program stands, by the names that changes between two programs are told under.

The `Ir` has no places, so whoever wants to point at something in it asks here, which reads the sources once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from convexgen.analysis.analyse import module_name
from convexgen.analysis.declarations import FieldDeclaration, FunctionDeclaration, ModuleDeclaration, span
from convexgen.analysis.declare import Analysis
from convexgen.analysis.read import read
from convexgen.analysis.resolve import Program
from convexgen.analysis.syntax import FunctionSyntax
from convexgen.naming import Naming, exported_name
from convexgen.source import SourceFile, Span, in_characters


def places(sources: tuple[SourceFile, ...], folder: str, naming: Naming) -> Mapping[str, Span]:
    """The places of modules, functions, arguments, results, types, tables, fields, indexes and routes.

    The keys are roots as in `breaking.changes.Subject`. Columns count characters.
    """
    modules = {(name := module_name(source.path, folder)): read(source, name)[0] for source in sources}
    analysis = Analysis(Program(modules, folder), naming)
    found: dict[str, Span] = {"module ": Span(folder)}
    for name in sorted(modules):
        found[f"module {name}"] = Span(modules[name].path)
        found.update(_of_module(analysis.module(name)))
        for statement in modules[name].body:
            if isinstance(statement, FunctionSyntax) and statement.returns is not None:
                key = f"{_dotted(name, exported_name(statement.name))} returns"
                found[key] = span(modules[name].path, statement.returns.place)
    lines = {source.path: source.content.splitlines() for source in sources}
    return {key: in_characters(place, lines.get(place.path, [])) for key, place in found.items()}


def _of_module(declared: ModuleDeclaration) -> Iterator[tuple[str, Span]]:
    for function in declared.functions:
        yield from _of_function(_dotted(declared.name, function.function.name), function)
    for type_ in declared.types:
        key = f"type {type_.definition.symbol}"
        yield key, span(type_.path, type_.place)
        yield from _of_fields(f"{key} field", type_.fields)
    for table in declared.tables:
        key = f"table {table.table.name}"
        yield key, span(table.path, table.place)
        yield from _of_fields(f"{key} field", table.fields)
        for index in table.indexes:
            yield f"{key} index {index.index.name}", span(index.path, index.place)
    for route in declared.routes:
        yield f"route {route.route.method} {route.route.path}", span(route.path, route.place)


def _of_function(name: str, declared: FunctionDeclaration) -> Iterator[tuple[str, Span]]:
    yield name, span(declared.path, declared.place)
    yield from _of_fields(f"{name} args", declared.args)


def _of_fields(key: str, fields: tuple[FieldDeclaration, ...]) -> Iterator[tuple[str, Span]]:
    for each in fields:
        yield f"{key} {each.field.name}", span(each.path, each.place)


def _dotted(module: str, function: str) -> str:
    return f"{module}.{function}" if module else function
