"""How the documents of tables are shown by the Python client: as a class named like the table's own.

A fragment knows a table by its wire name only, so these names are chosen once for the whole program and travel with
those of the named types, under keys that no symbol can equal.
"""

from __future__ import annotations

from collections.abc import Iterable

from convexgen.ir import Document, Module, Named, Table, TypeName, TypeNames, types_of, walk
from convexgen.naming import pascal_case


def document_key(table: str) -> str:
    """Where `TypeNames` tells how documents of `table` (its wire name) are shown."""
    return f"document {table}"


def document_name(table: str, names: TypeNames) -> TypeName:
    """How documents of `table` are shown; without an entry, by a name made from the table's."""
    return names.get(document_key(table)) or TypeName(f"{pascal_case(table)}Document", False)


def with_documents(modules: Iterable[Module], names: TypeNames) -> TypeNames:
    """`names` with an entry for the documents of every table of `modules`.

    A document is called like the class of its table; where a named type is called so already, `Document` and then a
    number is added. Tables are served in order of their names.
    """
    tables = sorted((table for module in modules for table in module.tables), key=lambda table: table.name)
    taken = {shown for name in names.values() for shown in _shown(name)}
    splitting = _splitting(tables, names)
    result = dict(names)
    for table in tables:
        own = table.symbol.rpartition(".")[2]
        entry = TypeName(own, table.name in splitting)
        suffix = 1
        while not taken.isdisjoint(_shown(entry)):
            entry = TypeName(f"{own}Document{suffix if suffix > 1 else ''}", entry.splits)
            suffix += 1
        taken.update(_shown(entry))
        result[document_key(table.name)] = entry
    return result


def _shown(name: TypeName) -> tuple[str, ...]:
    return (name.name, f"{name.name}Input") if name.splits else (name.name,)


def _splitting(tables: list[Table], names: TypeNames) -> set[str]:
    """The tables whose documents differ between the way in and the way out."""
    found: set[str] = set()
    size = -1
    while size != len(found):  # a document may hold documents of other tables
        size = len(found)
        found.update(table.name for table in tables if _splits(table, names, found))
    return found


def _splits(table: Table, names: TypeNames, splitting: set[str]) -> bool:
    if any(field.presence == "defaulted" for field in table.fields):
        return True
    if any(names[variant].splits for variant in table.variants if variant in names):
        return True
    return any(
        (isinstance(inner, Named) and inner.symbol in names and names[inner.symbol].splits)
        or (isinstance(inner, Document) and inner.table in splitting)
        for type_ in types_of(table)
        for inner in walk(type_)
    )
