"""What the pages of the rules about changes show is true.

Their examples are two states of a program: the one that clients have been deployed for, and the one marked `later`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from convexgen.analysis.places import places
from convexgen.breaking.allowances import read_allowances
from convexgen.breaking.changes import Impact
from convexgen.breaking.compare import Baseline, compare
from convexgen.breaking.findings import Measures, tell
from convexgen.diagnostics import Diagnostic
from convexgen.ir import Ir
from convexgen.plan import compile_ir
from convexgen.rules.breaking import BASELINE_UNREADABLE, RULES
from convexgen.settings import Settings
from convexgen.settings_file import load
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile
from convexgen.toml_places import place_of
from tests.rules.pages import File, Mark, read_page

NAMES = [
    "function-removed",
    "function-kind-changed",
    "function-hidden",
    "function-added",
    "function-exposed",
    "naming-changed",
    "field-removed",
    "required-field-added",
    "field-added",
    "field-now-required",
    "field-now-optional",
    "default-changed",
    "type-narrowed",
    "type-widened",
    "null-added",
    "type-changed",
    "constraint-tightened",
    "constraint-loosened",
    "table-removed",
    "table-added",
    "index-removed",
    "index-changed",
    "index-added",
    "route-removed",
    "route-added",
    "unused-allowance",
    "expired-allowance",
    "invalid-allowance",
]
Files = dict[str, str]


def test_every_rule_about_changes_is_shown_here() -> None:
    assert [rule.name for rule in RULES if rule is not BASELINE_UNREADABLE] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_example_gives_exactly_what_it_marks(name: str) -> None:
    page = read_page(name)
    marked = [mark for file in page.example for mark in file.marks]
    found = _told(name, _before(page.example), _after(page.example))
    assert sorted(Mark(each.rule.name, each.primary.span) for each in found) == sorted(marked)


@pytest.mark.parametrize("name", NAMES)
def test_instead_gives_nothing(name: str) -> None:
    page = read_page(name)
    before = _before(page.example)
    assert _told(name, before, before | _after(page.instead)) == []


def _before(files: Iterable[File]) -> Files:
    return {file.path: file.text for file in files if not file.words and file.text is not None}


def _after(files: Iterable[File]) -> Files:
    files = tuple(files)
    return _before(files) | {file.path: file.text for file in files if file.words and file.text is not None}


def _told(name: str, before: Files, after: Files) -> list[Diagnostic]:
    """What is told of the change; of safe ones, only what the page called `name` is about."""
    old, _, _ = _compiled(before)
    new, sources, settings = _compiled(after)
    toml = after.get("pyproject.toml", "")
    known = {**places(sources, settings.source, settings.naming)}
    known["naming"] = place_of("pyproject.toml", toml, ("tool", "convexgen", "naming"))
    allowances, mistakes = read_allowances(sources)
    measures = Measures(date(2026, 1, 1), Impact.SAFE)
    found = tell(compare(Baseline(old, "main"), new), "main", known, measures, allowances)
    return [
        each
        for each in (*found.diagnostics, *mistakes)
        if each.rule.name == name or dict(each.facts).get("severity") != "safe"
    ]


def _compiled(files: Files) -> tuple[Ir, tuple[SourceFile, ...], Settings]:
    settings, findings = load(files.get("pyproject.toml"), {}, {})
    assert settings is not None, findings
    texts = {"backend/schema.py": "", **files}
    sources = tuple(SourceFile.of(path, texts[path].encode()) for path in sorted(texts) if path.endswith(".py"))
    program, findings = compile_ir(Snapshot(sources, {}), settings)
    assert program is not None, findings
    return program, sources, settings
