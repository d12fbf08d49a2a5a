"""Joins what the modules contribute into the files of the TypeScript output."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from convexgen.emit.contract import MARKER_LINE, Fragment, GeneratedFile, Outline
from convexgen.emit.templates import render
from convexgen.emit.typescript.expressions import union
from convexgen.emit.typescript.field_paths import field_paths
from convexgen.emit.typescript.fragments import REFERENCES, TABLE_INDENT
from convexgen.emit.typescript.imports import Imports
from convexgen.emit.typescript.layout import alias_line, property_line
from convexgen.emit.typescript.module_tree import ModuleTree
from convexgen.emit.typescript.names import API_NAMES, DATA_MODEL_NAMES, TYPES_NAMES
from convexgen.emit.typescript.text import key, string
from convexgen.settings import TypeScriptOutput


def assemble(
    outline: Outline, fragments: Mapping[str, Fragment], output: TypeScriptOutput
) -> tuple[GeneratedFile, ...]:
    """The files of `output`, not sealed yet, those first that others import."""
    if output.file_type == "ts":
        texts = {
            "dataModel.ts": _data_model(outline, fragments),
            "types.ts": _types(outline, fragments),
            "api.ts": _api("api.ts", outline, fragments),
        }
    else:
        texts = {
            "dataModel.d.ts": _data_model(outline, fragments),
            "types.d.ts": _types(outline, fragments),
            "types.js": _enum_arrays(outline, fragments),
            "api.d.ts": _api("api.d.ts", outline, fragments),
            "api.js": render("typescript/api.js.jinja", marker=MARKER_LINE),
        }
    return tuple([GeneratedFile(f"{output.path}/{name}", text) for name, text in texts.items() if text])


def _data_model(outline: Outline, fragments: Mapping[str, Fragment]) -> str:
    """The text of `dataModel`, most of which is the paths of fields: it is made again only if a table has changed."""
    if not outline.tables:
        return render("typescript/dataModel-without-tables.jinja", marker=MARKER_LINE)
    modules = {f"type {type_.symbol}": type_.module for type_ in outline.types}
    modules.update({f"table {table.name}": table.module for table in outline.tables})
    notes = {key: note for key, module in modules.items() if (note := fragments[module].get(f"paths {key}"))}
    tables = tuple([_table(table.name, fragments[table.module]) for table in outline.tables])
    return _data_model_of(tables, tuple(notes.items()), outline.hidden)


class _Table(NamedTuple):
    """A table with what its module has rendered of it."""

    name: str
    doc: str
    document: str
    indexes: str
    uses: str


def _table(name: str, parts: Fragment) -> _Table:
    uses = parts.get(f"uses table {name}", "")
    return _Table(name, parts[f"doc {name}"], parts[f"table {name}"], parts[f"indexes {name}"], uses)


@lru_cache(maxsize=4)
def _data_model_of(tables: tuple[_Table, ...], notes: tuple[tuple[str, str], ...], hidden: tuple[str, ...]) -> str:
    """`notes` are what `field_paths` asks for, by the type or table that they are of."""
    imports = Imports(DATA_MODEL_NAMES)
    imports.require("convex", "DocumentByName", "SystemTableNames", "TableNamesInDataModel")
    imports.require("values", "GenericId")
    note = dict(notes).get
    texts = []
    for table in tables:
        imports.add_all(table.uses)
        paths = property_line("fieldPaths: ", union(list(field_paths(table.name, note))), TABLE_INDENT)
        texts.append(f"{table.doc}  {key(table.name)}: {{\n{table.document}{paths}{table.indexes}  }};\n")
    hidden_line = alias_line("type HiddenTableNames =", union(list(map(string, hidden)))) if hidden else ""
    return render(
        "typescript/dataModel.jinja",
        {"imports": imports.lines("convex", "values", "types"), "tables": "".join(texts), "hidden": hidden_line},
        marker=MARKER_LINE,
    )


def _types(outline: Outline, fragments: Mapping[str, Fragment]) -> str:
    imports = Imports(TYPES_NAMES)
    declarations = []
    for type_ in outline.types:
        parts = fragments[type_.module]
        declarations.append(parts[f"type {type_.symbol}"])
        imports.add(parts, f"type {type_.symbol}")
    blocks = _blocks(imports.lines("convex", "dataModel"), *(declarations or ["export {};\n"]))
    return render("typescript/types.jinja", {"declarations": blocks}, marker=MARKER_LINE)


def _enum_arrays(outline: Outline, fragments: Mapping[str, Fragment]) -> str:
    """The text of `types.js`; empty if there is no enum, as all else in `types` exists for the type checker alone."""
    found = [fragments[type_.module].get(f"enum {type_.symbol}") for type_ in outline.types]
    arrays = [array for array in found if array is not None]
    return render("typescript/types.js.jinja", {"arrays": "".join(arrays)}, marker=MARKER_LINE) if arrays else ""


def _api(file: str, outline: Outline, fragments: Mapping[str, Fragment]) -> str:
    imports = Imports(API_NAMES)
    public, internal = ModuleTree(), ModuleTree()
    for module in outline.modules:
        parts = fragments[module.path]
        if module.public:
            public.add(module.wire, module.doc, parts["public"])
            imports.add(parts, "public")
        if module.internal:
            internal.add(module.wire, module.doc, parts["internal"])
            imports.add(parts, "internal")
    aliases = _aliases(imports)
    if aliases:
        imports.require("convex", "FunctionReference")
    return render(
        f"typescript/{file}.jinja",
        {
            "preamble": _blocks(imports.lines("convex", "dataModel", "types"), aliases),
            "api": public.object_type(),
            "internal": internal.object_type(),
        },
        marker=MARKER_LINE,
    )


def _blocks(*texts: str) -> str:
    """Those of `texts` that are not empty, with a blank line between them."""
    return "\n".join([text for text in texts if text])


def _aliases(imports: Imports) -> str:
    """A short name for each kind of reference in use: spelled out five thousand times they would slow `tsc` down."""
    used = imports.names("alias")
    return "".join([_alias(name, kind, visibility) for (visibility, kind), name in REFERENCES.items() if name in used])


def _alias(name: str, kind: str, visibility: str) -> str:
    reference = f'FunctionReference<"{kind}", "{visibility}", Args, ReturnValue>'
    return f"type {name}<\n  Args extends Record<string, unknown>,\n  ReturnValue,\n> = {reference};\n"
