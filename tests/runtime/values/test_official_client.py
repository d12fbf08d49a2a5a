"""Values against the unmodified npm client: it reads what we write, we read what it writes, and both agree on order."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen.runtime.values import InvalidValueError, Value, canonical, compare, decode, read_json, size
from tests.runtime.values.strategies import ATOMS_IN_ORDER, NEGATIVE_NAN, VALUES, exact, nested

Ask = Callable[[list[str]], list[dict[str, Any]]]

ATOMS = [value for value in ATOMS_IN_ORDER if value is not NEGATIVE_NAN]
"""JavaScript may forget the sign of what is not a number."""

CLOSE_VALUES = nested(st.sampled_from(ATOMS), st.sampled_from(("", "a", "a ", "b")))


@pytest.fixture(scope="module")
def official(node_modules: Path) -> Iterator[Ask]:
    """Asks the official client about texts of values."""
    script = Path(__file__).with_name("official_values.mjs").read_text(encoding="utf-8")
    with subprocess.Popen(
        ["node", "--input-type=module", "--eval", script],
        cwd=node_modules.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def ask(texts: list[str]) -> list[dict[str, Any]]:
            stdin.write(json.dumps(texts) + "\n")
            stdin.flush()
            answer: list[dict[str, Any]] = json.loads(stdout.readline())
            return answer

        yield ask
        stdin.close()


def _agrees(official: Ask, values: list[Value]) -> None:
    answers = official(list(map(canonical, values)))
    for value, following, answer in zip(values, [*values[1:], values[0]], answers, strict=True):
        assert "error" not in answer, answer
        assert exact(decode(read_json(answer["text"]))) == exact(value)
        assert answer["size"] == size(value)
        assert answer["order"] == compare(value, following)


@settings(max_examples=50)
@given(values=st.lists(VALUES, min_size=1) | st.lists(CLOSE_VALUES, min_size=2))
def test_the_official_client_agrees(official: Ask, values: list[Value]) -> None:
    _agrees(official, values)


def test_the_official_client_agrees_about_every_pair(official: Ask) -> None:
    _agrees(official, [value for left in ATOMS for right in ATOMS for value in (left, right)])


@pytest.mark.parametrize(
    "text",
    [
        '{"$": 1}',
        '{"$a": 1, "b": 2}',
        '{"a": 1, "$integer": "BwAAAAAAAAA="}',
        '{"$set": []}',
        '{"$map": []}',
        '{"$float": "AAAAAAAAFEA="}',
        '{"$float": "AAAAAAAAAAA="}',
        '{"$float": null}',
        '{"$integer": 7}',
        '{"$integer": "BwAAAAAAAA=="}',
        '{"$bytes": 1}',
        '{"$bytes": "YQ"}',
        '{"é": 1}',
        '{"a\\u007f": 1}',
        f'{{"{"n" * 1025}": null}}',
        "NaN",
        "{'a': 1}",
        "[1,]",
        "",
    ],
)
def test_what_the_official_client_refuses_we_refuse(official: Ask, text: str) -> None:
    assert [set(answer) for answer in official([text])] == [{"error"}]
    with pytest.raises(InvalidValueError):
        decode(read_json(text))


@pytest.mark.parametrize(
    "text",
    [
        '{"$float": "AAAAAAAAFEA="}',
        '{"$integer": "BwAAAAAAAA=="}',
        '{"$set": []}',
        '{"$map": []}',
        f'{{"{"n" * 1025}": null}}',
    ],
)
def test_in_its_own_words_where_there_is_nothing_to_add(official: Ask, text: str) -> None:
    (answer,) = official([text])
    with pytest.raises(InvalidValueError) as refused:
        decode(read_json(text))
    assert answer["error"].replace("Float 5 ", "Float 5.0 ") == str(refused.value)


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '"\\ud800"', "1e999", '{"$bytes": "_-8="}', '{"$commitTs": null}', f"[{'0,' * 8192}0]"],
)
def test_where_we_are_stricter(official: Ask, text: str) -> None:
    """The client never sends these, and a server has to refuse them or to guess."""
    assert [set(answer) for answer in official([text])] == [{"text", "size", "order"}]
    with pytest.raises(InvalidValueError):
        decode(read_json(text))
