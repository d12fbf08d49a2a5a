"""Annotations as GitHub wants them, to the letter."""

from __future__ import annotations

from convexgen.diagnostics import Diagnostic, Label
from convexgen.report import Report, render
from convexgen.source import Span
from tests.report.test_text import CHANGES, FINDINGS, HABIT, SOURCES, UNKNOWN


def test_each_finding_is_an_annotation_on_its_line() -> None:
    assert render(Report(FINDINGS, SOURCES, CHANGES, prefix="services/chat/"), "github") == (
        "::error file=services/chat/backend/a.py,line=1,col=8,endLine=1,endColumn=14,"
        "title=CG201 unknown-table::there is no table `user`%0A"
        "services/chat/backend/schema.py:1: this one?%0Ahelp: write `users`%0Aor make one\n"
        "::warning file=services/chat/backend/a.py,title=CG601 habit::on the whole\n"
        "::error title=CG201 unknown-table::nowhere\n"
    )


def test_what_has_a_meaning_to_github_is_escaped() -> None:
    finding = Diagnostic(UNKNOWN, "100%, a:b\r\nc\x1b", Label(Span("a,b:c%.py", 1, 1, 1, 2)))
    assert render(Report((finding,)), "github") == (
        "::error file=a%2Cb%3Ac%25.py,line=1,col=1,endLine=1,endColumn=2,title=CG201 unknown-table::100%25, a:b␍%0Ac␛\n"
    )


def test_where_the_lines_differ_there_are_no_columns() -> None:
    finding = Diagnostic(HABIT, "long", Label(Span("a.py", 1, 5, 3, 2)), (Label(Span("b.py", 2, 1, 2, 2)),))
    assert render(Report((finding,)), "github") == (
        "::warning file=a.py,line=1,endLine=3,title=CG601 habit::long%0Ab.py:2\n"
    )


def test_nothing_found_is_nothing_said() -> None:
    assert render(Report(()), "github") == ""
