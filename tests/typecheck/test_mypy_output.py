"""Lines of mypy become findings with the right place; what is not one of its lines is passed over."""

from __future__ import annotations

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.calls import INDEX_ORDER
from convexgen.rules.practice import UNBOUNDED_COLLECT
from convexgen.rules.tool import TYPE_ERROR, TYPE_NOTE
from convexgen.source import Span
from convexgen.typecheck.mypy_messages import read_messages
from convexgen.typecheck.mypy_output import findings
from convexgen.typecheck.repetitions import told_once

ERROR = "backend/a.py:3:5:3:9: error: wrong  [arg-type]\n"


def found_in(output: str) -> tuple[Diagnostic, ...]:
    return findings(read_messages(output))


def error(
    span: Span, message: str = "wrong [arg-type]", code: str = "arg-type", advice: str | None = None
) -> Diagnostic:
    return Diagnostic(TYPE_ERROR, message, Label(span), help=advice, facts=(("code", code),))


def test_ends_are_exclusive_and_separators_are_slashes() -> None:
    assert found_in(ERROR.replace("/", "\\")) == (error(Span("backend/a.py", 3, 5, 3, 10)),)


def test_notes_on_the_same_line_become_help() -> None:
    output = (
        ERROR
        + "backend/a.py:3:5:3:9: note: a note\n"
        + "backend/a.py:3:1:3:1: note: another  [arg-type]\n"
        + 'backend/a.py:3:5:3:9: note: "patch" defined in "convexgen.authoring.database"\n'
        + "backend/a.py:9:5:9:9: note: far\n"
    )
    assert found_in(output) == (
        error(Span("backend/a.py", 3, 5, 3, 10), advice="a note\nanother"),
        Diagnostic(TYPE_NOTE, "far", Label(Span("backend/a.py", 9, 5, 9, 10))),
    )


def test_places_that_mypy_does_not_know() -> None:
    output = (
        "backend/a.py: error: wrong  [arg-type]\n"
        "backend/a.py:3: error: wrong  [arg-type]\n"
        "backend/a.py:4:5: error: wrong  [arg-type]\n"
        "backend/a.py:5:5:5:2: error: wrong\n"
    )
    assert found_in(output) == (
        error(Span("backend/a.py")),
        error(Span("backend/a.py", 3, 1, 3, 2)),
        error(Span("backend/a.py", 4, 5, 4, 6)),
        error(Span("backend/a.py", 5, 5, 5, 6), "wrong [misc]", "misc"),
    )


def test_brackets_and_colons_belong_to_a_message() -> None:
    [found] = found_in('C:\\a b\\c.py:3:5:3:9: error: Missing type for "dict[str, int]": see  x: [y]  [type-arg]\n')
    assert (found.primary.span.path, found.message) == (
        "C:/a b/c.py",
        'Missing type for "dict[str, int]": see  x: [y] [type-arg]',
    )


def test_findings_are_ordered_and_told_once() -> None:
    output = ERROR.replace("a.py", "b.py") + ERROR + ERROR.replace("a.py", "b.py")
    assert [finding.primary.span.path for finding in found_in(output)] == ["backend/a.py", "backend/b.py"]


def test_other_lines_are_passed_over() -> None:
    assert found_in("Success: no issues found\n\n3\n" + ERROR) == (error(Span("backend/a.py", 3, 5, 3, 10)),)


def test_what_a_rule_of_ours_says_at_the_same_place_mypy_does_not_repeat() -> None:
    here, there = Span("backend/a.py", 3, 5, 3, 10), Span("backend/a.py", 4, 5, 4, 10)
    ours, other = (Diagnostic(rule, "wrong", Label(here)) for rule in (INDEX_ORDER, UNBOUNDED_COLLECT))
    assert told_once((ours, error(here), error(there))) == (ours, error(there))
    assert told_once((error(here), error(there)), before=(ours,)) == (error(there),)
    assert told_once((other, error(here))) == (other, error(here))
