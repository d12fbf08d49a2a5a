"""Values as the page shows them and reads what people type."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from convexgen import dashboard
from convexgen.runtime.values import Value, encode
from tests.runtime.values.strategies import VALUES

MODULE = Path(dashboard.__file__).parent / "page" / "values.js"
PROGRAM = Path(__file__).with_name("read_values.mjs")


class Page:
    """A process that runs the page's module, and answers line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, what: str, given: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps([what, given])}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline(), parse_int=float)
        return answer

    def made(self, what: str, given: Any) -> Any:
        answer = self.ask(what, given)
        assert "made" in answer, answer
        return answer["made"]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    command = ("node", "--no-warnings", PROGRAM, MODULE)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
        yield Page(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


@given(value=VALUES)
def test_what_is_shown_is_read_as_what_it_was(page: Page, value: Value) -> None:
    wire = json.loads(json.dumps(encode(value)))

    assert page.made("again", wire) == wire


@given(value=VALUES)
def test_what_is_shown_shortly_is_one_short_line(page: Page, value: Value) -> None:
    text = page.made("brief", encode(value))

    assert len(text) <= 20
    assert "\n" not in text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-1.5e3", -1500),
        ("12n", {"$integer": "DAAAAAAAAAA="}),
        ("-1n", {"$integer": "//////////8="}),
        ("NaN", {"$float": "AAAAAAAA+H8="}),
        ("-Infinity", {"$float": "AAAAAAAA8P8="}),
        ("-0", {"$float": "AAAAAAAAAIA="}),
        ('Bytes("AP8=")', {"$bytes": "AP8="}),
        ("{a: 1, 'b c': [true, null,], }", {"a": 1, "b c": [True, None]}),
        ("'say \"hi\"'", 'say "hi"'),
        (' "\\u00e9\\n" ', "é\n"),
        ('{"__proto__": 1}', {"__proto__": 1}),
    ],
)
def test_what_people_type(page: Page, text: str, value: Any) -> None:
    answer = page.ask("parse", text)

    assert answer.get("made") == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Line 1, column 1: there should be a value here."),
        ("{a: 1", "Line 1, column 6: there should be a comma or } here."),
        ("[1 2]", "Line 1, column 4: there should be a comma or ] here."),
        ('{\n  "a": hello\n}', "Line 2, column 8: hello is no value; texts have quotes."),
        ("constructor", "Line 1, column 1: constructor is no value; texts have quotes."),
        ('"open', 'Line 1, column 1: "\\"" is no part of a value.'),
        ("1 2", "Line 1, column 3: there is more after the value."),
        ("1.2.3", "Line 1, column 1: 1.2.3 is no number."),
        ("9223372036854775808n", "Line 1, column 1: 9223372036854775808n has no room in 64 bits."),
        ("{1: 2}", "Line 1, column 2: there should be the name of a field here."),
        ('"\\ud800"', "Line 1, column 1: the text has half of a character."),
        ("{a 1}", "Line 1, column 4: there should be a : here."),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(page: Page, text: str, message: str) -> None:
    assert page.ask("parse", text) == {"SyntaxError": message}


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("Ada", "Ada"), ('"12"', "12"), ("two words", "two words")])
def test_what_is_compared_with_needs_no_quotes(page: Page, text: str, value: Any) -> None:
    assert page.made("loosely", text) == value
