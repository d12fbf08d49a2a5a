"""The typed Python client: a package that needs `httpx`, `pydantic` and `websockets`, and nothing of ours.

`runtime/` in it is the same for everybody and copied from the templates; `models.py` holds the documents and named
types, `client.py` and `async_client.py` one method for each function.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from convexgen.emit.contract import Fragment, GeneratedFile, Outline
from convexgen.emit.python.documents import document_names
from convexgen.emit.python.functions import methods
from convexgen.emit.python.models import definitions
from convexgen.emit.python.package import package
from convexgen.emit.python.text import docstring
from convexgen.ir import AliasDef, Document, Module, Named, Table, TypeDef, TypeNames, types_of, walk
from convexgen.settings import PythonOutput

__all__ = ["assemble", "document_names", "fragment"]


def fragment(module: Module, names: TypeNames, output: PythonOutput, *, untyped: Collection[str] = ()) -> Fragment:
    """What `module` contributes. `names` should include those of `document_names`; documents without one are called
    after their table. `untyped` are the wire identifiers of functions that take anything: no program of ours has any.

    Keys: `names`, `uses`, `methods` and `doc` for the methods and their class; for a type or table, under its key
    K (`type SYMBOL`, `table NAME`), `class K` or `alias K` and `alias input K`, `needs K` (the keys of what an alias
    mentions), `uses K`.
    """
    result: dict[str, str] = {}
    functions = [f for f in module.functions if f.visibility == "public" or output.visibility == "all"]
    if functions:
        written = methods(module, functions, names, untyped)
        result["names"] = " ".join(written.names)
        result["uses"] = " ".join(sorted(written.used))
        result["methods"] = written.source
        result["doc"] = docstring(module.doc, None, 4)
    for type_ in module.types:
        if type_.symbol in names:
            result.update(_definition(f"type {type_.symbol}", type_, names))
    for table in module.tables:
        result.update(_definition(f"table {table.name}", table, names))
    return result


def assemble(outline: Outline, fragments: Mapping[str, Fragment], output: PythonOutput) -> tuple[GeneratedFile, ...]:
    """All files of the package in the order in which they should be written."""
    return package(output.path, outline, fragments)


def _definition(key: str, definition: TypeDef | Table, names: TypeNames) -> Iterator[tuple[str, str]]:
    written = list(definitions(definition, names))
    yield f"uses {key}", " ".join(sorted(set().union(*(used for _, used in written))))
    if not _is_alias(definition):
        yield f"class {key}", "\n\n".join(text for text, _ in written)
        return
    yield f"needs {key}", "\n".join(_mentions(definition))
    for prefix, (text, _) in zip(("alias", "alias input"), written, strict=False):
        yield f"{prefix} {key}", text


def _is_alias(definition: TypeDef | Table) -> bool:
    return isinstance(definition, AliasDef) or (isinstance(definition, Table) and bool(definition.variants))


def _mentions(definition: TypeDef | Table) -> Iterator[str]:
    """The keys of the types and documents that stand in an alias."""
    for type_ in types_of(definition):
        for inner in walk(type_):
            if isinstance(inner, Named):
                yield f"type {inner.symbol}"
            elif isinstance(inner, Document):
                yield f"table {inner.table}"
