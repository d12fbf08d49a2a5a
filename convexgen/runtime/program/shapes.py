"""The types of one program as what they are made of: named types by symbol, tables by name, and those built in.

What `PaginationOptions` and `Page` stand for is written here as ordinary objects, so that nobody else needs to know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from convexgen.authoring.system_documents import DEFINITIONS
from convexgen.ir import (
    ArrayOf,
    Field,
    IdOf,
    Ir,
    LiteralOf,
    Named,
    ObjectDef,
    Page,
    Scalar,
    Table,
    Type,
    TypeDef,
    UnionOf,
)

Direction = Literal["input", "output"]
"""`input`: what a caller gives, or the database holds. `output`: what a function returns."""

_FLOAT, _INT, _NULL, _STRING = Scalar("float"), Scalar("int"), Scalar("null"), Scalar("string")
_NULLABLE_STRING = UnionOf((_STRING, _NULL))
_NULLABLE_INT = UnionOf((_INT, _NULL))

PAGINATION_OPTIONS: Final = ObjectDef(
    "convexgen.PaginationOptions",
    "PaginationOptions",
    (
        Field("num_items", "numItems", _INT),
        Field("cursor", "cursor", _NULLABLE_STRING),
        Field("end_cursor", "endCursor", _NULLABLE_STRING, "absent"),
        Field("id", "id", _NULLABLE_INT, "absent"),
        Field("maximum_rows_read", "maximumRowsRead", _NULLABLE_INT, "absent"),
        Field("maximum_bytes_read", "maximumBytesRead", _NULLABLE_INT, "absent"),
    ),
)
_PAGE_STATUS = UnionOf((LiteralOf("SplitRecommended"), LiteralOf("SplitRequired"), _NULL))
_SYSTEM_TABLES = {each.table: each for each in DEFINITIONS.values() if each.table}


def page_of(page: Page) -> ObjectDef:
    return ObjectDef(
        "convexgen.Page",
        "Page",
        (
            Field("page", "page", ArrayOf(page.element)),
            Field("is_done", "isDone", Scalar("boolean")),
            Field("continue_cursor", "continueCursor", _STRING),
            Field("split_cursor", "splitCursor", _NULLABLE_STRING, "absent"),
            Field("page_status", "pageStatus", _PAGE_STATUS, "absent"),
        ),
    )


def may_be_left_out(field: Field, direction: Direction) -> bool:
    return field.presence == "absent" or (field.presence == "defaulted" and direction == "input")


def system_fields(table: str | None) -> tuple[Field, ...]:
    """What every document of a table has beside its own fields; nothing for an object that is none."""
    if table is None:
        return ()
    return (Field("id", "_id", IdOf(table)), Field("creation_time", "_creationTime", _FLOAT))


@dataclass(frozen=True, slots=True)
class Shapes:
    types: Mapping[str, TypeDef]
    tables: Mapping[str, Table]

    @classmethod
    def of(cls, program: Ir) -> Shapes:
        types: dict[str, TypeDef] = dict(DEFINITIONS)
        types.update((each.symbol, each) for module in program.modules for each in module.types)
        return cls(types, {table.name: table for module in program.modules for table in module.tables})

    def document(self, name: str) -> Type | ObjectDef:
        """What a document of a table is, its system fields among the others."""
        if name in _SYSTEM_TABLES:
            return Named(_SYSTEM_TABLES[name].symbol)
        table = self.tables[name]
        if len(table.variants) == 1:
            return Named(table.variants[0])
        if table.variants:
            return UnionOf(tuple(map(Named, table.variants)))
        return ObjectDef(table.symbol, table.name, table.fields, table=name)
