"""What is known of lines from their tokens."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.selection.lines import Lines, decoded, read_lines, split

TEXT = '''\
"""Doc
string."""  # behind it

# alone
import os
x = f(  # behind the bracket
    1,
    # in between

    2,
)
y = """a
# no comment
b""" + \\
    "c"; z = 1
if x and \\
        y:
    # indented
    pass
'''


def lines(text: str) -> Lines:
    found = read_lines(text)
    assert found is not None
    return found


def test_everything_of_one_text() -> None:
    found = lines(TEXT)
    assert [(comment.line, comment.column, comment.text) for comment in found.comments] == [
        (2, 12, "# behind it"),
        (4, 0, "# alone"),
        (6, 8, "# behind the bracket"),
        (8, 4, "# in between"),
        (18, 4, "# indented"),
    ]
    assert found.ends == {1: 2, **dict.fromkeys(range(6, 11), 11), **dict.fromkeys((12, 13, 14), 15), 16: 17}
    assert (found.end(7), found.end(3), found.end(11)) == (11, 3, 11)
    assert found.closed == {1, 12, 13, 14, 16}
    assert found.first_code == 5
    assert found.bare == {4, 18}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_of_other_systems_change_nothing(end: str, mark: str) -> None:
    assert read_lines(mark + TEXT.replace("\n", end)) == lines(TEXT)


def test_a_string_with_values_in_it_is_a_string() -> None:
    assert lines('x = f"""a {1}\n{y(\n2)} # b\n"""\nz = f"{1}"\n').closed == {1, 2, 3}


@pytest.mark.parametrize(
    ("text", "line"), [("", 1), ("# a\n", 2), ('"""Doc."""\n', 2), ('"a" + b\n', 1), ('"""D."""\n\n"x"\n', 3)]
)
def test_where_code_begins(text: str, line: int) -> None:
    assert lines(text).first_code == line


@pytest.mark.parametrize("text", ["x = (\n", "'''a\n", "if x:\n        a\n    b\n"])
def test_what_does_not_consist_of_tokens_has_no_lines(text: str) -> None:
    assert read_lines(text) is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("é\n".encode(), "é\n"),
        ("\ufeffé\n".encode(), "\ufeffé\n"),
        ("# coding: latin-1\né\n".encode("latin-1"), "# coding: latin-1\né\n"),
        ("é\n".encode("latin-1"), None),
        (b"# coding: nonsense\n", None),
    ],
)
def test_encodings(content: bytes, text: str | None) -> None:
    assert decoded(content) == text


@given(st.text(alphabet="a=1+()[]'\"\\#:{}f \t\n\r\f\x00é", max_size=40))
def test_nothing_is_too_strange_to_be_looked_at(text: str) -> None:
    found = read_lines(text)
    assert "".join(line + end for line, end in split(text)) == text
    if found is not None:
        assert all(line < end for line, end in found.ends.items())


@given(st.text(alphabet="a=1+()[]'\"\\:{}f \n;", max_size=30))
def test_behind_an_open_line_a_comment_can_be_written(text: str) -> None:
    """Wherever Python reads a text, it reads the same one with a comment behind any line that is not closed."""
    try:
        before = ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return
    found = lines(text)
    for number, (line, _) in enumerate(split(text), 1):
        if number not in found.closed and line.strip():
            parts = [each + ("  # here" if at == number else "") + end for at, (each, end) in enumerate(split(text), 1)]
            assert ast.dump(ast.parse("".join(parts))) == before
