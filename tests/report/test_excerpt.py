"""Underlines stand under the characters they mean, however wide a terminal shows these."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from convexgen.diagnostics import Label
from convexgen.report.excerpt import excerpt, safe
from convexgen.source import Span


def shown(text: str, *spans: tuple[int, int, int, int], texts: tuple[str, ...] = ()) -> str:
    labels = [
        Label(Span("a.py", *span), texts[number] if number < len(texts) else "") for number, span in enumerate(spans)
    ]
    lines = excerpt(labels[0], labels[1:], {"a.py": text.encode()}, "error")
    return "\n".join("".join(piece for _, piece in line).rstrip() for line in lines)


def test_the_exact_stretch_is_underlined() -> None:
    assert shown("one\ntwo = three\n", (2, 7, 2, 12), texts=("here",)) == "  |\n2 | two = three\n  |       ^^^^^ here"


def test_tabs_and_wide_and_combining_characters_count_as_they_are_shown() -> None:
    assert shown("\t日本 = x\n", (1, 7, 1, 8)) == "  |\n1 |     日本 = x\n  |            ^"
    assert shown("x = 日本語!\n", (1, 5, 1, 8)) == "  |\n1 | x = 日本語!\n  |     ^^^^^^"
    assert shown("e\u0301\u0301 = 1\n", (1, 7, 1, 8)) == "  |\n1 | e\u0301\u0301 = 1\n  |     ^"


def test_control_characters_are_shown_and_not_obeyed() -> None:
    assert shown("x = '\x1b[31m\x9b\x07'\n", (1, 5, 1, 14)) == "  |\n1 | x = '␛[31m\ufffd␇'\n  |     ^^^^^^^^^"
    assert safe("a\x1b\tb\n") == "a␛\tb\n"


def test_a_span_of_several_lines_is_underlined_on_each() -> None:
    assert shown("f(\n    a,\n)\nb\n", (1, 1, 3, 2), texts=("call",)) == (
        "  |\n1 | f(\n  | ^^\n2 |     a,\n  |     ^^\n3 | )\n  | ^ call"
    )


def test_of_a_long_span_the_first_line_stands_for_all() -> None:
    assert shown("f(\n" + "  a,\n" * 9 + ")\n", (1, 1, 11, 2), texts=("call",)) == "  |\n1 | f(\n  | ^^ call"


def test_labels_stand_in_the_order_of_lines_and_gaps_are_marked() -> None:
    text = "a = 1\n" * 12
    assert shown(text, (10, 1, 10, 2), (3, 5, 3, 6), (10, 5, 10, 6), texts=("now", "before", "too")) == (
        "   |\n 3 | a = 1\n   |     - before\n   …\n10 | a = 1\n   | ^   - too\n   | now"
    )


def test_labels_of_one_line_share_a_row_and_their_texts_stand_below_them() -> None:
    assert shown("f(a, bc, d)\n", (1, 1, 1, 2), (1, 10, 1, 11), (1, 3, 1, 4), (1, 6, 1, 8), texts=("F", "D", "A")) == (
        "  |\n1 | f(a, bc, d)\n  | ^ -  --  - D\n  | | A\n  | F"
    )


def test_labels_that_touch_or_overlap_have_rows_of_their_own() -> None:
    assert shown("f(a, b)\n", (1, 1, 1, 8), (1, 3, 1, 4), (1, 4, 1, 7), texts=("call", "first", "more")) == (
        "  |\n1 | f(a, b)\n  | ^^^^^^^ call\n  |   - first\n  |    --- more"
    )


def test_a_label_in_another_file_names_it() -> None:
    sources = {"a.py": b"first\n", "b.py": b"\n\nsecond\n"}
    lines = excerpt(Label(Span("a.py", 1, 1, 1, 6)), [Label(Span("b.py", 3, 2, 3, 4), "seen")], sources, "error")
    assert ["".join(piece for _, piece in line) for line in lines] == [
        "  |",
        "1 | first",
        "  | ^^^^^",
        "  ::: b.py:3:2",
        "3 | second",
        "  |  -- seen",
    ]


def test_without_a_place_or_the_file_there_is_no_excerpt() -> None:
    assert excerpt(Label(Span("a.py")), [], {"a.py": b"x"}, "error") == []
    assert excerpt(Label(Span("a.py", 1, 1, 1, 2)), [], {}, "error") == []
    assert shown("x\n", (7, 1, 7, 2)) == ""


def test_line_ends_and_marks_of_other_systems_are_understood() -> None:
    assert shown("\ufeffa = 1\r\nb = 2\rc = 3\n", (1, 1, 1, 2)) == "  |\n1 | a = 1\n  | ^"
    assert shown("\ufeffa = 1\r\nb = 2\rc = 3\n", (3, 5, 3, 6)) == "  |\n3 | c = 3\n  |     ^"


def test_the_end_of_a_line_can_be_pointed_at() -> None:
    assert shown("ab\n", (1, 3, 1, 4)) == "  |\n1 | ab\n  |   ^"
    assert shown("", (1, 1, 1, 1)) == "  |\n1 |\n  | ^"


@pytest.mark.parametrize(
    ("line", "start", "end", "expected"),
    [
        ("=" + "y" * 40, 0, 1, "=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…\n^"),
        ("x" * 20 + "=" + "y" * 30, 20, 21, "…xxxxxxxx=yyyyyyyyyyyyyyyyyyyyyyyyy…\n         ^"),
        ("x" * 40 + "=", 40, 41, "…xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=\n                                   ^"),
        ("x" * 35 + "=", 35, 36, "x" * 35 + "=\n" + " " * 35 + "^"),
        ("x" * 20 + "=" * 40, 20, 60, "…xxxxxxxx==========================…\n         ^^^^^^^^^^^^^^^^^^^^^^^^^^^"),
        ("日" * 40 + "=", 10, 11, "… " + "日" * 16 + "…\n" + " " * 18 + "^^"),
        ("ab" * 10 + "日本" * 3 + "=z" * 30, 27, 28, "…b日本日本日本=z=z=z=z=z=z=z=z=z=z=…\n               ^"),
        ("a" * 5 + "e\u0301" * 60, 60, 61, "…\u0301" + "e\u0301" * 16 + "e…\n     ^"),
    ],
)
def test_of_a_long_line_the_part_that_matters_is_shown(line: str, start: int, end: int, expected: str) -> None:
    label = Label(Span("a.py", 1, start + 1, 1, end + 1))
    _, text, underline = excerpt(label, [], {"a.py": line.encode()}, "error", columns=40)
    assert "".join(piece for _, piece in text[1:]) + "\n" + "".join(piece for _, piece in underline[1:]) == expected


@given(st.text(alphabet="ab\t日é\u0301\x1b", max_size=300), st.integers(20, 80), st.data())
def test_however_long_a_line_is_nothing_is_wider_than_the_screen(line: str, columns: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    label = Label(Span("a.py", 1, start + 1, 1, end + 1))
    for shown_line in excerpt(label, [], {"a.py": line.encode()}, "error", columns):
        assert cell_len("".join(piece for _, piece in shown_line)) <= columns + 1  # one more where the end is marked


@given(st.text(alphabet="ab \t日é\u0301\x1b", max_size=60), st.data())
def test_marks_are_as_wide_as_what_they_mark_and_start_below_it(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    _, shown_line, underline = excerpt(
        Label(Span("a.py", 1, start + 1, 1, end + 1)), [], {"a.py": line.encode()}, "error"
    )
    visible = safe(line).replace("\t", "    ")
    assert shown_line[1][1] == visible
    before, marked = (safe(part).replace("\t", "    ") for part in (line[:start], line[start:end]))
    assert underline[1][1] == " " * cell_len(before)
    assert underline[2][1] == "^" * max(1, cell_len(marked))
