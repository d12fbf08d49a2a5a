"""What goes where: findings, diffs and documents to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from io import TextIOWrapper
from shutil import get_terminal_size

from convexgen.diagnostics import Diagnostic, Severity
from convexgen.report import Report, render

CLEAN, FINDINGS, UNREADABLE, OUR_FAULT, INTERRUPTED = 0, 1, 2, 3, 130


_NARROW = 60
"""Columns in which an excerpt still makes sense, though lines may be broken."""
_IN_ASCII = {"…": "...", "\ufffd": "?"} | {chr(0x2400 + code): f"^{chr(code ^ 0x40)}" for code in range(32)}
"""How a narrow console shows the signs that reports use, among them the pictures of control characters."""


def show(report: Report, name: str = "text") -> None:
    """Write the report to standard output: for programs in UTF-8, whatever the console speaks."""
    if sys.stdout.isatty():
        report = replace(report, columns=max(get_terminal_size().columns, _NARROW))
    text = render(report, name)
    if name == "text" or not isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


def degrade(error: UnicodeError) -> tuple[str, int]:
    """What a console that does not know a character shows instead, so that it never stops a command."""
    assert isinstance(error, UnicodeEncodeError)
    missing = error.object[error.start : error.end]
    shown = (_IN_ASCII.get(letter) or letter.encode("ascii", "backslashreplace").decode() for letter in missing)
    return "".join(shown), error.end


def say(text: str) -> None:
    """One line of progress or summary, to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def color() -> bool:
    """Whether standard output is a terminal that wants colours; `NO_COLOR` and `FORCE_COLOR` decide first."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def waiting(text: str) -> AbstractContextManager[object]:
    """A sign of life on a terminal for as long as the context lasts; nothing where nobody looks."""
    if not _is_watched():
        return nullcontext()
    from rich.console import Console  # noqa: PLC0415 - loaded by need

    return Console(stderr=True).status(text)


@contextmanager
def moving(text: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, for so many bytes; nothing where nobody looks. Gives what is told of bytes."""
    if not _is_watched():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - loaded by need
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn  # noqa: PLC0415 - loaded by need

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(text, total=total)
        yield lambda count: progress.advance(task, count)


def _is_watched() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """What the findings mean for the caller. Warnings mean nothing."""
    errors = [finding for finding in diagnostics if finding.severity is Severity.ERROR]
    if any(finding.rule.unreadable for finding in errors):
        return UNREADABLE
    return FINDINGS if errors else CLEAN


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def tally(report: Report) -> str:
    """`2 errors, 1 warning`, or nothing."""
    parts = [count(number, noun) for number, noun in ((report.errors, "error"), (report.warnings, "warning")) if number]
    return ", ".join(parts)


def refuse(report: Report, undone: str, name: str = "text") -> int:
    """Tell of findings that keep a command from doing anything (`nothing was written`), and give its exit code."""
    show(report, name)
    say(f"{tally(report)}: {undone}.")
    return exit_code(report.diagnostics)
