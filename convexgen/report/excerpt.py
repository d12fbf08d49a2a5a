"""The lines of a source that a finding is about, with the exact stretch underlined.

A character is as wide as a terminal shows it: tabs are spread to spaces, wide characters count twice, combining ones
not at all, and control characters are replaced by pictures of themselves, so that a source cannot steer the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from convexgen.diagnostics import Label

Style = Literal["plain", "path", "error", "warning", "code", "gutter", "secondary", "help", "added", "removed"]
Piece = tuple[Style, str]
Line = list[Piece]

_TAB = "    "
_WIDTH = 160
"""Columns of a source line that are shown; of a longer one, those around the underlined stretch."""
_PICTURES = {code: 0x2400 + code for code in range(32)} | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


@dataclass(frozen=True, slots=True)
class _Underline:
    """A stretch of one line, in characters from 0, and what is said below it."""

    line: int
    start: int
    end: int
    mark: str
    style: Style
    text: str


def safe(text: str) -> str:
    """`text` with control characters replaced by visible ones; tabs and line ends stay."""
    return text.translate(_PICTURES | {9: 9, 10: 10})


def excerpt(primary: Label, secondary: Sequence[Label], sources: Mapping[str, bytes], style: Style) -> list[Line]:
    """The excerpts for all labels that have a place in a known file: the primary one's file first."""
    labels = [(primary, "^", style), *((label, "-", "secondary") for label in secondary)]
    by_path: dict[str, list[_Underline]] = {}
    lines_of: dict[str, list[str]] = {}
    for label, mark, label_style in labels:
        path = label.span.path
        if label.span.line and path in sources:
            lines = lines_of.setdefault(path, _lines(sources[path]))
            underlines = _underlines(label, lines, mark, label_style)
            if underlines:
                by_path.setdefault(path, []).extend(underlines)
    width = max((len(str(item.line)) for items in by_path.values() for item in items), default=0)
    shown: list[Line] = []
    for path, items in by_path.items():
        if path != primary.span.path:
            first = min(items, key=lambda item: (item.line, item.start))
            shown.append([("gutter", " " * width + " ::: "), ("path", f"{path}:{first.line}:{first.start + 1}")])
        else:
            shown.append([("gutter", " " * width + " |")])
        shown.extend(_block(items, lines_of[path], width))
    return shown


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _underlines(label: Label, lines: list[str], mark: str, style: Style) -> list[_Underline]:
    """One underline for each line of the span; of a long one, the first line's alone."""
    span = label.span
    if span.line > len(lines):
        return []
    last = min(span.end_line, len(lines)) if span.end_line - span.line < 4 else span.line
    found = []
    for number in range(span.line, max(last, span.line) + 1):
        text = lines[number - 1]
        start = span.column - 1 if number == span.line else len(text) - len(text.lstrip())
        end = span.end_column - 1 if number == span.end_line else len(text.rstrip())
        start = min(max(start, 0), len(text))
        said = label.text if number == max(last, span.line) else ""
        found.append(_Underline(number, start, max(min(end, len(text)), start), mark, style, said))
    return found


def _block(items: list[_Underline], lines: list[str], width: int) -> list[Line]:
    shown: list[Line] = []
    previous = 0
    for number in sorted({item.line for item in items}):
        if previous and number > previous + 1:
            shown.append([("gutter", " " * width + " …")])
        previous = number
        here = [item for item in items if item.line == number]
        offset, text = _window(lines[number - 1], here)
        shown.append([("gutter", f"{number:>{width}} | "), ("plain", _spread(text))])
        for item in here:
            shown.append(_underline_row(item, offset, text, width))
    return shown


def _window(line: str, here: list[_Underline]) -> tuple[int, str]:
    """The part of a very long line that matters, and where it begins."""
    if len(line) <= _WIDTH:
        return 0, line
    offset = max(0, min(item.start for item in here) - _WIDTH // 4)
    return offset, line[offset : offset + _WIDTH]


def _underline_row(item: _Underline, offset: int, text: str, width: int) -> Line:
    start, end = item.start - offset, item.end - offset
    space = _columns(text[:start])
    marks = max(_columns(text[start:end]), 1)
    said = f" {safe(item.text)}" if item.text else ""
    return [("gutter", " " * width + " | "), ("plain", " " * space), (item.style, item.mark * marks + said)]


def _spread(text: str) -> str:
    return text.replace("\t", _TAB).translate(_PICTURES)


def _columns(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    spread = _spread(text)
    if spread.isascii():
        return len(spread)
    from rich.cells import cell_len  # noqa: PLC0415 - loaded by need

    return cell_len(spread)
