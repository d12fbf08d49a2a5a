"""The catalogue of everything that can be found wrong. Only names and one line each; the checks stand elsewhere.

A code is never used again: a rule that goes leaves its row behind.
"""

from __future__ import annotations

from convexgen.diagnostics import Rule
from convexgen.rules import functions, names, reading, schema, tool

ALL: tuple[Rule, ...] = (*reading.RULES, *schema.RULES, *functions.RULES, *names.RULES, *tool.RULES)
