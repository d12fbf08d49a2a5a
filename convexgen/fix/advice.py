"""What a finding's help proposes to type, where nothing else in the finding says it."""

from __future__ import annotations

import re

from convexgen.diagnostics import Diagnostic

_PARAMETER = re.compile(r"`\w+: (\w+)`")
_SUGGESTION = re.compile(r"did you mean `([^`]+)`\?")


def proposed_annotation(finding: Diagnostic) -> str | None:
    """`QueryCtx` of "write `ctx: QueryCtx`"."""
    return _first(_PARAMETER, finding)


def suggestion(finding: Diagnostic) -> str | None:
    """`title` of "did you mean `title`?"."""
    return _first(_SUGGESTION, finding)


def _first(pattern: re.Pattern[str], finding: Diagnostic) -> str | None:
    found = pattern.search(finding.help or "")
    return found[1] if found else None
