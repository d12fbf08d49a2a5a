"""The catalogue of everything that can be found wrong. Only names and one line each; the checks stand elsewhere.

A code is never used again: a rule that goes leaves its row behind.
"""

from __future__ import annotations

from convexgen.diagnostics import Rule
from convexgen.rules import breaking, calls, functions, names, practice, reading, schema, tool

FAMILIES: dict[str, str] = {
    "CG1": "What cannot be read",
    "CG2": "Tables, indexes and types",
    "CG3": "Functions and special modules",
    "CG4": "Names",
    "CG5": "Outputs",
    "CG6": "Practice",
    "CG7": "Breaking changes",
    "CG8": "Type checking",
    "CG9": "Settings and the project",
}
"""What the rules whose codes begin alike are about."""

ALL: tuple[Rule, ...] = (
    *reading.RULES,
    *schema.RULES,
    *functions.RULES,
    *calls.RULES,
    *names.RULES,
    *practice.RULES,
    *breaking.RULES,
    *tool.RULES,
)


def level(rule: Rule) -> str:
    """What a finding of `rule` is where nothing is set: `error`, `warning`, `off` (not told), or `varies`."""
    if not rule.default:
        return "off"
    return "varies" if rule in breaking.CHANGES else str(rule.severity)
