"""Documents are checked anew when their type is another one, and not for the sake of words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from convexgen import ir
from convexgen.runtime.commits.fingerprints import fingerprints

STRING, FLOAT = ir.Scalar("string"), ir.Scalar("float")
CARD = ir.ObjectDef("m.Card", "Card", (ir.Field("title", "title", STRING),))
COLOUR = ir.EnumDef("m.Colour", "Colour", (ir.EnumMember("RED", "red"),))
NAME = ir.AliasDef("m.Name", "Name", ir.Named("m.Colour"))
BOX = ir.Table(
    "m.Box",
    "boxes",
    (
        ir.Field("the_cards", "theCards", ir.ArrayOf(ir.Named("m.Card"))),
        ir.Field("name", "name", ir.Named("m.Name"), "defaulted", ir.Constant("red")),
    ),
)
BIN = ir.Table("m.Bin", "bins", (ir.Field("size", "size", FLOAT),))


def _program(
    box: ir.Table = BOX, card: ir.ObjectDef = CARD, colour: ir.EnumDef = COLOUR, alias: ir.AliasDef = NAME
) -> ir.Ir:
    return ir.Ir((ir.Module("m", "m", types=(card, colour, alias), tables=(box, BIN)),))


FIRST, SECOND = BOX.fields
OLD = fingerprints(_program())


@pytest.mark.parametrize(
    "program",
    [
        _program(replace(BOX, doc="Boxes.", deprecated="use bins", indexes=(ir.Index("by_name", ("name",)),))),
        _program(replace(BOX, symbol="elsewhere.Box")),
        _program(replace(BOX, fields=(replace(FIRST, name="cards", doc="All."), SECOND))),
        _program(replace(BOX, fields=(FIRST, replace(SECOND, default=ir.Constant("blue"))))),
        _program(card=replace(CARD, doc="A card.")),
        _program(colour=replace(COLOUR, members=(ir.EnumMember("ROT", "red", "Red."),))),
    ],
    ids=["words and indexes", "moved", "Python's name", "default", "words of a type", "Python's name of a member"],
)
def test_what_documents_do_not_show_is_no_matter(program: ir.Ir) -> None:
    assert fingerprints(program) == OLD


@pytest.mark.parametrize(
    "program",
    [
        _program(replace(BOX, fields=(FIRST,))),
        _program(replace(BOX, fields=(replace(FIRST, wire="cards"), SECOND))),
        _program(replace(BOX, fields=(replace(FIRST, presence="absent"), SECOND))),
        _program(replace(BOX, fields=(replace(FIRST, type=ir.ArrayOf(STRING)), SECOND))),
        _program(card=replace(CARD, fields=(ir.Field("title", "title", FLOAT),))),
        _program(colour=replace(COLOUR, members=(ir.EnumMember("RED", "red"), ir.EnumMember("BLUE", "blue")))),
        _program(alias=replace(NAME, type=ir.UnionOf((ir.Named("m.Colour"), STRING)))),
    ],
    ids=["a field gone", "wire name", "presence", "type", "type of a type", "member", "alias"],
)
def test_what_documents_may_be_matters_to_their_table_alone(program: ir.Ir) -> None:
    new = fingerprints(program)
    assert new["boxes"] != OLD["boxes"]
    assert new["bins"] == OLD["bins"]


def test_variants_and_types_that_mention_themselves_are_followed() -> None:
    leaf = ir.ObjectDef("m.Leaf", "Leaf", (ir.Field("next", "next", ir.Named("m.Leaf"), "absent"),), table="trees")
    trees = ir.Table("m.Tree", "trees", (), variants=("m.Leaf",))

    def program(leaf: ir.ObjectDef) -> ir.Ir:
        return ir.Ir((ir.Module("m", "m", types=(leaf,), tables=(trees,)),))

    other = replace(leaf, fields=(ir.Field("next", "next", ir.Named("m.Leaf")),))
    assert fingerprints(program(leaf)) != fingerprints(program(other))
