"""Literals mean what was meant, and are as wide as we think."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.emit.typescript.text import key, literal, string, width
from tests.emit.typescript.npm import needs_npm
from tests.strategies.ir import AWKWARD


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", '"plain"'),
        ('say "hi"', "'say \"hi\"'"),
        ("it's", '"it\'s"'),
        ("'\"", '"\'\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("two\nlines\t", '"two\\nlines\\t"'),
        ("\u2028\ud83d\x00\x7f", '"\\u2028\\ud83d\\u0000\\u007f"'),
        ("naïve 東京 👍", '"naïve 東京 👍"'),
        ("❤️🏽", '"\\u2764\\ufe0f\\u{1f3fd}"'),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        (-1, "-1"),
        (0.5, "0.5"),
        (1e300, "1e+300"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (float("nan"), "NaN"),
    ],
)
def test_literal(value: str | bool | int | float | None, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [("a_1", "a_1"), ("$x", "$x"), ("delete", "delete"), ("a-b", '"a-b"'), ("1a", '"1a"'), ("é", '"é"')],
)
def test_key(name: str, written: str) -> None:
    assert key(name) == written


def test_width_counts_columns() -> None:
    assert [width("abc"), width("é"), width("東京"), width("👍")] == [3, 1, 4, 2]


@needs_npm
def test_javascript_reads_every_string_as_it_was() -> None:
    values: list[str] = list(AWKWARD)

    @given(st.text())
    def collect(value: str) -> None:
        values.append(value)

    collect()
    source = f"console.log(JSON.stringify([{','.join(map(string, values))}]))"
    done = subprocess.run(["node"], input=source, capture_output=True, encoding="utf-8", check=True)
    assert json.loads(done.stdout) == values
