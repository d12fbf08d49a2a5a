"""`convexgen explain`, whole: the page of a rule, the list of all, and what is said of a rule that is not there."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from convexgen.diagnostics import Rule, Severity
from convexgen.rules import ALL
from tests.cli.conftest import Command, Ran

PAGE = """\
# missing-table-name (CG202)

A table has no name. This is an error.

## What it does

Finds a class that extends `Table` and does not say `name="…"`, or says it with an expression that only has a value at
run time.
"""


@pytest.mark.parametrize("asked", ["missing-table-name", "CG202", "cg202", "Missing-Table-Name"])
def test_a_page_is_printed_by_name_and_by_code(convexgen: Command, asked: str) -> None:
    ran = convexgen("explain", asked)
    assert ran == Ran(0, ran.out, "")
    page = files("convexgen.rules").joinpath("missing-table-name.md").read_text(encoding="utf-8")
    assert ran.out.startswith(PAGE)
    assert ran.out.replace(" This is an error.", "", 1) == page


RULES = (
    Rule("a-mistake", "CG202", "a table is wrong", mend="safe"),
    Rule("a-habit", "CG201", "a table could be better", severity=Severity.WARNING, mend="unsafe"),
    Rule("a-taste", "CG301", "a function is long", default=False),
)


def test_without_a_rule_all_are_listed(convexgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convexgen.cli.explain.ALL", RULES)
    listing = (
        "Tables, indexes and types (CG2xx)\n"
        "  CG201 a-habit   warning fix --unsafe a table could be better\n"
        "  CG202 a-mistake error   fix          a table is wrong\n"
        "Functions and special modules (CG3xx)\n"
        "  CG301 a-taste   off                  a function is long\n"
    )
    assert convexgen("explain") == Ran(0, listing, "")


def test_every_rule_is_in_the_list(convexgen: Command) -> None:
    listed = re.findall(r"^  (CG\d{3}) ([a-z-]+) ", convexgen("explain").out, re.MULTILINE)
    assert sorted(listed) == sorted((rule.code, rule.name) for rule in ALL)


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ("duplicate-index", "This is an error. `convexgen fix` can mend it."),
        ("redundant-index", "This is a warning. `convexgen fix --unsafe` can mend it."),
    ],
)
def test_a_page_says_what_it_means_for_a_run(convexgen: Command, rule: str, status: str) -> None:
    assert convexgen("explain", rule).out.split("\n")[2].endswith(f". {status}")


def test_a_change_is_judged_by_whom_it_concerns(convexgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convexgen.cli.explain.level", lambda _: "varies")
    line = "A table has no name. Whether this is an error depends on whom the change concerns."
    assert convexgen("explain", "CG202").out.split("\n")[2] == line


def test_a_rule_that_is_only_told_where_it_is_selected(convexgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Rule("missing-table-name", "CG202", "a table has no name", severity=Severity.WARNING, default=False)
    monkeypatch.setattr("convexgen.cli.explain.ALL", (rule,))
    line = "A table has no name. This is a warning, told only where the rule is selected."
    assert convexgen("explain", "CG202").out.split("\n")[2] == line


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ("missing-tabel-name", "Did you mean `missing-table-name`?"),
        ("CG299", "`convexgen explain` lists all rules."),
        ("../README", "`convexgen explain` lists all rules."),
    ],
)
def test_a_rule_that_is_not_there(convexgen: Command, asked: str, advice: str) -> None:
    assert convexgen("explain", asked) == Ran(2, "", f"There is no rule `{asked}`. {advice}\n")


def test_a_terminal_shows_the_page_laid_out(convexgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    ran = convexgen("explain", "missing-table-name")
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b[" in ran.out
    shown = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", ran.out).splitlines()]
    assert max(map(len, shown)) <= 60
    assert shown[:3] == [f"{'missing-table-name (CG202)':^60}".rstrip(), "", "A table has no name. This is an error."]
    example = shown.index("backend/schema.py:")
    assert [line for line in shown[example + 1 : example + 10] if line] == [
        " from convexgen import Table",
        " class User(Table):",
        "     # ^^^^ missing-table-name",
        "     email: str",
    ]
