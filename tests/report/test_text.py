"""The report as people see it, whole."""

from __future__ import annotations

import re

from convexgen.diagnostics import Diagnostic, Label, Rule, Severity
from convexgen.report import Report, render
from convexgen.snapshot import FileChange
from convexgen.source import Span

UNKNOWN = Rule("unknown-table", "CG201", "no such table")
HABIT = Rule("habit", "CG601", "a habit", severity=Severity.WARNING)
SOURCES = {"backend/a.py": b"x = Id['user']\n", "backend/schema.py": b"class User(Table, name='users'):\n"}
FINDINGS = (
    Diagnostic(
        UNKNOWN,
        "there is no table `user`",
        Label(Span("backend/a.py", 1, 8, 1, 14), "not a table"),
        (Label(Span("backend/schema.py", 1, 24, 1, 31), "this one?"),),
        help="write `users`\nor make one",
    ),
    Diagnostic(HABIT, "on the whole", Label(Span("backend/a.py"))),
    Diagnostic(UNKNOWN, "nowhere", Label(Span(""))),
)
CHANGES = (FileChange("out/a.js", "old\n", "new\n"),)

EXPECTED = """\
backend/a.py:1:8: CG201 unknown-table: there is no table `user`
  |
1 | x = Id['user']
  |        ^^^^^^ not a table
  ::: backend/schema.py:1:24
1 | class User(Table, name='users'):
  |                        ------- this one?
  help: write `users`
        or make one

backend/a.py: CG601 habit (warning): on the whole
CG201 unknown-table: nowhere
--- a/out/a.js
+++ b/out/a.js\t(expected)
@@ -1 +1 @@
-old
+new
"""


def test_the_whole_report_in_plain_text() -> None:
    assert render(Report(FINDINGS, SOURCES, CHANGES), "text") == EXPECTED


def test_how_often_each_rule_is_broken_instead_of_where() -> None:
    assert render(Report(FINDINGS * 5, SOURCES, CHANGES, statistics=True), "text") == (
        "10  CG201 unknown-table: no such table\n 5  CG601 habit: a habit\n"
    )
    assert render(Report((), statistics=True), "text") == ""


def test_findings_with_an_excerpt_stand_apart_but_for_the_last() -> None:
    placed, whole = FINDINGS[0], FINDINGS[1]
    blocks = render(Report((whole, whole, placed, placed, whole, placed), SOURCES), "text").split("\n\n")
    assert [block.count(": CG") for block in blocks] == [3, 1, 2]
    assert blocks[2].endswith("        or make one\n")


def test_with_colours_it_says_the_same() -> None:
    painted = render(Report(FINDINGS, SOURCES, CHANGES, color=True), "text")
    assert "\x1b[1;31mCG201 unknown-table\x1b[0m" in painted
    assert "\x1b[1;33mCG601 habit (warning)\x1b[0m" in painted
    assert "\x1b[32m+new\x1b[0m" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == EXPECTED


def test_nothing_found_is_nothing_said() -> None:
    assert render(Report(()), "text") == ""


def test_names_and_messages_cannot_steer_the_terminal() -> None:
    finding = Diagnostic(UNKNOWN, "a \x1b[2J message", Label(Span("b\x1b.py", 1, 1, 1, 2)), help="do \x07")
    assert render(Report((finding,)), "text") == ("b␛.py:1:1: CG201 unknown-table: a ␛[2J message\n  help: do ␇\n")


def test_the_same_advice_about_several_files_is_given_once() -> None:
    def about(path: str, advice: str, line: int = 0) -> Diagnostic:
        return Diagnostic(UNKNOWN, "wrong", Label(Span(path, line, 1, line, 2)), help=advice)

    findings = (about("a", "do"), about("b", "do"), about("c", "do it"), about("d", "do it", 1), about("d", "do it", 2))
    assert render(Report(findings), "text") == (
        "a: CG201 unknown-table: wrong\nb: CG201 unknown-table: wrong\n  help: do\n"
        "c: CG201 unknown-table: wrong\n"
        "d:1:1: CG201 unknown-table: wrong\n  help: do it\n"
        "d:2:1: CG201 unknown-table: wrong\n  help: do it\n"
    )


def test_what_is_said_of_many_whole_files_is_shown_for_some() -> None:
    def about(number: int, message: str = "missing") -> Diagnostic:
        return Diagnostic(UNKNOWN, message, Label(Span(f"file {number:02}")), help="make it")

    def shown(count: int, more: str = "") -> str:
        lines = [f"file {number:02}: CG201 unknown-table: missing\n" for number in range(count)]
        return "".join(lines) + more

    ten, eleven, fifty = (tuple(map(about, range(count))) for count in (10, 11, 50))
    assert render(Report(ten), "text") == shown(10, "  help: make it\n")
    assert render(Report(eleven), "text") == shown(10, "… and 1 more like it\n  help: make it\n")
    assert render(Report((*fifty, about(50, "stale"), about(51))), "text") == shown(
        10, "… and 40 more like it\nfile 50: CG201 unknown-table: stale\n"
    ) + ("file 51: CG201 unknown-table: missing\n  help: make it\n")
