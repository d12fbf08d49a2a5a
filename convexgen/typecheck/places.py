"""Where in a file a message of mypy really points.

Depending on its parser mypy counts columns in bytes of UTF-8, or (a mistake in its newer parser) takes the bytes beyond
the first of each character off twice. The mistake cannot always be turned back by calculation: several places of one
line may have the same number. Then the one is taken where a piece of syntax begins and ends.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from convexgen.typecheck.mypy_messages import Message

Unit = Literal["characters", "bytes", "shrunk"]
Place = tuple[int, int, int, int]
"""Line and column of the beginning and of the end: lines from 1, columns in characters from 0, ends exclusive."""

_UNEXPECTED = re.compile(r'Unexpected keyword argument "(\w+)"')


def unit_of(column: int) -> Unit:
    """The unit in which a parser counts that gives `column` to the `x` of `PROBE`."""
    known: dict[int, Unit] = {len(PROBE) - 1: "characters", len(PROBE.encode()) - 1: "bytes"}
    return known.get(column, "shrunk")


PROBE = '"é"; x'


@dataclass(frozen=True)
class Source:
    """The text of one file, for looking up places."""

    text: str

    @cached_property
    def lines(self) -> Sequence[str]:
        return self.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")

    @cached_property
    def tree(self) -> ast.AST:
        """What the text says; an empty module if it is no Python."""
        try:
            return ast.parse("\n".join(self.lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Module([], [])

    @cached_property
    def pieces(self) -> frozenset[Place]:
        """The places of all pieces of syntax."""
        nodes = ast.walk(self.tree)
        return frozenset(self._place(node) for node in nodes if isinstance(node, ast.expr | ast.stmt | ast.arg))

    def argument(self, call: Place, name: str) -> Place | None:
        """Where the call at a place gives an argument by name: the name alone."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and self._place(node) == call:
                for keyword in node.keywords:
                    if keyword.arg == name:
                        line, start = keyword.lineno, self._characters(keyword.lineno, keyword.col_offset)
                        return line, start, line, start + len(name)
        return None

    def _place(self, node: ast.expr | ast.stmt | ast.arg) -> Place:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        start = self._characters(node.lineno, node.col_offset)
        return node.lineno, start, end_line, self._characters(end_line, end_column)

    def _characters(self, line: int, bytes_before: int) -> int:
        return len(self.lines[line - 1].encode()[:bytes_before].decode(errors="replace"))

    def columns(self, line: int, column: int, unit: Unit) -> list[int]:
        """The columns in characters that `column` may stand for."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if text.isascii() or unit == "characters":
            return [column]
        shown = [_shown(text[:position], unit) for position in range(len(text) + 1)]
        return [position for position, number in enumerate(shown) if number == column] or [min(column, len(text))]


def _shown(before: str, unit: Unit) -> int:
    """The number that stands for the place after `before`."""
    size = len(before.encode("utf-8", "surrogatepass"))
    return size if unit == "bytes" else 2 * len(before) - size


def corrected(message: Message, source: Source, unit: Unit) -> Message:
    """The message with columns in characters, at the smallest place that it speaks of."""
    return _narrowed(_in_characters(message, source, unit), source)


def _in_characters(message: Message, source: Source, unit: Unit) -> Message:
    if message.column is None or message.end_line is None or message.end_column is None:
        return message
    starts = source.columns(message.line, message.column, unit)
    ends = source.columns(message.end_line, message.end_column, unit)
    if len(starts) > 1 or len(ends) > 1:
        places = [(start, end) for start in starts for end in ends]
        known = [place for place in places if (message.line, place[0], message.end_line, place[1]) in source.pieces]
        # Without such a piece the longest is taken: it holds the true one.
        starts, ends = [[known[0][0]], [known[0][1]]] if known else [[starts[0]], [ends[-1]]]
    return message._replace(column=starts[0], end_column=ends[0])


def _narrowed(message: Message, source: Source) -> Message:
    """An argument with an unknown name is shown by its name; mypy shows the whole call."""
    unexpected = _UNEXPECTED.match(message.message)
    if unexpected is None or message.column is None or message.end_line is None or message.end_column is None:
        return message
    call = (message.line, message.column, message.end_line, message.end_column)
    found = source.argument(call, unexpected[1])
    if found is None:
        return message
    line, column, end_line, end_column = found
    return message._replace(line=line, column=column, end_line=end_line, end_column=end_column)


def corrected_all(messages: Iterator[Message], read: Callable[[str], str | None], unit: Unit) -> Iterator[Message]:
    """All messages corrected; `read` gives the text of a file, or None."""
    sources: dict[str, Source | None] = {}
    for message in messages:
        if message.file not in sources:
            text = read(message.file)
            sources[message.file] = None if text is None else Source(text)
        source = sources[message.file]
        yield message if source is None else corrected(message, source, unit)
