"""The report as one JSON document. `schema_version` grows when a reader of the old form would misread the new one."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from convexgen.diagnostics import Diagnostic, Label
from convexgen.report import Report
from convexgen.report.drift import rule_of
from convexgen.report.patch import patch
from convexgen.snapshot import FileChange

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    document = {
        "schema_version": SCHEMA_VERSION,
        "diagnostics": [_diagnostic(finding) for finding in report.diagnostics],
        "changes": [_change(change, report) for change in report.changes],
        "summary": {
            "errors": report.errors,
            "warnings": report.warnings,
            "rules": {rule.name: number for rule, number in report.by_rule},
            "files": report.files,
            "changes": dict(sorted(Counter(rule_of(change).name for change in report.changes).items())),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(finding: Diagnostic) -> dict[str, Any]:
    return {
        "code": finding.rule.code,
        "rule": finding.rule.name,
        "severity": str(finding.severity),
        "message": finding.message,
        **_label(finding.primary),
        "secondary": [_label(label) for label in finding.secondary],
        "help": finding.help,
        "facts": dict(finding.facts),
    }


def _label(label: Label) -> dict[str, Any]:
    """The place and its text. A finding about no file has no path, one about a whole file has no range."""
    span = label.span
    return {
        "path": span.path or None,
        "range": {
            "line": span.line,
            "column": span.column,
            "end_line": span.end_line,
            "end_column": span.end_column,
        }
        if span.line
        else None,
        "label": label.text or None,
    }


def _change(change: FileChange, report: Report) -> dict[str, Any]:
    diff = patch((change,), report.diff)
    return {"path": change.path, "rule": rule_of(change).name, "diff": diff or None}
