"""Findings and changes as text for people and as documents for machines. Everything here is pure.

A format is a module with a `render(Report) -> str` and a row in `FORMATS`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Literal, Protocol, cast

from convexgen.diagnostics import Diagnostic, Rule, Severity
from convexgen.snapshot import FileChange

DiffMode = Literal["full", "short", "none"]

FORMATS: Mapping[str, str] = {
    "text": "convexgen.report.text",
    "json": "convexgen.report.json",
    "github": "convexgen.report.github",
    "sarif": "convexgen.report.sarif",
}
"""From the name of a format to the module that writes it, which is loaded when it is asked for."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found. `sources` are the files that findings point into, by path.

    `changes` are told (as a diff) in `check`; commands that make them leave them out. `files` counts all generated
    files. `color` asks for the escape sequences of a terminal. `prefix` leads from the root of the repository to the
    project (`services/chat/`). With `statistics`, people are told how often each rule is broken instead of where.
    `columns` is how wide their screen is.
    """

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, bytes] = field(default_factory=dict)
    changes: tuple[FileChange, ...] = ()
    diff: DiffMode = "short"
    files: int = 0
    color: bool = False
    prefix: str = ""
    statistics: bool = False
    columns: int = 160

    @property
    def errors(self) -> int:
        return sum(finding.severity is Severity.ERROR for finding in self.diagnostics)

    @property
    def warnings(self) -> int:
        return len(self.diagnostics) - self.errors

    @property
    def by_rule(self) -> tuple[tuple[Rule, int], ...]:
        """How often each rule is broken: the most common first, then by code."""
        counted = Counter(finding.rule for finding in self.diagnostics)
        return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0].code)))


class Format(Protocol):
    def render(self, report: Report) -> str:
        """The whole text for standard output, empty or ending in a line end."""
        ...


def render(report: Report, name: str) -> str:
    """`report` in the format called `name`, one of `FORMATS`."""
    return cast(Format, import_module(FORMATS[name])).render(report)


def schema() -> str:
    """The JSON schema of what the format `json` writes."""
    from importlib.resources import files  # noqa: PLC0415 - hardly ever asked for

    return files(__name__).joinpath("report.schema.json").read_text(encoding="utf-8")
