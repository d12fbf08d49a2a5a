"""CG7xx: what `convexgen breaking` finds when it compares the program with an earlier state of it.

A rule says what changed. Whether that is breaking, dangerous or safe depends on whom it concerns (who calls, who reads
results, which documents are stored), so each finding carries its own severity. None of these come from a plan. Changes
are not ignored but allowed, with a reason and for a time (`breaking.allowances`).
"""

from __future__ import annotations

from convexgen.diagnostics import Rule, Severity


def _change(name: str, code: str, summary: str) -> Rule:
    return Rule(name, code, summary)


FUNCTION_REMOVED = _change("function-removed", "CG701", "a function is gone, or has another name")
FUNCTION_KIND_CHANGED = _change("function-kind-changed", "CG702", "a function is of another kind")
FUNCTION_HIDDEN = _change("function-hidden", "CG703", "a public function is now internal")
FUNCTION_ADDED = _change("function-added", "CG704", "a function is new")
FUNCTION_EXPOSED = _change("function-exposed", "CG705", "an internal function is now public")
NAMING_CHANGED = _change("naming-changed", "CG706", "names are written on the wire in another way")

FIELD_REMOVED = _change("field-removed", "CG710", "an argument or field is gone, or has another name")
REQUIRED_FIELD_ADDED = _change("required-field-added", "CG711", "an argument or field is new and must be given")
FIELD_ADDED = _change("field-added", "CG712", "an argument or field is new")
FIELD_NOW_REQUIRED = _change("field-now-required", "CG713", "an argument or field can no longer be left out")
FIELD_NOW_OPTIONAL = _change("field-now-optional", "CG714", "an argument or field can now be left out")
DEFAULT_CHANGED = _change("default-changed", "CG715", "an argument or field has another default")

TYPE_NARROWED = _change("type-narrowed", "CG720", "a type no longer has all the values it had")
TYPE_WIDENED = _change("type-widened", "CG721", "a type has more values than it had")
NULL_ADDED = _change("null-added", "CG722", "a value can now be null")
TYPE_CHANGED = _change("type-changed", "CG723", "a type is another one")
CONSTRAINT_TIGHTENED = _change("constraint-tightened", "CG724", "a limit lets fewer values pass than before")
CONSTRAINT_LOOSENED = _change("constraint-loosened", "CG725", "a limit lets more values pass than before")

TABLE_REMOVED = _change("table-removed", "CG730", "a table is gone, or has another name")
TABLE_ADDED = _change("table-added", "CG731", "a table is new")
INDEX_REMOVED = _change("index-removed", "CG732", "an index is gone, or has another name")
INDEX_CHANGED = _change("index-changed", "CG733", "an index is over other fields")
INDEX_ADDED = _change("index-added", "CG734", "an index is new")

ROUTE_REMOVED = _change("route-removed", "CG740", "an HTTP route is gone")
ROUTE_ADDED = _change("route-added", "CG741", "an HTTP route is new")

UNUSED_ALLOWANCE = Rule(
    "unused-allowance",
    "CG750",
    "an allowance permits a change that there is not",
    severity=Severity.WARNING,
    advisory=True,
)
EXPIRED_ALLOWANCE = Rule("expired-allowance", "CG751", "an allowance has run out", advisory=True)
INVALID_ALLOWANCE = Rule("invalid-allowance", "CG752", "an allowance cannot be read", advisory=True)

BASELINE_UNREADABLE = Rule(
    "baseline-unreadable",
    "CG760",
    "there is nothing that the program can be compared with",
    unreadable=True,
)

CHANGES = (
    FUNCTION_REMOVED,
    FUNCTION_KIND_CHANGED,
    FUNCTION_HIDDEN,
    FUNCTION_ADDED,
    FUNCTION_EXPOSED,
    NAMING_CHANGED,
    FIELD_REMOVED,
    REQUIRED_FIELD_ADDED,
    FIELD_ADDED,
    FIELD_NOW_REQUIRED,
    FIELD_NOW_OPTIONAL,
    DEFAULT_CHANGED,
    TYPE_NARROWED,
    TYPE_WIDENED,
    NULL_ADDED,
    TYPE_CHANGED,
    CONSTRAINT_TIGHTENED,
    CONSTRAINT_LOOSENED,
    TABLE_REMOVED,
    TABLE_ADDED,
    INDEX_REMOVED,
    INDEX_CHANGED,
    INDEX_ADDED,
    ROUTE_REMOVED,
    ROUTE_ADDED,
)
"""The rules about changes, which can be given another severity and be allowed."""

RULES = (*CHANGES, UNUSED_ALLOWANCE, EXPIRED_ALLOWANCE, INVALID_ALLOWANCE, BASELINE_UNREADABLE)
