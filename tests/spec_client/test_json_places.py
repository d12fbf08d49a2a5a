"""Where values stand in the text of a JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from convexgen.source import Span
from convexgen.spec_client.json_places import place_of

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


def _paths(value: object) -> Iterator[tuple[tuple[str | int, ...], object]]:
    yield (), value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from (((key, *path), found) for path, found in _paths(each))


@given(DOCUMENTS)
def test_the_place_of_every_value(document: object) -> None:
    text = json.dumps(document)
    for path, value in _paths(document):
        span = place_of("f.json", text, path)
        assert (span.line, span.end_line) == (1, 1)
        assert json.loads(text[span.column - 1 : span.end_column - 1]) == value


def test_on_several_lines() -> None:
    text = '{\n  "a": [1,\n    {"b": 2}\n  ]\n}\n'
    assert place_of("f", text, ("a", 1, "b")) == Span("f", 3, 11, 3, 12)
    assert place_of("f", text, ("a",)) == Span("f", 2, 8, 2, 11)
    assert place_of("f", text, ("a", 7, "b")) == Span("f", 2, 8, 2, 11)


def test_of_keys_that_stand_there_twice_the_last_counts() -> None:
    assert place_of("f", '{"a": 1, "a": 2}', ("a",)) == Span("f", 1, 15, 1, 16)
