"""Comments: nothing of the user's ends one or starts a tag, and tags say what the annotations said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.emit.typescript.jsdoc import block, comment, deprecation, field_comment, summary, type_tags
from convexgen.ir import ArrayOf, Constant, Constrained, Constraint, Field, RecordOf, Scalar, ScalarKind, Type, UnionOf

STRING, NULL = Scalar("string"), Scalar("null")


@pytest.mark.parametrize(
    ("doc", "tags", "written"),
    [
        ("", [], ()),
        (" \n\n", [], ()),
        ("One line.", [], ("/** One line. */",)),
        ("", ["@see a.b"], ("/** @see a.b */",)),
        ("One line.", ["@see a.b"], ("/** One line. @see a.b */",)),
        ("x" * 120, [], (f"/** {'x' * 120} */",)),
        ("x" * 120, ["@see a.b"], ("/**", f" * {'x' * 120}", " * @see a.b", " */")),
        ("Two\n\n  lines. \n", ["@see a.b"], ("/**", " * Two", " *", " *   lines.", " * @see a.b", " */")),
        ("Ends */ here.", [], ("/** Ends *\\/ here. */",)),
        (
            "@param x\nAsk @all, a@b.c or `@code`.",
            [],
            ("/**", " * \\@param x", " * Ask \\@all, a@b.c or `@code`.", " */"),
        ),
        ("a\x00b\ud83d\x85c", [], ("/** a\ufffdb\ufffd\ufffdc */",)),
    ],
)
def test_comment(doc: str, tags: list[str], written: tuple[str, ...]) -> None:
    assert comment(doc, tags, 0) == written


@given(st.text() | st.text("*/@ `\n\r{}a"), st.text() | st.text("*/@ `\n\r{}a"))
def test_only_the_end_ends_a_comment(doc: str, reason: str) -> None:
    text = block(doc, deprecation(reason), 4)
    assert text.count("*/") == 1
    assert text.endswith("*/\n")
    text.encode()


def test_block_is_indented() -> None:
    assert block("Two\nlines.", [], 2) == "  /**\n   * Two\n   * lines.\n   */\n"


@pytest.mark.parametrize(
    ("type_", "tags"),
    [
        (STRING, []),
        (Scalar("datetime"), ["@format date-time"]),
        (UnionOf((Scalar("uuid"), NULL)), ["@format uuid"]),
        (UnionOf((Scalar("uuid"), Scalar("date"))), []),
        (ArrayOf(Scalar("date")), []),
        (Constrained(Scalar("decimal"), (Constraint("ge", 0),)), ["@format decimal", "@minimum 0"]),
        (UnionOf((NULL, Constrained(STRING, (Constraint("pattern", "^@a*/\n$"),)))), ["@pattern ^\\@a*\\/ $"]),
        (Constrained(ArrayOf(STRING), (Constraint("min_length", 1),)), ["@minItems 1"]),
        (Constrained(RecordOf(STRING, STRING), (Constraint("max_length", 2),)), ["@maxProperties 2"]),
    ],
)
def test_type_tags(type_: Type, tags: list[str]) -> None:
    assert type_tags(type_) == tags


def test_all_kinds_of_bounds() -> None:
    bounds = Constrained(
        Scalar("float"),
        (
            Constraint("ge", 1),
            Constraint("gt", 0.5),
            Constraint("le", 9),
            Constraint("lt", 10),
            Constraint("multiple_of", 2),
        ),
    )
    assert type_tags(bounds) == [
        "@minimum 1",
        "@exclusiveMinimum 0.5",
        "@maximum 9",
        "@exclusiveMaximum 10",
        "@multipleOf 2",
    ]


@pytest.mark.parametrize("kind", ["string", "int", "float", "int64", "boolean", "bytes", "any", "null"])
def test_plain_scalars_have_no_format(kind: ScalarKind) -> None:
    assert type_tags(Scalar(kind)) == []


def test_a_field_tells_all() -> None:
    field = Field("a", "a", STRING, "defaulted", Constant('x "@y"'), "The doc.", "Old.\nReally.")
    assert field_comment(field, 0) == ("/** The doc. @deprecated Old. Really. @default 'x \"\\@y\"' */",)


def test_deprecated_without_a_reason() -> None:
    assert deprecation("") == ["@deprecated"]
    assert deprecation(None) == []


def test_summary_is_the_first_paragraph() -> None:
    assert summary("\nFirst\nlines.\n\nSecond.") == "First\nlines."
