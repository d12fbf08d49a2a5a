"""Why there is nothing to compare with."""

from __future__ import annotations

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.breaking import BASELINE_UNREADABLE
from convexgen.source import Span


class BaselineError(Exception):
    """The baseline could not be read. `diagnostic` says why and what to do."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic

    @classmethod
    def of(cls, message: str, help: str) -> BaselineError:
        return cls(Diagnostic(BASELINE_UNREADABLE, message, Label(Span("")), help=help))
