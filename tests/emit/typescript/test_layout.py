"""Each way in which a type breaks over lines, next to what the real Prettier makes of the type on one line."""

from __future__ import annotations

import pytest

from convexgen.emit.typescript.layout import (
    Alternatives,
    Applied,
    Member,
    Node,
    ObjectType,
    TupleType,
    alias_line,
    alias_object,
    array_line,
    flat,
    property_line,
)
from tests.emit.typescript.npm import Prettier, needs_npm

LONG = '"' + "x" * 30 + '"'
NAME = "T" * 60

NODES: tuple[Node, ...] = (
    "number",
    LONG,
    Applied("Array", ("number",)),
    Applied("Array", (LONG,)),
    Applied("Array", (Applied("Id", (LONG,)),)),
    Applied("Array", (Alternatives(("Card", "null")),)),
    Applied("Array", (Alternatives(("string", "null")),)),
    Applied("Array", (Alternatives((Applied("Record", ("string", LONG)), "null")),)),
    Applied("Record", ("string", LONG)),
    Applied("Record", (LONG, Alternatives((LONG, LONG, "null")))),
    Alternatives((LONG, "number")),
    Alternatives((LONG, LONG, LONG)),
    Alternatives((Applied("Id", (LONG,)), "null")),
    Alternatives(("null", Applied("Id", (LONG,)))),
    Alternatives((Applied("Record", ("string", LONG)), "null")),
    Alternatives(("null", Applied("Array", (Applied("Record", ("string", LONG)),)))),
    Alternatives((Applied("Record", (LONG, Alternatives((LONG, LONG)))), "number", LONG)),
    TupleType((LONG,)),
    TupleType((LONG, LONG, LONG), "readonly "),
    ObjectType((Member("a", LONG), Member("b", LONG, optional=True))),
    Applied("Query", (ObjectType(()), "null")),
    Applied("Query", (ObjectType((Member("a", LONG), Member("b", LONG))), Alternatives((LONG, "null")))),
)


@needs_npm
@pytest.mark.parametrize("node", NODES, ids=flat)
def test_types_break_as_prettier_breaks_them(prettier: Prettier, node: Node) -> None:
    """At every length of the name before it, so that each break is reached from both sides."""
    for length in range(1, 90):
        name = "n" * length
        one_line = f"type X = {{\n  {name}: {flat(node)};\n}};\ntype {name} = {flat(node)};\n"
        ours = f"type X = {{\n{property_line(f'{name}: ', node, 2)}}};\n{alias_line(f'type {name} =', node)}"
        assert ours == prettier.format("x.ts", one_line)


@needs_npm
@pytest.mark.parametrize("elements", [("1",), ("1", "-2"), ("1",) * 40, (LONG,), (LONG, LONG), ("1", LONG, LONG)])
@pytest.mark.parametrize("suffix", ["", " as const"])
def test_arrays_break_as_prettier_breaks_them(prettier: Prettier, elements: tuple[str, ...], suffix: str) -> None:
    for length in range(1, 90):
        head = f"export const {'n' * length} ="
        one_line = f"{head} [{', '.join(elements)}]{suffix};\n"
        assert array_line(head, elements, suffix) == prettier.format("x.ts", one_line)


def test_comments_keep_an_object_on_several_lines() -> None:
    args = ObjectType((Member("a", "string", comments=("/** A. */",)), Member("b", "number", optional=True)))
    assert property_line("list: ", Applied("Query", (args, "null")), 2) == (
        "  list: Query<\n    {\n      /** A. */\n      a: string;\n      b?: number;\n    },\n    null\n  >;\n"
    )


def test_an_object_under_a_name() -> None:
    assert alias_object("export type X =", ()) == "export type X = {};\n"
    assert alias_object("export type X =", (Member("a", "null"),)) == "export type X = {\n  a: null;\n};\n"
    head = f"export type {'X' * 80} ="
    assert alias_object(head, (Member("a", "null"),)) == f"{head}\n  {{\n    a: null;\n  }};\n"
