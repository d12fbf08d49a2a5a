"""A user's types never shadow what the generated text relies on, and never become one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.emit.typescript.imports import Imports, import_line
from convexgen.emit.typescript.names import API_NAMES, local, shown
from convexgen.ir import TypeName

NAMES = st.sampled_from(("Record", "Record_", "Record__", "Card", "Card_", "Query", "Query_", "_", "string", "Id"))


@pytest.mark.parametrize(
    ("name", "splits", "outgoing", "incoming"),
    [
        ("Card", False, "Card", "Card"),
        ("Card", True, "Card", "CardInput"),
        ("Record", True, "Record_", "RecordInput"),
        ("Record_", False, "Record__", "Record__"),
        ("delete", False, "delete_", "delete_"),
        ("Query", False, "Query", "Query"),
    ],
)
def test_shown(name: str, splits: bool, outgoing: str, incoming: str) -> None:
    assert shown(TypeName(name, splits), incoming=False) == outgoing
    assert shown(TypeName(name, splits), incoming=True) == incoming


@given(NAMES, NAMES)
def test_two_types_stay_two(one: str, other: str) -> None:
    first, second = (shown(TypeName(name, False), incoming=False) for name in (one, other))
    assert (first == second) == (one == other)
    assert (local(first, API_NAMES) == local(second, API_NAMES)) == (one == other)
    assert local(first, API_NAMES) not in API_NAMES


def test_a_type_called_as_the_file_calls_something_else_is_imported_under_another_name() -> None:
    imports = Imports(API_NAMES)
    imports.add({"uses public": "types.Query types.Card dataModel.Id alias.Query"}, "public")
    imports.add({}, "internal")
    assert imports.lines("dataModel", "types", "convex") == (
        'import type { Id } from "./dataModel.js";\nimport type { Card, Query as Query_ } from "./types.js";\n'
    )
    assert imports.names("alias") == ["Query"]


def test_import_lines_break_as_prettier_breaks_them() -> None:
    long = "T" * 80
    assert import_line("./types.js", []) == ""
    assert import_line("./types.js", [long]) == f'import type {{ {long} }} from "./types.js";\n'
    assert import_line("./types.js", ["A", long]) == f'import type {{\n  A,\n  {long},\n}} from "./types.js";\n'
