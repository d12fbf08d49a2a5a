"""SARIF: one document whole, and every document held against the official schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft4Validator

from convexgen.diagnostics import Diagnostic, Label
from convexgen.report import Report, render
from convexgen.rules import ALL
from convexgen.rules.tool import USAGE_ERROR
from convexgen.source import Span
from tests.report.strategies import reports
from tests.report.test_text import CHANGES, FINDINGS, SOURCES

OFFICIAL = Path(__file__).parents[2] / "fixtures/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="module")
def official() -> Draft4Validator:
    if not OFFICIAL.is_file():
        pytest.skip("needs `npm ci --prefix fixtures`")
    return Draft4Validator(json.loads(OFFICIAL.read_text(encoding="utf-8")))


def document(report: Report) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(render(report, "sarif"))
    return parsed


def test_the_whole_document(official: Draft4Validator) -> None:
    made = document(Report(FINDINGS, SOURCES, CHANGES, prefix="services/my chat/"))
    official.validate(made)
    [run] = made.pop("runs")
    assert made == {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
    }
    assert run == {
        "tool": {
            "driver": {
                "name": "convexgen",
                "rules": [
                    {
                        "id": "CG201",
                        "name": "UnknownTable",
                        "shortDescription": {"text": "No such table."},
                        "help": {"text": "No such table."},
                        "defaultConfiguration": {"enabled": True, "level": "error"},
                        "properties": {"name": "unknown-table"},
                    },
                    {
                        "id": "CG601",
                        "name": "Habit",
                        "shortDescription": {"text": "A habit."},
                        "help": {"text": "A habit."},
                        "defaultConfiguration": {"enabled": True, "level": "warning"},
                        "properties": {"name": "habit"},
                    },
                ],
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolConfigurationNotifications": [
                    {"descriptor": {"id": "CG201", "index": 0}, "level": "error", "message": {"text": "nowhere"}}
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "results": [
            {
                "ruleId": "CG201",
                "ruleIndex": 0,
                "level": "error",
                "message": {"text": "there is no table `user`\nhelp: write `users`\nor make one"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {
                                "uri": "services/my%20chat/backend/a.py",
                                "uriBaseId": "%SRCROOT%",
                            },
                            "region": {"startLine": 1, "startColumn": 8, "endLine": 1, "endColumn": 14},
                        }
                    }
                ],
                "relatedLocations": [
                    {
                        "id": 1,
                        "physicalLocation": {
                            "artifactLocation": {
                                "uri": "services/my%20chat/backend/schema.py",
                                "uriBaseId": "%SRCROOT%",
                            },
                            "region": {"startLine": 1, "startColumn": 24, "endLine": 1, "endColumn": 31},
                        },
                        "message": {"text": "this one?"},
                    }
                ],
            },
            {
                "ruleId": "CG601",
                "ruleIndex": 1,
                "level": "warning",
                "message": {"text": "on the whole"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {
                                "uri": "services/my%20chat/backend/a.py",
                                "uriBaseId": "%SRCROOT%",
                            }
                        }
                    }
                ],
            },
        ],
    }


def test_a_run_that_could_not_be_made_is_no_success(official: Draft4Validator) -> None:
    made = document(Report((Diagnostic(USAGE_ERROR, "no such option", Label(Span(""))),)))
    official.validate(made)
    [run] = made["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["results"] == []


def test_every_rule_can_be_described(official: Draft4Validator) -> None:
    findings = tuple(Diagnostic(rule, rule.summary, Label(Span("a.py", 1, 1, 1, 2))) for rule in ALL)
    made = document(Report(findings))
    official.validate(made)
    rules = made["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(rule.code for rule in ALL)
    described = {rule["properties"]["name"]: rule["help"].get("markdown", "") for rule in rules}
    assert described["unused-suppression"].startswith("# unused-suppression (CG910)\n")


@given(reports())
def test_any_report_holds_to_the_official_schema(official: Draft4Validator, report: Report) -> None:
    official.validate(document(report))
