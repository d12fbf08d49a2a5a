"""How the documents of tables are shown by the Python client: as a class named like the table's own.

A fragment knows a table by its wire name only. So these names are chosen once for the whole program, and travel with
those of the named types under keys that no symbol can equal.
"""

from __future__ import annotations

from collections.abc import Mapping

from convexgen.ir import TypeName, TypeNames
from convexgen.naming import pascal_case


def document_key(table: str) -> str:
    """Where `TypeNames` tells how documents of `table` (its wire name) are shown."""
    return f"table:{table}"


def document_name(table: str, names: TypeNames) -> str:
    """What documents of `table` are called; without an entry in `names`, after the table."""
    known = names.get(document_key(table))
    return f"{pascal_case(table)}Document" if known is None else known.name


def document_names(classes: Mapping[str, str], names: TypeNames) -> TypeNames:
    """Entries for the documents of the tables in `classes`, which maps the name of each table to that of its class.

    A document is called like its class. Where a type of `names` or the document of an earlier table (by table name) is
    called so already, `Document` and then a number is added. Documents never split: they always come whole.
    """
    taken = {name.name for name in names.values()} | {f"{name.name}Input" for name in names.values() if name.splits}
    result: dict[str, TypeName] = {}
    for table, own in sorted(classes.items()):
        name, number = own, 1
        while name in taken:
            name, number = f"{own}Document{number if number > 1 else ''}", number + 1
        taken.add(name)
        result[document_key(table)] = TypeName(name, False)
    return result
