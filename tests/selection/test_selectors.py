"""What the settings want told, as a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from convexgen.diagnostics import Rule, Severity
from convexgen.rules import ALL
from convexgen.selection import can_be_ignored, complaint
from convexgen.selection.selectors import asked_for, is_selected, meant
from convexgen.settings import Settings

ADVICE = Rule("advice", "CG601", "", advisory=True)
OFF = Rule("quiet-advice", "CG602", "", advisory=True, default=False)
WARNING = Rule("warned", "CG219", "", severity=Severity.WARNING)
ERROR = Rule("broken", "CG201", "")
RULES = (ADVICE, OFF, WARNING, ERROR)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Settings(), "CG601 CG219 CG201"),
        (Settings(select=()), "CG201"),
        (Settings(select=("ALL",)), "CG601 CG602 CG219 CG201"),
        (Settings(select=("CG6",)), "CG601 CG602 CG201"),
        (Settings(select=("CG60",)), "CG601 CG602 CG201"),
        (Settings(select=("CG602",)), "CG602 CG201"),
        (Settings(select=("quiet-advice", "warned")), "CG602 CG219 CG201"),
        (Settings(extend_select=("quiet-advice",)), "CG601 CG602 CG219 CG201"),
        (Settings(ignore=("ALL",)), "CG201"),
        (Settings(ignore=("CG",)), "CG201"),
        (Settings(ignore=("CG6",)), "CG219 CG201"),
        (Settings(ignore=("advice", "CG2")), "CG201"),
        (Settings(select=("ALL",), ignore=("CG6",)), "CG219 CG201"),
        (Settings(select=("CG6",), ignore=("ALL",)), "CG601 CG602 CG201"),
        (Settings(select=("CG601",), ignore=("CG6",)), "CG601 CG201"),
        (Settings(select=("CG6",), ignore=("CG6",)), "CG201"),
        (Settings(select=("advice",), ignore=("CG601",)), "CG201"),
        (Settings(ignore=("CG6",), extend_select=("quiet-advice",)), "CG602 CG219 CG201"),
        (Settings(per_file_ignores=(("backend/a.py", ("CG6",)),)), "CG219 CG201"),
        (Settings(per_file_ignores=(("a.py", ("CG6",)),)), "CG219 CG201"),
        (Settings(per_file_ignores=(("*/a.py", ("ALL",)),)), "CG201"),
        (Settings(per_file_ignores=(("*.py", ("warned",)), ("backend/*", ("advice",)))), "CG201"),
        (Settings(per_file_ignores=(("backend", ("ALL",)), ("b*", ("ALL",)), ("A.py", ("ALL",)))), "CG601 CG219 CG201"),
        (Settings(select=("advice",), per_file_ignores=(("backend/*", ("CG",)),)), "CG201"),
    ],
)
def test_what_is_told_with_which_settings(settings: Settings, told: str) -> None:
    assert " ".join(rule.code for rule in RULES if is_selected(rule, "backend/a.py", settings)) == told


def test_a_file_in_a_deeper_folder_is_meant_too() -> None:
    settings = Settings(per_file_ignores=(("backend/*", ("ALL",)),))
    assert not is_selected(ADVICE, "backend/deep/er/a.py", settings)
    assert is_selected(ADVICE, "other/a.py", settings)


def test_what_is_not_about_a_file_is_in_none() -> None:
    assert is_selected(ADVICE, "", Settings(per_file_ignores=(("backend/*", ("ALL",)),)))


def test_what_keeps_files_from_being_generated_cannot_be_ignored() -> None:
    assert [
        rule.name for rule in ALL if rule.code < "CG3" and can_be_ignored(rule) and rule.severity != "warning"
    ] == []
    assert [rule.name for rule in ALL if rule.unreadable and can_be_ignored(rule)] == []
    for rule in ALL:
        everything = Settings(select=(), ignore=("ALL",), per_file_ignores=(("*", ("ALL",)),))
        assert is_selected(rule, "backend/a.py", everything) is not can_be_ignored(rule)


@pytest.mark.parametrize("selector", [rule.name for rule in ALL] + [rule.code for rule in ALL] + ["ALL", "CG", "CG5"])
def test_every_rule_can_be_selected(selector: str) -> None:
    assert meant(selector)
    assert complaint(selector, ignoring=False) is None


@pytest.mark.parametrize(
    ("selector", "message", "help"),
    [
        ("", "there is no rule ``", None),
        ("redundant-indx", "there is no rule `redundant-indx`", "did you mean `redundant-index`?"),
        ("cg219", "there is no rule `cg219`", "did you mean `CG219`?"),
        ("all", "there is no rule `all`", "did you mean `ALL`?"),
        ("CG000", "there is no rule `CG000`", None),
        ("C", "there is no rule `C`", None),
        ("zzz", "there is no rule `zzz`", None),
        (
            "duplicate-table",
            "`duplicate-table` cannot be ignored: nothing can be generated while it stands",
            "mend what it finds",
        ),
        ("CG203", "`CG203` cannot be ignored: nothing can be generated while it stands", "mend what it finds"),
        ("CG4", "`CG4` cannot be ignored: nothing can be generated while it stands", "mend what it finds"),
        (
            "mypy-failed",
            "`mypy-failed` cannot be ignored: nothing can be checked while it stands",
            "mend what it finds",
        ),
    ],
)
def test_what_is_wrong_with_a_selector_that_ignores(selector: str, message: str, help: str | None) -> None:
    wrong = complaint(selector, ignoring=True)
    assert wrong is not None
    assert (wrong.message, wrong.help, wrong.unknown) == (message, help, "there is no" in message)


def test_beginnings_that_take_in_something_to_ignore_are_good() -> None:
    for selector in ("ALL", "CG", "CG1", "CG2", "CG21", "CG5", "CG8", "CG9"):
        assert complaint(selector, ignoring=True) is None


def test_two_rules_of_one_name_are_the_same_to_selectors() -> None:
    assert not is_selected(replace(ADVICE, summary="another"), "a.py", Settings(ignore=("advice",)))


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        (Settings(), set()),
        (Settings(select=("ALL",)), {"no-identity-check", "public-call"}),
        (Settings(extend_select=("CG610",)), {"no-identity-check"}),
        (Settings(select=("ALL",), ignore=("CG610",)), {"public-call"}),
        (Settings(select=("CG610",), ignore=("CG6",)), {"no-identity-check"}),
        (Settings(select=("CG610",), ignore=("no-identity-check",)), set()),
    ],
    ids=["nothing", "all", "one more", "all but one", "one of those ignored", "one, and ignored"],
)
def test_rules_that_are_off_are_evaluated_only_for_those_who_see_them(settings: Settings, asked: set[str]) -> None:
    assert asked_for(settings) == asked
