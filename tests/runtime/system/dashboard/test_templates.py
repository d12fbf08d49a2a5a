"""Values to begin with: one of each type."""

from __future__ import annotations

import pytest

from convexgen import Int64
from convexgen.ir import (
    AliasDef,
    ArrayOf,
    Constant,
    Constrained,
    Constraint,
    Document,
    EnumDef,
    EnumMember,
    Field,
    IdOf,
    LiteralOf,
    Named,
    ObjectDef,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    Table,
    Type,
    TypeDef,
    UnionOf,
)
from convexgen.runtime.program.shapes import Shapes
from convexgen.runtime.system.dashboard.templates import Templates
from convexgen.runtime.values import Value

STRING, INT = Scalar("string"), Scalar("int")
TYPES: dict[str, TypeDef] = {
    "Node": ObjectDef("Node", "Node", (Field("v", "v", INT), Field("next", "next", UnionOf((Named("Node"), STRING))))),
    "Level": EnumDef("Level", "Level", (EnumMember("LOW", 1), EnumMember("HIGH", 2))),
    "Name": AliasDef("Name", "Name", Constrained(STRING, (Constraint("min_length", 1),))),
    "Circle": ObjectDef("Circle", "Circle", (Field("radius", "radius", INT),), table="shapes"),
}
TABLES = {
    "people": Table("Person", "people", (Field("name", "name", STRING),)),
    "shapes": Table("Shape", "shapes", (), variants=("Circle",)),
}
TEMPLATES = Templates(Shapes(TYPES, TABLES))


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (STRING, ""),
        (Scalar("boolean"), False),
        (Scalar("bytes"), b""),
        (Scalar("any"), None),
        (INT, 0.0),
        (Scalar("int64"), Int64(0)),
        (Scalar("uuid"), "00000000-0000-0000-0000-000000000000"),
        (IdOf("people"), ""),
        (LiteralOf("on"), "on"),
        (LiteralOf(3), 3.0),
        (LiteralOf(True), True),
        (ArrayOf(STRING), []),
        (RecordOf(STRING, INT), {}),
        (UnionOf((IdOf("people"), Scalar("null"))), None),
        (UnionOf((STRING, INT)), ""),
        (Named("Name"), ""),
        (Named("Level"), 1.0),
        (Named("Node"), {"v": 0.0, "next": None}),
        (Document("people"), {"_id": "", "_creationTime": 0.0, "name": ""}),
        (Document("shapes"), {"_id": "", "_creationTime": 0.0, "radius": 0.0}),
        (PaginationOptions(), {"numItems": 10.0, "cursor": None}),
        (Page(STRING), {"page": [], "isDone": False, "continueCursor": ""}),
    ],
)
def test_one_of_each_type(type_: Type, value: Value) -> None:
    made = TEMPLATES.of(type_)

    assert (made, type(made)) == (value, type(value))


def test_what_may_be_left_out_is_there_only_with_its_default() -> None:
    fields = [
        Field("a", "a", INT),
        Field("b", "b", INT, "defaulted", Constant(5)),
        Field("c", "c", Scalar("int64"), "defaulted", Constant(7)),
        Field("d", "d", ArrayOf(INT), "defaulted"),
        Field("e", "e", INT, "absent"),
        Field("f", "f", Scalar("boolean"), "defaulted", Constant(True)),
    ]

    assert TEMPLATES.fields(fields) == {"a": 0.0, "b": 5.0, "c": Int64(7), "f": True}
