"""Where in the text of a JSON document a value stands. The text has been parsed before, so it is known to be JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from json import JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined]  # the standard library does not declare it

from convexgen.source import Span

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()


def place_of(path: str, text: str, parts: Iterable[str | int]) -> Span:
    """The value that `parts` lead to in the document at `path`, or the last one on the way that is there."""
    start = _after_space(text, 0)
    for part in parts:
        inner = _inside(text, start, part)
        if inner is None:
            break
        start = inner
    _, end = _DECODER.raw_decode(text, start)
    return span_of(path, text, start, end)


def span_of(path: str, text: str, start: int, end: int) -> Span:
    """A stretch of `text` by its offsets; of one that goes over several lines, what stands on the first."""
    line = text.count("\n", 0, start) + 1
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    end = max(min(end, len(text) if last < 0 else last), start + 1)
    return Span(path, line, start - first + 1, line, end - first + 1)


def _inside(text: str, start: int, part: str | int) -> int | None:
    """Where the member or element `part` of the value at `start` begins; None where there is none."""
    if text[start] not in "{[":
        return None
    index, found, at = 0, None, _after_space(text, start + 1)
    while text[at] not in "}]":
        key: str | int = index
        if text[start] == "{":
            key, at = scanstring(text, at + 1)
            at = _after_space(text, _after_space(text, at) + 1)
        if key == part:
            found = at  # of a key that stands there twice, parsers keep the last
        _, at = _DECODER.raw_decode(text, at)
        at = _after_space(text, at)
        if text[at] == ",":
            at = _after_space(text, at + 1)
        index += 1
    return found


def _after_space(text: str, at: int) -> int:
    matched = _SPACE.match(text, at)
    assert matched is not None  # it matches the empty text
    return matched.end()
