"""Columns of mypy as columns of characters, whatever it counts in."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.typecheck.mypy_messages import Message
from convexgen.typecheck.places import PROBE, Source, Unit, corrected, corrected_all, unit_of

UNITS: tuple[Unit, ...] = ("characters", "bytes", "shrunk")


def message(line: int, column: int, end_line: int, end_column: int, text: str = "wrong", file: str = "a.py") -> Message:
    return Message(file, line, column, end_line, end_column, "error", text, "misc")


def shown(text: str, position: int, unit: Unit) -> int:
    size = len(text[:position].encode())
    return {"characters": position, "bytes": size, "shrunk": 2 * position - size}[unit]


@pytest.mark.parametrize(("column", "unit"), [(5, "characters"), (6, "bytes"), (4, "shrunk")])
def test_the_probe_tells_the_unit(column: int, unit: Unit) -> None:
    assert PROBE.index("x") == 5
    assert unit_of(column) == unit


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "line",
    [
        "f(x, 'a', y)",
        "f(x, 'é', y)",
        "\tf(x, '日日日', y)",
        "f(x, '😀😀', 'é', y) + y",
        "ä = f(x, 'ü', y)",
        "f('é', 'é', y)",
    ],
)
def test_pieces_of_syntax_are_found_whatever_stands_before_them(line: str, unit: Unit) -> None:
    text = f"if True:\n {line}\n"
    row = f" {line}"
    source = Source(text)
    for start, end, _ in _pieces(row, text):
        found = corrected(message(2, shown(row, start, unit), 2, shown(row, end, unit)), source, unit)
        place = (found.column, found.end_column)
        # With the mistake, two pieces may have the same numbers: then one of them is shown.
        assert place == (start, end) or (
            unit == "shrunk"
            and (shown(row, place[0] or 0, unit), shown(row, place[1] or 0, unit))
            == (shown(row, start, unit), shown(row, end, unit))
        )


def _pieces(row: str, text: str) -> list[tuple[int, int, str]]:
    encoded = row.encode()
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr) and node.lineno == 2:
            start = len(encoded[: node.col_offset].decode())
            end = len(encoded[: node.end_col_offset].decode())
            found.append((start, end, type(node).__name__))
    return found


@given(st.text("aé日😀 \t", max_size=30), st.sampled_from(UNITS), st.data())
def test_columns_are_never_outside_of_the_line(line: str, unit: Unit, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    found = corrected(message(1, shown(line, start, unit), 1, shown(line, end, unit)), Source(line), unit)
    assert 0 <= (found.column or 0) <= len(line)
    assert 0 <= (found.end_column or 0) <= len(line)
    if unit != "shrunk":
        assert (found.column, found.end_column) == (start, end)


def test_a_place_that_is_no_piece_of_syntax_is_shown_at_its_longest() -> None:
    line = "s = 'é' 'é'"
    found = corrected(message(1, 5, 1, 8), Source(f"{line}\n(\n"), "shrunk")
    assert (found.column, found.end_column) == (5, 10)


def test_lines_that_are_not_there_and_places_that_are_not_known() -> None:
    source = Source("x\n")
    assert corrected(message(9, 3, 9, 5), source, "bytes") == message(9, 3, 9, 5)
    unknown = Message("a.py", 0, None, None, None, "error", "wrong", None)
    assert corrected(unknown, source, "bytes") == unknown


CALL = "await ctx.db.patch(\n    a.titel,\n    titel = titel(titel == 1),\n)\n"


@pytest.mark.parametrize(
    ("text", "span", "place"),
    [
        ("f(titel=1)", (1, 0, 1, 10), (1, 2, 1, 7)),
        (CALL, (1, 6, 4, 1), (3, 4, 3, 9)),
        ("f(titel=g(titel=1))", (1, 0, 1, 19), (1, 2, 1, 7)),
        ("f(é=g('é', titel=1), titel=2)", (1, 4, 1, 19), (1, 11, 1, 16)),
        ("f(titel=1", (1, 0, 1, 10), (1, 0, 1, 10)),
        ("f(**titel)", (1, 0, 1, 10), (1, 0, 1, 10)),
    ],
    ids=["one line", "several lines", "the outer call", "the inner call", "no Python", "none"],
)
def test_an_unknown_argument_is_shown_by_its_name(
    text: str, span: tuple[int, int, int, int], place: tuple[int, int, int, int]
) -> None:
    said = 'Unexpected keyword argument "titel" for "patch"; did you mean "title"?'
    assert corrected(message(*span, said), Source(text), "characters") == message(*place, said)


def test_each_file_is_read_once_and_files_that_are_gone_change_nothing() -> None:
    read: list[str] = []

    def text(path: str) -> str | None:
        read.append(path)
        return "'é', x" if path == "a.py" else None

    messages = [message(1, 6, 1, 7), message(1, 6, 1, 7), message(1, 6, 1, 7, file="b.py")]
    found = list(corrected_all(iter(messages), text, "bytes"))
    assert found == [message(1, 5, 1, 6), message(1, 5, 1, 6), message(1, 6, 1, 7, file="b.py")]
    assert read == ["a.py", "b.py"]
