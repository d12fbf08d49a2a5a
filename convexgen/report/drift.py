"""What a change that has not been made means: each is one finding about the file it would touch."""

from __future__ import annotations

from convexgen.diagnostics import Diagnostic, Label, Rule
from convexgen.emit.files import is_edited
from convexgen.rules.tool import EDITED_OUTPUT, MISSING_OUTPUT, ORPHAN_OUTPUT, STALE_OUTPUT
from convexgen.snapshot import FileChange
from convexgen.source import Span

_MESSAGES = {
    STALE_OUTPUT: "this generated file is stale",
    MISSING_OUTPUT: "this generated file is missing",
    ORPHAN_OUTPUT: "this generated file is left over: nothing generates it any more",
    EDITED_OUTPUT: "this generated file was changed by hand",
}


DRIFT = frozenset(_MESSAGES)
"""The four ways in which an output can be out of date."""


def rule_of(change: FileChange) -> Rule:
    """Which of the four ways of being out of date a change mends."""
    if change.before is None:
        return MISSING_OUTPUT
    if is_edited(change.before):
        return EDITED_OUTPUT
    return ORPHAN_OUTPUT if change.after is None else STALE_OUTPUT


def drift(changes: tuple[FileChange, ...], remedy: str) -> tuple[Diagnostic, ...]:
    """One finding for each change; `remedy` says what to do so that all are made: "run `convexgen generate`"."""
    return tuple(_finding(change, remedy) for change in changes)


def _finding(change: FileChange, remedy: str) -> Diagnostic:
    rule = rule_of(change)
    advice = remedy
    if rule is EDITED_OUTPUT:
        advice += ", which drops the edit; what it was meant to do belongs in the Python sources"
    return Diagnostic(rule, _MESSAGES[rule], Label(Span(change.path)), help=advice)
