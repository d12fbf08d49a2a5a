"""Lines of mypy become findings with the right place; what is not one of its lines is passed over."""

from __future__ import annotations

import json

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.tool import TYPE_ERROR, TYPE_NOTE
from convexgen.source import Span
from convexgen.typecheck.mypy_output import findings


def line(**values: object) -> str:
    item = {
        "file": "backend/a.py",
        "line": 3,
        "column": 4,
        "end_line": 3,
        "end_column": 9,
        "message": "wrong",
        "hint": None,
        "code": "arg-type",
        "severity": "error",
    }
    return json.dumps({**item, **values}) + "\n"


def error(
    span: Span, message: str = "wrong [arg-type]", code: str = "arg-type", advice: str | None = None
) -> Diagnostic:
    return Diagnostic(TYPE_ERROR, message, Label(span), help=advice, facts=(("code", code),))


def test_columns_count_from_one_and_separators_are_slashes() -> None:
    assert findings(line(file="backend\\a.py")) == (error(Span("backend/a.py", 3, 5, 3, 10)),)


def test_hints_and_notes_on_the_same_line_become_help() -> None:
    output = (
        line(hint="a hint") + line(severity="note", message="a note") + line(severity="note", line=9, message="far")
    )
    assert findings(output) == (
        error(Span("backend/a.py", 3, 5, 3, 10), advice="a hint\na note"),
        Diagnostic(TYPE_NOTE, "far", Label(Span("backend/a.py", 9, 5, 9, 6))),
    )


def test_places_that_mypy_does_not_know() -> None:
    output = line(column=-1, end_column=-1) + line(line=-1) + line(end_line=2, code=None)
    assert findings(output) == (
        error(Span("backend/a.py")),
        error(Span("backend/a.py", 3, 1, 3, 2)),
        error(Span("backend/a.py", 3, 5, 3, 6), "wrong [misc]", "misc"),
    )


def test_findings_are_ordered_and_told_once() -> None:
    output = line(file="b.py") + line(file="a.py") + line(file="b.py")
    assert [finding.primary.span.path for finding in findings(output)] == ["a.py", "b.py"]


def test_other_lines_are_passed_over() -> None:
    assert findings("Success\n\n3\n{\n" + line()) == (error(Span("backend/a.py", 3, 5, 3, 10)),)
