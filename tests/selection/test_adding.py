"""The comments that are written into sources: where, and that nothing else changes."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.selection import add_ignores, mistakes, tell
from convexgen.selection.lines import read_lines
from convexgen.settings import Settings
from convexgen.source import SourceFile, Span
from tests.selection.findings import finding, lines_of, marked


def added(text: str) -> str:
    """`text` with comments for everything that is told of it."""
    source, found = marked(text)
    result = add_ignores(tell(found, [source], Settings(), judged=lambda _: False), [source])
    assert result.left == ()
    if not result.changes:
        return source.content.decode()
    [change] = result.changes
    assert (change.path, change.before) == (source.path, source.content.decode())
    assert change.after is not None
    again = SourceFile.of(source.path, change.after.encode())
    assert tell((*found, *mistakes([again])), [again], Settings(), judged=lambda _: True) == ()
    return change.after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", "x = 1\n"),
        ("{mypy:x} = 1\n", "x = 1  # convexgen: ignore[mypy]\n"),
        ("{mypy:x} = 1", "x = 1  # convexgen: ignore[mypy]"),
        ("{mypy:x} = 1\r\ny\r\n", "x = 1  # convexgen: ignore[mypy]\r\ny\r\n"),
        ("y\r{mypy:x} = 1\r", "y\rx = 1  # convexgen: ignore[mypy]\r"),
        ("\ufeff{mypy:x} = 1\n", "\ufeffx = 1  # convexgen: ignore[mypy]\n"),
        ("{mypy:x} = 1   \n", "x = 1  # convexgen: ignore[mypy]\n"),
        ("{mypy:x} = {mypy:1}\n", "x = 1  # convexgen: ignore[mypy]\n"),
        ("{mypy:x} = {redundant-index:1}\n", "x = 1  # convexgen: ignore[mypy, redundant-index]\n"),
        ("{mypy:x} = 1  # type: ignore[a]\n", "x = 1  # type: ignore[a]  # convexgen: ignore[mypy]\n"),
        ("{mypy:x} = 1  # noqa: E501 \n", "x = 1  # noqa: E501  # convexgen: ignore[mypy]\n"),
        (
            "{mypy:x} = {redundant-index:1}  # convexgen: ignore[redundant-index]  # really\n",
            "x = 1  # convexgen: ignore[redundant-index, mypy]  # really\n",
        ),
        (
            "{mypy:x} = {redundant-index:1} # convexgen:ignore[ CG219 , ] # really\n",
            "x = 1 # convexgen:ignore[ CG219, mypy , ] # really\n",
        ),
        ("{mypy:x} = (\n    1,\n)\n", "x = (  # convexgen: ignore[mypy]\n    1,\n)\n"),
        ("{mypy:x = (\n    1,\n)}\n", "x = (  # convexgen: ignore[mypy]\n    1,\n)\n"),
        ("x = (\n    {mypy:1},  # one\n)\n", "x = (\n    1,  # one  # convexgen: ignore[mypy]\n)\n"),
        ('{mypy:x} = """\na\n"""\n', 'x = """\na\n"""  # convexgen: ignore[mypy]\n'),
        ('{mypy:x} = """\na\n""" + (\n    1\n)\n', 'x = """\na\n""" + (\n    1\n)  # convexgen: ignore[mypy]\n'),
        ("{mypy:x} = 1 + \\\n    2\n", "x = 1 + \\\n    2  # convexgen: ignore[mypy]\n"),
        ("if {mypy:x}:\n    y\n", "if x:  # convexgen: ignore[mypy]\n    y\n"),
        (
            "# convexgen: ignore-file[mypy]\n{redundant-index:x}; {mypy:y}\n",
            "# convexgen: ignore-file[mypy]\nx; y  # convexgen: ignore[redundant-index]\n",
        ),
    ],
)
def test_where_comments_are_written(before: str, after: str) -> None:
    assert added(before) == after


def test_what_no_comment_can_be_written_for_is_left() -> None:
    ordinary, found = marked("{duplicate-table:x}\n{mypy:y}\n")
    latin = SourceFile.of("backend/b.py", "# coding: latin-1\né\n".encode("latin-1"))
    broken = SourceFile.of("backend/c.py", b"x = (\n")
    others = [
        finding("mypy", Span("backend/b.py", 2, 1, 2, 2)),
        finding("mypy", Span("backend/c.py", 1, 1, 1, 2)),
        finding("mypy", Span("backend/a.py")),
        finding("stale-output", Span("backend/_generated/api.js")),
        finding("mypy", Span("elsewhere.py", 1, 1, 1, 2)),
        finding("shadowed-package", Span("")),
    ]
    result = add_ignores((*found, *others), [ordinary, latin, broken])
    assert result.left == (found[0], *others)
    assert [change.path for change in result.changes] == ["backend/a.py"]
    assert result.comments == 1


def test_findings_about_comments_can_be_ignored_too() -> None:
    source = SourceFile.of("backend/a.py", b"x  # convexgen: ignore[nonsense]\n")
    told = tell(mistakes([source]), [source], Settings(), judged=lambda _: True)
    [change] = add_ignores(told, [source]).changes
    assert change.after == "x  # convexgen: ignore[nonsense, unknown-suppression]\n"


PIECES = [
    "x = 1",
    "x = f(1,\n      2)  # noqa",
    'y = """a\nb"""',
    "def f(\n    a,\n):\n    return a  # type: ignore[x]",
    "z = 1 + \\\n    2",
    "w = 1  # convexgen: ignore[redundant-index]",
    "é = '日本'",
    "if x:\n\ty; z",
    "",
    "# alone",
]


@given(st.lists(st.sampled_from(PIECES), max_size=6), st.sampled_from(["\n", "\r\n"]), st.data())
def test_after_adding_nothing_is_told_and_the_program_is_the_same(
    pieces: list[str], end: str, data: st.DataObject
) -> None:
    text = end.join(piece.replace("\n", end) for piece in pieces) + data.draw(st.sampled_from(["", end]))
    lines = text.split(end)
    places = data.draw(st.lists(st.tuples(st.integers(1, len(lines)), st.integers(1, len(lines))), max_size=4))
    names = data.draw(st.lists(st.sampled_from(["mypy", "redundant-index"]), min_size=4, max_size=4))
    found = tuple(
        finding(name, Span("backend/a.py", min(place), 1, max(place), 1))
        for name, place in zip(names, places, strict=False)
    )
    source = SourceFile.of("backend/a.py", text.encode())
    told = tell(found, [source], Settings(), judged=lambda _: False)
    result = add_ignores(told, [source])
    after = result.changes[0].after if result.changes else text
    assert after is not None
    again = SourceFile.of("backend/a.py", after.encode())
    assert list(lines_of(tell(found, [again], Settings(), judged=lambda _: False))) == list(lines_of(result.left))
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(text))
    assert mistakes([again]) == ()
    assert result.left == ()
    assert (after.count("\r"), after.count("\n")) == (text.count("\r"), text.count("\n"))
    assert read_lines(after) is not None
