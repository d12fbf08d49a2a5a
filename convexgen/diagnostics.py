"""What every finding is, from whichever stage it comes: a value, never a printed line.

A finding is built where the mistake is understood and rendered only at the rim (`report`). Facts
that machines want stand in `facts`, so that nobody has to parse prose.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from convexgen.source import Span

MendKind = Literal["safe", "unsafe"]
"""`unsafe` where the program may do something else afterwards, or where somebody else may have meant something else."""


class Severity(StrEnum):
    """An `ERROR` makes a command fail; a `WARNING` is told and changes nothing else."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding. `name` is its identity, `code` sorts it and is never used again.

    `unreadable` marks rules after which the project could not be read as a whole, so that no
    comparison with the outputs means anything (exit code 2 rather than 1). `advisory` marks rules about what functions
    do, and about outputs and comments: they never keep files from being generated, `generate` does not tell them, and
    they can be chosen, ignored and suppressed. Of those, the ones that are not `default` are told only when they are
    selected. `mend` says what it takes for `fix` to mend some of its findings: nothing, or consent (`unsafe`).
    """

    name: str
    code: str
    summary: str
    severity: Severity = Severity.ERROR
    since: str = "0.1"
    unreadable: bool = False
    advisory: bool = False
    default: bool = True
    mend: MendKind | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what is to be said there, short."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what is wrong (`message`), where (`primary`), who says so (`secondary`), what to type (`help`)."""

    rule: Rule
    message: str
    primary: Label
    secondary: tuple[Label, ...] = ()
    help: str | None = None
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    @property
    def stops_generation(self) -> bool:
        """Whether nothing is generated as long as this is not mended."""
        return self.rule.severity is Severity.ERROR and not self.rule.advisory


def in_order(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings by place, then by code, each once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda d: (d.primary.span, d.rule.code, d.message)))
