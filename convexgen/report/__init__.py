"""Findings and changes as text for people and as documents for machines. Everything here is pure.

A format is a module with a `render(Report) -> str` and a row in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Literal, Protocol, cast

from convexgen.diagnostics import Diagnostic, Severity
from convexgen.snapshot import FileChange

DiffMode = Literal["full", "short", "none"]

FORMATS: Mapping[str, str] = {
    "text": "convexgen.report.text",
    "json": "convexgen.report.json",
}
"""From the name of a format to the module that writes it, which is loaded when it is asked for."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found. `sources` are the files that findings point into, by path.

    `changes` are told (as a diff) in `check`; commands that make them leave them out. `files` counts all generated
    files. `color` asks for the escape sequences of a terminal.
    """

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, bytes] = field(default_factory=dict)
    changes: tuple[FileChange, ...] = ()
    diff: DiffMode = "short"
    files: int = 0
    color: bool = False

    @property
    def errors(self) -> int:
        return sum(finding.severity is Severity.ERROR for finding in self.diagnostics)

    @property
    def warnings(self) -> int:
        return len(self.diagnostics) - self.errors


class Format(Protocol):
    def render(self, report: Report) -> str:
        """The whole text for standard output, empty or ending in a line end."""
        ...


def render(report: Report, name: str) -> str:
    """`report` in the format called `name`, one of `FORMATS`."""
    return cast(Format, import_module(FORMATS[name])).render(report)
