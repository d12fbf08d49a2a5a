"""The place of a key, in all the ways in which TOML lets one be written."""

from __future__ import annotations

import pytest

from convexgen.source import Span
from convexgen.toml_places import KeyPath, place_of, place_of_text


@pytest.mark.parametrize(
    ("text", "key", "marked"),
    [
        ("[a.b]\nc = 1\n", ("a", "b", "c"), "c"),
        ("[ a . b ]\nc = 1\n", ("a", "b"), "a . b"),
        ("a.b.c = 1\n", ("a", "b", "c"), "a.b.c"),
        ('["a"."b"]\n"c-d" = 1\n', ("a", "b", "c-d"), '"c-d"'),
        ("[a]\nfile_type = 1\n", ("a", "file-type"), "file_type"),
        ("[[a]]\nx = 1\n[[a]]\n  y = 2\n", ("a", 1, "y"), "y"),
        ("[[a]]\n[a.b]\nx = 1\n[[a]]\n[a.b]\nzz = 2\n", ("a", 1, "b", "zz"), "zz"),
        ("[a]\nb = [{c = 1}, {d = 2}]\n", ("a", "b", 1, "d"), "d"),
        ("[a]\nb = [\n  {c = 1},\n  {d = 2},\n]\n", ("a", "b", 1), "{d = 2}"),
        ("[a]\nb = 1\n", ("a", "missing"), "a"),
        ("[a]\nb = [{c = 1}]\n", ("a", "b", 0, "missing"), "{c = 1}"),
    ],
)
def test_the_place_of_a_key(text: str, key: KeyPath, marked: str) -> None:
    span = place_of("p.toml", text, key)
    line = text.split("\n")[span.line - 1]
    assert span.line == span.end_line
    assert line[span.column - 1 : span.end_column - 1] == marked


def test_a_key_that_is_nowhere_has_the_whole_file_as_its_place() -> None:
    assert place_of("p.toml", "", ("tool", "convexgen", "source")) == Span("p.toml")


@pytest.mark.parametrize(
    ("text", "value", "line", "column"),
    [
        ('[a]\nb = ["x", "y"]\n', "y", 2, 12),
        ("[a]\nb = [\n  'x',\n  'y',\n]\n", "y", 4, 4),
        ('# "y"\n[a]\nb = ["y"]\n', "y", 3, 7),
        ('[a]\nb = ["a.*"]\n', "a.*", 2, 7),
        ('[a]\nb = ["xy", "y"]\n', "y", 2, 13),
    ],
)
def test_the_place_of_a_text_in_an_array(text: str, value: str, line: int, column: int) -> None:
    assert place_of_text("p.toml", text, ("a", "b"), value) == Span("p.toml", line, column, line, column + len(value))


def test_a_text_that_is_written_in_another_way_has_the_place_of_its_key() -> None:
    text = '[a]\nb = ["\\u0079"]\n'
    assert place_of_text("p.toml", text, ("a", "b"), "y") == Span("p.toml", 2, 1, 2, 2)
    assert place_of_text("p.toml", "", ("a", "b"), "y") == Span("p.toml")
