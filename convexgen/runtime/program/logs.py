"""What functions print and log, as the log lines of the run that they belong to, and of no other.

A run collects lines in a context variable, so tasks and the threads of `asyncio.to_thread` that it starts belong to it.
Outside of any run, `print` and `logging` do what they always did. `installed` puts this in place; without it runs have
no lines.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal, TextIO, TypeAlias

MAXIMUM_LINES: Final = 256
MAXIMUM_LINE: Final = 32 * 1024
"""Lines of one run, and bytes of one line."""

OVERFLOW: Final = f"[ERROR] Log overflow (maximum {MAXIMUM_LINES}). Remaining log lines omitted."
TRUNCATED: Final = "... (truncated due to length)"

Level: TypeAlias = Literal["DEBUG", "LOG", "INFO", "WARN", "ERROR"]
Hook: TypeAlias = Callable[[str], None]
"""Is given each line as soon as it is there."""

_ESCAPES: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"}


class LogLines:
    """The lines of one run, in the order in which they came."""

    def __init__(self, hook: Hook | None = None) -> None:
        self._lines: list[str] = []
        self._hook = hook
        self._begun: dict[Level, str] = {}

    def __iter__(self) -> Iterator[str]:
        for level in tuple(self._begun):
            self._end_line(level)
        return iter(tuple(self._lines))

    def extend(self, lines: Iterable[str]) -> None:
        """Take over the finished lines of another run, which the hook has had already."""
        for line in lines:
            self._keep(line)

    def say(self, level: Level, text: str) -> None:
        """Add a line that says `text`, whatever is in it."""
        line = log_line(level, text)
        if self._keep(line) and self._hook is not None:
            self._hook(line)

    def write(self, level: Level, text: str) -> None:
        """Add text that comes in pieces; each of its lines is one of the log."""
        *ended, begun = (self._begun.get(level, "") + text).split("\n")
        for line in ended:
            self.say(level, line)
        self._begun[level] = begun

    def _end_line(self, level: Level) -> None:
        begun = self._begun.pop(level)
        if begun:
            self.say(level, begun)

    def _keep(self, line: str) -> bool:
        if len(self._lines) > MAXIMUM_LINES:
            return False
        is_full = len(self._lines) == MAXIMUM_LINES
        self._lines.append(OVERFLOW if is_full else line)
        return not is_full


_lines: ContextVar[LogLines | None] = ContextVar("convexgen_log_lines", default=None)
_hooks: list[Hook] = []


@contextmanager
def collecting() -> Iterator[LogLines]:
    """Collect what is printed and logged until the end of the block."""
    lines = LogLines(_hooks[-1] if _hooks else None)
    token = _lines.set(lines)
    try:
        yield lines
    finally:
        _lines.reset(token)


@contextmanager
def installed(hook: Hook | None = None) -> Iterator[None]:
    """Have `print` and `logging` fill the lines of runs until the end of the block. `hook` is given each line too.

    One at a time: it changes `sys.stdout`, `sys.stderr` and the root logger, and puts back what was there.
    """
    before = sys.stdout, sys.stderr
    root, handler = logging.getLogger(), _RunHandler()
    sys.stdout, sys.stderr = _Stream("LOG", before[0]), _Stream("ERROR", before[1])
    others = tuple(root.handlers)
    for each in others:
        each.addFilter(_is_of_no_run)
    root.addHandler(handler)
    if hook is not None:
        _hooks.append(hook)
    try:
        yield
    finally:
        if hook is not None:
            _hooks.remove(hook)
        root.removeHandler(handler)
        for each in others:
            each.removeFilter(_is_of_no_run)
        sys.stdout, sys.stderr = before


def log_line(level: Level, text: str) -> str:
    """A line of the log: `[LOG] 'text'`, cut off if it is too long."""
    line = f"[{level}] {quoted(text)}"
    data = line.encode(errors="replace")
    if len(data) <= MAXIMUM_LINE:
        return data.decode()
    return data[: MAXIMUM_LINE - len(TRUNCATED)].decode(errors="ignore") + TRUNCATED


def quoted(text: str) -> str:
    """A text as JavaScript's consoles show it: in single quotes, or in others if it has those itself."""
    mark = next((mark for mark in "'\"`" if mark not in text), "'")
    escaped = "".join(_escaped(character, mark) for character in text) if not _is_plain(text, mark) else text
    return f"{mark}{escaped}{mark}"


def _is_plain(text: str, mark: str) -> bool:
    return text.isprintable() and "\\" not in text and mark not in text


def _escaped(character: str, mark: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character == mark:
        return f"\\{character}"
    return f"\\x{ord(character):02X}" if ord(character) < 0x20 or ord(character) == 0x7F else character


class _Stream:
    """Stands in for `sys.stdout` or `sys.stderr`. All but text that a run writes goes to the one that was there."""

    def __init__(self, level: Level, stream: TextIO) -> None:
        self._level: Level = level
        self._stream = stream

    def write(self, text: str) -> int:
        lines = _lines.get()
        if lines is None:
            return self._stream.write(text)
        lines.write(self._level, text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _RunHandler(logging.Handler):
    """Makes log lines of what a run logs."""

    def emit(self, record: logging.LogRecord) -> None:
        lines = _lines.get()
        if lines is None:
            return
        try:
            lines.say(_level(record.levelno), self.format(record))
        except Exception:  # such as arguments that do not fit the message
            self.handleError(record)


def _is_of_no_run(record: logging.LogRecord) -> bool:
    return _lines.get() is None


def _level(number: int) -> Level:
    if number < logging.INFO:
        return "DEBUG"
    if number < logging.WARNING:
        return "INFO"
    return "WARN" if number < logging.ERROR else "ERROR"
