"""The paths of a table's fields (`"author" | "meta.rank"`), for the `fieldPaths` of the data model.

A path may lead through types of other modules, which a fragment does not know. So a fragment notes one step at a time,
and `assemble` follows the steps. A note has a line per field: its name and, after tabs, what lies below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from convexgen.emit.typescript.text import string
from convexgen.ir import (
    AliasDef,
    Constrained,
    Document,
    Field,
    Named,
    ObjectDef,
    RecordOf,
    Scalar,
    Table,
    Type,
    UnionOf,
)

_SYSTEM_FIELDS = ("_id", "_creationTime")
_ANYTHING = "*"

Find = Callable[[str], str | None]
"""The note of a type or a table by its reference (`type messages.Card`, `table messages`); None if it has no fields."""


def note_of_table(table: Table) -> str:
    if table.variants:
        return "\t".join(["", *[f"type {symbol}" for symbol in table.variants]])
    return _note(table.fields, _SYSTEM_FIELDS)


def note_of_object(definition: ObjectDef) -> str:
    return _note(definition.fields, _SYSTEM_FIELDS if definition.table is not None else ())


def note_of_alias(definition: AliasDef) -> str:
    return "\t".join(["", *_below(definition.type)])


def field_paths(table: str, find: Find) -> tuple[str, ...]:
    """The paths of all fields of `table` as TypeScript types, sorted, each once.

    Where a type contains itself the paths end in a pattern, as there is no last one.
    """
    paths = set(_paths(f"table {table}", "", find, ()))
    return tuple([_as_type(path) for path in sorted(paths)])


def _note(fields: tuple[Field, ...], system_fields: tuple[str, ...]) -> str:
    lines = ["\t".join([field.wire, *_below(field.type)]) for field in fields]
    return "\n".join([*lines, *system_fields])


def _below(type_: Type) -> Iterator[str]:
    """References to all that has fields directly in `type_`."""
    match type_:
        case Named(symbol):
            yield f"type {symbol}"
        case Document(table):
            yield f"table {table}"
        case RecordOf() | Scalar("any"):
            yield _ANYTHING
        case Constrained(base, _):
            yield from _below(base)
        case UnionOf(members):
            for member in members:
                yield from _below(member)
        case _:
            pass


def _paths(reference: str, prefix: str, find: Find, above: tuple[str, ...]) -> Iterator[str]:
    note = find(reference)
    if note is None:
        return
    above = (*above, reference)
    for line in note.split("\n"):
        name, *below = line.split("\t")
        if name:
            yield prefix + name
        inside = f"{prefix}{name}." if name else prefix
        for deeper in below:
            if deeper == _ANYTHING or deeper in above:
                yield inside + _ANYTHING
            else:
                yield from _paths(deeper, inside, find, above)


def _as_type(path: str) -> str:
    return f"`{path[:-1]}${{string}}`" if path.endswith(_ANYTHING) else string(path)
