"""Where in a TOML text a key stands. The standard parser gives values without places, and a finding needs a place.

Not a parser: it is asked only about texts that have parsed, and where it does not find a key (one inside an inline
table that spans strings with braces, say) it falls back to the enclosing key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, TypeAlias

from convexgen.source import Span

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys from the outside in; a number counts the elements of an array."""

_KEY = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]\]?")
_ASSIGNMENT = re.compile(rf"^\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")


def place_of(path: str, text: str, key: KeyPath) -> Span:
    """The place of the last part of `key` in `text`, the content of the file `path`.

    Where that key does not stand (it is missing, or in another file), the nearest enclosing one; else the whole file.
    `-` and `_` in keys are the same.
    """
    wanted = tuple(_plain(part) for part in key)
    found = dict(_keys(path, text))
    for length in range(len(wanted), 0, -1):
        if span := found.get(wanted[:length]) or _inline(path, text, found, wanted[:length]):
            return span
    return Span(path)


def place_of_text(path: str, text: str, key: KeyPath, value: str) -> Span:
    """The place of `value`, without its quotes, in the array of texts that `key` stands for; else that of the key."""
    start = place_of(path, text, key)
    offset = sum(len(line) + 1 for line in text.split("\n")[: max(start.line - 1, 0)])
    found = re.compile(rf"""(["'])({re.escape(value)})\1""").search(text, offset + max(start.column - 1, 0))
    if found is None:
        return start
    line = text.count("\n", 0, found.start())
    column = found.start(2) - (text.rfind("\n", 0, found.start()) + 1)
    return _span(path, line + 1, column, column + len(value))


def _keys(path: str, text: str) -> Iterator[tuple[KeyPath, Span]]:
    """Every table header and every key at the start of a line."""
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            else:
                table = _within_arrays(table, counts)
            yield table, _span(path, number, header.start(2), header.end(2))
        elif assignment := _ASSIGNMENT.match(line):
            yield (*table, *_parts(assignment[1])), _span(path, number, assignment.start(1), assignment.end(1))


def _within_arrays(table: KeyPath, counts: dict[KeyPath, int]) -> KeyPath:
    """`[a.b]` below `[[a]]` belongs to the element of `a` that was opened last."""
    for length in range(len(table) - 1, 0, -1):
        if table[:length] in counts:
            return (*table[:length], counts[table[:length]], *table[length:])
    return table


def _inline(path: str, text: str, found: dict[KeyPath, Span], key: KeyPath) -> Span | None:
    """The place of a key inside an inline table, or of the table itself: `outputs = [{ path = … }]`."""
    array = next((length for length, part in enumerate(key) if isinstance(part, int)), None)
    start = found.get(key[:array]) if array is not None else None
    if array is None or start is None:
        return None
    offset = sum(len(line) + 1 for line in text.split("\n")[: start.line - 1])
    braces = [match.start() for match in re.finditer(r"\{", text[offset:])]
    position = key[array]
    assert isinstance(position, int)
    if position >= len(braces):
        return None
    begin = offset + braces[position]
    end = text.find("}", begin) + 1 or len(text)
    if len(key) > array + 1:
        name = "[-_]".join(re.escape(part) for part in str(key[-1]).split("-"))
        inner = re.compile(rf"""[{{,\s]["']?({name})["']?\s*=""").search(text, begin, end)
        if inner is None:
            return None
        begin, end = inner.span(1)
    line = text.count("\n", 0, begin) + 1
    column = begin - (text.rfind("\n", 0, begin) + 1)
    return _span(path, line, column, column + end - begin)


def _parts(dotted: str) -> KeyPath:
    """The parts of a dotted key, quotes removed, as the real parser sees them."""
    value: Any = tomllib.loads(f"{dotted} = 0")
    parts: list[str] = []
    while isinstance(value, dict):
        key, value = next(iter(value.items()))
        parts.append(str(_plain(key)))
    return tuple(parts)


def _plain(part: str | int) -> str | int:
    return part.replace("_", "-") if isinstance(part, str) else part


def _span(path: str, line: int, start: int, end: int) -> Span:
    return Span(path, line, start + 1, line, end + 1)
