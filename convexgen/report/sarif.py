"""The report as SARIF 2.1.0, which code scanners and editors read.

Written as plain JSON values: a library of SARIF classes would hold every field optional and any further one welcome, so
it would check nothing that the official schema, against which the tests hold this, does not check better.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any, TypeAlias
from urllib.parse import quote

from convexgen.diagnostics import Diagnostic, Label, Rule, Severity
from convexgen.report import Report
from convexgen.report.excerpt import safe
from convexgen.source import Span

JsonObject: TypeAlias = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
"""What paths are relative to: the root of the repository, wherever it was checked out."""


def render(report: Report) -> str:
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _run(report: Report) -> JsonObject:
    """Findings about no file (a wrong option, say) are no results to SARIF, but notifications about the run."""
    placed = [finding for finding in report.diagnostics if finding.primary.span.path]
    unplaced = [finding for finding in report.diagnostics if not finding.primary.span.path]
    rules = sorted({finding.rule for finding in report.diagnostics}, key=lambda rule: rule.code)
    return {
        "tool": {"driver": {"name": "convexgen", "rules": [_rule(rule) for rule in rules]}},
        "invocations": [
            {
                "executionSuccessful": not any(finding.rule.unreadable for finding in report.diagnostics),
                "toolConfigurationNotifications": [_notification(finding, rules) for finding in unplaced],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [_result(finding, rules, report.prefix) for finding in placed],
    }


def _rule(rule: Rule) -> JsonObject:
    page = files("convexgen.rules").joinpath(f"{rule.name}.md")
    text = f"{rule.summary[:1].upper()}{rule.summary[1:]}."
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": text},
        "help": {"text": text, **({"markdown": page.read_text(encoding="utf-8")} if page.is_file() else {})},
        "defaultConfiguration": {"enabled": rule.default, "level": _level(rule.severity)},
        "properties": {"name": rule.name},
    }


def _result(finding: Diagnostic, rules: list[Rule], prefix: str) -> JsonObject:
    result: JsonObject = {
        "ruleId": finding.rule.code,
        "ruleIndex": rules.index(finding.rule),
        "level": _level(finding.severity),
        "message": {"text": _text(finding)},
        "locations": [_location(finding.primary, prefix)],
    }
    if related := list(_related(finding.secondary, prefix)):
        result["relatedLocations"] = related
    return result


def _notification(finding: Diagnostic, rules: list[Rule]) -> JsonObject:
    return {
        "descriptor": {"id": finding.rule.code, "index": rules.index(finding.rule)},
        "level": _level(finding.severity),
        "message": {"text": _text(finding)},
    }


def _related(labels: Iterable[Label], prefix: str) -> Iterator[JsonObject]:
    for number, label in enumerate(labels, 1):
        if label.span.path:
            text = {"message": {"text": safe(label.text)}} if label.text else {}
            yield {"id": number, **_location(label, prefix), **text}


def _location(label: Label, prefix: str) -> JsonObject:
    place: JsonObject = {
        "artifactLocation": {"uri": quote(prefix + label.span.path, errors="surrogateescape"), "uriBaseId": _ROOT}
    }
    if label.span.line:
        place["region"] = _region(label.span)
    return {"physicalLocation": place}


def _region(span: Span) -> JsonObject:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _text(finding: Diagnostic) -> str:
    return safe(finding.message + (f"\nhelp: {finding.help}" if finding.help else ""))


def _level(severity: Severity) -> str:
    return "error" if severity is Severity.ERROR else "warning"
