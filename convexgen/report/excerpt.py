"""The lines of a source that a finding is about, with the exact stretch underlined.

A character is as wide as a terminal shows it: tabs are spread to spaces, wide characters count twice, combining ones
not at all, and control characters are replaced by pictures of themselves, so that a source cannot steer the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from convexgen.diagnostics import Label

Style = Literal["plain", "path", "error", "warning", "code", "gutter", "secondary", "help", "added", "removed"]
Piece = tuple[Style, str]
Line = list[Piece]

_TAB = "    "
WIDTH = 160
"""Columns that an excerpt takes where nobody says how wide the terminal is."""
_PICTURES = {code: 0x2400 + code for code in range(32)} | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


@dataclass(frozen=True, slots=True)
class _Underline:
    """A stretch of one line, in characters (or, once shown, in columns) from 0, and what is said below it."""

    line: int
    start: int
    end: int
    mark: str
    style: Style
    text: str


def safe(text: str) -> str:
    """`text` with control characters replaced by visible ones; tabs and line ends stay."""
    return text.translate(_PICTURES | {9: 9, 10: 10})


def excerpt(
    primary: Label, secondary: Sequence[Label], sources: Mapping[str, bytes], style: Style, columns: int = WIDTH
) -> list[Line]:
    """The excerpts for all labels that have a place in a known file: the primary one's file first.

    Of a line that does not fit into `columns`, the part around what is underlined is shown.
    """
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
        shown.extend(_block(items, lines_of[path], width, columns - width - len(" | ")))
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


def _block(items: list[_Underline], lines: list[str], width: int, columns: int) -> list[Line]:
    shown: list[Line] = []
    previous = 0
    for number in sorted({item.line for item in items}):
        if previous and number > previous + 1:
            shown.append([("gutter", " " * width + " …")])
        previous = number
        here = [item for item in items if item.line == number]
        text, marked = _window(lines[number - 1], here, columns)
        shown.append([("gutter", f"{number:>{width}} | "), ("plain", text)])
        for row in _rows(marked):
            shown.extend([("gutter", " " * width + " | "), *line] for line in _underlined(row))
    return shown


def _window(line: str, here: list[_Underline], columns: int) -> tuple[str, list[_Underline]]:
    """What is shown of a line, and the underlines in columns of that."""
    offset = 0
    if _columns(line) > columns:
        before = min(item.start for item in here) - columns // 4
        offset = max(0, min(before, len(line) - columns) if line.isascii() else before)
        while offset and not _columns(line[offset]):  # a combining sign goes with what it stands on
            offset -= 1
    length = min(len(line) - offset, columns)
    while _columns(line[offset : offset + length]) > columns:
        length -= 1
    part = line[offset : offset + length]
    marked = []
    for item in here:
        start = _columns(part[: max(item.start - offset, 0)])
        end = _columns(part[: max(item.end - offset, 0)])
        marked.append(replace(item, start=start, end=max(end, start + 1)))
    text = _spread(part)
    text = text if offset == 0 else "…".ljust(_columns(text[0])) + text[1:]
    return text if offset + length == len(line) else f"{text[:-1]}…", marked


def _rows(items: list[_Underline]) -> list[list[_Underline]]:
    """The underlines from left to right, in as few rows as it takes for none to be above another."""
    rows: list[list[_Underline]] = []
    for item in sorted(items, key=lambda item: item.start):
        free = next((row for row in rows if row[-1].end < item.start), None)
        if free is None:
            rows.append([item])
        else:
            free.append(item)
    return rows


def _underlined(row: list[_Underline]) -> list[Line]:
    """The marks, with the last one's text behind it; the other texts below, each under the beginning of its marks."""
    marks: Line = []
    for item, before in zip(row, [0, *(item.end for item in row)], strict=False):
        marks += [("plain", " " * (item.start - before)), (item.style, item.mark * (item.end - item.start))]
    last = row[-1]
    if last.text:
        marks.append((last.style, f" {safe(last.text)}"))
    below: list[Line] = []
    waiting = [item for item in row[:-1] if item.text]
    while waiting:
        item = waiting.pop()
        line: Line = []
        column = 0
        for other in waiting:
            line += [("plain", " " * (other.start - column)), (other.style, "|")]
            column = other.start + 1
        below.append([*line, ("plain", " " * (item.start - column)), (item.style, safe(item.text))])
    return [marks, *below]


def _spread(text: str) -> str:
    return text.replace("\t", _TAB).translate(_PICTURES)


def _columns(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    spread = _spread(text)
    if spread.isascii():
        return len(spread)
    from rich.cells import cell_len  # noqa: PLC0415 - loaded by need

    return cell_len(spread)
