"""From a program to its TypeScript files, the way `plan` does it, for tests that have no source text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from convexgen.emit import typescript
from convexgen.emit.contract import Emitter, ModuleOutline, Outline, TableOutline, TypeOutline
from convexgen.emit.files import seal
from convexgen.ir import Ir, Module, Named, ObjectDef, Type, TypeDef, TypeName, TypeNames, types_of, walk
from convexgen.settings import TypeScriptOutput

EMITTER: Emitter[TypeScriptOutput] = typescript


def generated(ir: Ir, output: TypeScriptOutput) -> Mapping[str, str]:
    """The texts of all files by their paths, in the order in which they would be written."""
    names = type_names(ir)
    fragments = {module.path: EMITTER.fragment(module, names, output) for module in ir.modules}
    files = EMITTER.assemble(outline(ir, names, output), fragments, output)
    return {file.path: seal(file.text) for file in files}


def write(ir: Ir, folder: Path, output: TypeScriptOutput) -> None:
    """Writes the generated files below `folder`."""
    for path, text in generated(ir, output).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")


def type_names(ir: Ir) -> TypeNames:
    """Every type under its own name, which a test keeps unique."""
    definitions = {definition.symbol: definition for module in ir.modules for definition in module.types}
    return {
        symbol: TypeName(definition.name, _splits(definition, definitions, frozenset()))
        for symbol, definition in definitions.items()
    }


def outline(ir: Ir, names: TypeNames, output: TypeScriptOutput) -> Outline:
    types = [
        TypeOutline(definition.symbol, names[definition.symbol].name, names[definition.symbol].splits, module.path)
        for module in ir.modules
        for definition in module.types
    ]
    tables = [TableOutline(table.name, module.path) for module in ir.modules for table in module.tables]
    return Outline(
        modules=tuple([shown for module in ir.modules if (shown := _module(module, output)) is not None]),
        types=tuple(sorted(types, key=lambda each: each.name)),
        tables=tuple(sorted(tables, key=lambda each: each.name)),
    )


def _module(module: Module, output: TypeScriptOutput) -> ModuleOutline | None:
    public = any(function.visibility == "public" for function in module.functions)
    internal = output.visibility == "all" and any(f.visibility == "internal" for f in module.functions)
    return ModuleOutline(module.path, module.wire, module.doc, public, internal) if public or internal else None


def _splits(definition: TypeDef, definitions: Mapping[str, TypeDef], above: frozenset[str]) -> bool:
    """Whether a field with a default is in the type or in one that it contains."""
    if isinstance(definition, ObjectDef) and any(field.presence == "defaulted" for field in definition.fields):
        return True
    inside = set(_named(types_of(definition))) - above
    return any(_splits(definitions[symbol], definitions, above | inside) for symbol in inside)


def _named(types: Iterator[Type]) -> Iterator[str]:
    for type_ in types:
        yield from (inner.symbol for inner in walk(type_) if isinstance(inner, Named))
