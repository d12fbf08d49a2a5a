"""Every rule has a page, and what the pages show is true: the examples are run.

The *Example* of a page gives exactly the findings that it marks, at exactly the places that it marks, and the rule of
the page is among them; *Instead* gives none. So these tests also show that every rule fires. Where an example cannot
be a few files (no permission to write, say), the page names the test that shows it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from convexgen.diagnostics import Diagnostic, Rule
from convexgen.rules import ALL
from convexgen.settings_file import ENVIRONMENT
from convexgen.source import Span
from tests.rules.pages import FOLDER, File, Mark, page_names, read_page
from tests.rules.projects import changes, findings, misreadings

RULES: dict[str, Rule] = {rule.name: rule for rule in ALL}
PROJECT = FOLDER.parents[1]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    names = page_names()
    assert [name for name in names if name not in RULES] == []
    assert [rule.name for rule in ALL if rule.name not in names] == []


@pytest.mark.parametrize("name", page_names())
def test_a_page_is_about_its_rule(name: str) -> None:
    page, rule = read_page(name), RULES[name]
    assert (page.name, page.code) == (rule.name, rule.code)
    assert page.summary == f"{rule.summary[:1].upper()}{rule.summary[1:]}."
    assert name in {mark.rule for file in page.example for mark in file.marks} or page.tested_in


@pytest.mark.parametrize("name", page_names())
def test_the_example_gives_exactly_what_it_marks(name: str, tmp_path: Path) -> None:
    page = read_page(name)
    if page.tested_in is not None:
        assert name in (PROJECT / page.tested_in).read_text(encoding="utf-8")
        return
    marked = [mark for file in page.example for mark in file.marks]
    found = _told(tmp_path, page.example, name)
    assert sorted(map(_mark, found), key=_place) == sorted(marked, key=_place), _said(found)


@pytest.mark.parametrize("name", page_names())
def test_instead_gives_nothing(name: str, tmp_path: Path) -> None:
    page = read_page(name)
    if page.tested_in is None:
        found = _told(tmp_path, page.instead, name)
        assert found == [], _said(found)


@pytest.mark.parametrize("name", page_names())
def test_instead_is_when_it_runs_what_it_is_read_as(name: str, tmp_path: Path) -> None:
    assert misreadings(tmp_path, read_page(name).instead) == []


def _told(root: Path, files: tuple[File, ...], name: str) -> list[Diagnostic]:
    """What is found; of the rules that are only told when they are selected, and of safe changes, only `name` is."""
    found = changes(root, files) if RULES[name].code.startswith("CG7") else findings(root, files)
    return [finding for finding in found if finding.rule.name == name or _is_told_unasked(finding)]


def _is_told_unasked(finding: Diagnostic) -> bool:
    return finding.rule.default and dict(finding.facts).get("severity") != "safe"


def _mark(finding: Diagnostic) -> Mark:
    span = finding.primary.span
    if span.line != span.end_line:
        return Mark(finding.rule.name, Span(span.path, span.line, span.column))
    if span.line and span.column == span.end_column:  # where something is missing: one caret below nothing
        span = replace(span, end_column=span.column + 1)
    return Mark(finding.rule.name, span)


def _place(mark: Mark) -> tuple[Span, str]:
    return mark.span, mark.rule


def _said(found: list[Diagnostic]) -> str:
    return "\n".join(f"{each.primary.span}: {each.rule.name}: {each.message}" for each in found) or "nothing is found"
