"""The report as programs read it, whole."""

from __future__ import annotations

import json

from convexgen.report import Report, render
from convexgen.snapshot import FileChange
from tests.report.test_text import FINDINGS, SOURCES


def test_the_whole_document() -> None:
    changes = (FileChange("out/a.js", "old\n", "new\n", edited=True), FileChange("out/é.js", None, "x\n"))
    text = render(Report(FINDINGS, SOURCES, changes, files=7), "json")
    assert "é" in text
    assert json.loads(text) == {
        "schema_version": 1,
        "diagnostics": [
            {
                "code": "CG201",
                "rule": "unknown-table",
                "severity": "error",
                "message": "there is no table `user`",
                "path": "backend/a.py",
                "range": {"line": 1, "column": 8, "end_line": 1, "end_column": 14},
                "label": "not a table",
                "secondary": [
                    {
                        "path": "backend/schema.py",
                        "range": {"line": 1, "column": 24, "end_line": 1, "end_column": 31},
                        "label": "this one?",
                    }
                ],
                "help": "write `users`\nor make one",
                "facts": {},
            },
            {
                "code": "CG601",
                "rule": "habit",
                "severity": "warning",
                "message": "on the whole",
                "path": "backend/a.py",
                "range": None,
                "label": None,
                "secondary": [],
                "help": None,
                "facts": {},
            },
            {
                "code": "CG201",
                "rule": "unknown-table",
                "severity": "error",
                "message": "nowhere",
                "path": None,
                "range": None,
                "label": None,
                "secondary": [],
                "help": None,
                "facts": {},
            },
        ],
        "changes": [
            {
                "path": "out/a.js",
                "rule": "edited-output",
                "diff": "--- a/out/a.js\n+++ b/out/a.js\t(expected)\n@@ -1 +1 @@\n-old\n+new\n",
            },
            {
                "path": "out/é.js",
                "rule": "missing-output",
                "diff": "--- /dev/null\n+++ b/out/é.js\t(expected)\n@@ -0,0 +1 @@\n+x\n",
            },
        ],
        "summary": {
            "errors": 2,
            "warnings": 1,
            "files": 7,
            "changes": {"edited-output": 1, "missing-output": 1},
        },
    }


def test_without_findings_it_is_still_a_document() -> None:
    assert json.loads(render(Report((), diff="none"), "json")) == {
        "schema_version": 1,
        "diagnostics": [],
        "changes": [],
        "summary": {"errors": 0, "warnings": 0, "files": 0, "changes": {}},
    }
