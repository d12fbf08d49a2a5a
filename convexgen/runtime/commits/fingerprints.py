"""Whether the type of a table's documents is still the one that they were checked against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from convexgen.ir import EnumDef, Field, Ir, ObjectDef, Table, TypeDef, add_references, types_of
from convexgen.source import digest

_CHECKS: Final = 1
"""To be raised when checks find something wrong that they let pass before: then everything is checked anew."""

_Definition = TypeDef | Table


def fingerprints(ir: Ir) -> dict[str, str]:
    """A text for each table, by name, that is another one when its documents may be of another type.

    Names that are only Python's, defaults and documentation do not count.
    """
    definitions: dict[str, _Definition] = {each.symbol: each for module in ir.modules for each in module.types}
    tables = {table.name: table for module in ir.modules for table in module.tables}
    definitions |= {f"table:{name}": table for name, table in tables.items()}
    return {name: _fingerprint(table, definitions) for name, table in tables.items()}


def _fingerprint(table: Table, definitions: Mapping[str, _Definition]) -> str:
    mentioned = _mentioned(table, definitions)
    text = repr((_CHECKS, [_bare(definitions[reference]) for reference in sorted(mentioned)]))
    return digest(text.encode(errors="surrogatepass")).hex()


def _mentioned(table: Table, definitions: Mapping[str, _Definition]) -> set[str]:
    """The table itself and all that its type is made of."""
    found: set[str] = set()
    ahead = [f"table:{table.name}"]
    while ahead:
        reference = ahead.pop()
        definition = definitions.get(reference)
        if definition is None or reference in found:
            continue
        found.add(reference)
        mentioned: dict[str, None] = {}
        for type_ in types_of(definition):
            add_references(type_, mentioned)
        ahead += mentioned
        if isinstance(definition, Table):
            ahead += definition.variants
    return found


def _bare(definition: _Definition) -> _Definition:
    match definition:
        case Table():
            return Table("", definition.name, _bare_fields(definition.fields), variants=definition.variants)
        case ObjectDef():
            return replace(definition, fields=_bare_fields(definition.fields), name="", doc="", deprecated=None)
        case EnumDef():
            members = tuple(replace(member, name="", doc="") for member in definition.members)
            return replace(definition, members=members, name="", doc="", deprecated=None)
        case _:
            return replace(definition, name="", doc="")


def _bare_fields(fields: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(replace(field, name="", default=None, doc="", deprecated=None) for field in fields)
