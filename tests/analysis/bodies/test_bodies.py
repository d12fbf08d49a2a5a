"""What functions do wrong is told once, at the smallest true place; and of what is right, nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from convexgen.analysis import read_bodies
from convexgen.analysis.analyse import Understanding
from convexgen.memory import Memory
from convexgen.plan import diagnose, plan
from convexgen.rules import calls, practice
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile, Span
from tests.analysis.bodies.cases import CRONS, PREAMBLE, RIGHT, SCHEMA, WRONG
from tests.benchmarks.synthetic import convexgen_files
from tests.expectations import expectations

EXPECTED = Path(__file__).parent / "told.txt"
ADVICE = {*calls.RULES, *practice.RULES}
ASKED_FOR = {"anyone may call": practice.NO_IDENTITY_CHECK, "public function run": practice.PUBLIC_CALL}
"""Cases for rules that are told only when they are selected."""

CASES: dict[str, dict[str, str]] = {
    **{name: {"messages.py": text} for name, text in WRONG.items()},
    "a module of crons": {"messages.py": PREAMBLE, "crons.py": CRONS},
}


def told(name: str, files: dict[str, str]) -> str:
    """All that is said about a project, a finding after another, each with the text it points at and its facts."""
    files = {"schema.py": SCHEMA, **files}
    sources = tuple(SourceFile.of(f"backend/{path}", text.encode()) for path, text in sorted(files.items()))
    asked_for = (ASKED_FOR[name].name,) if name in ASKED_FOR else ()
    lines: list[str] = []
    for each in diagnose(Snapshot(sources, {}), Settings(extend_select=asked_for), Understanding()):
        lines.append(f"{_where(each.primary.span, files)} {each.rule.code} {each.rule.name}: {each.message}")
        lines.extend(f"    {label.text}: {_where(label.span, files)}" for label in each.secondary)
        lines.extend([f"    help: {each.help}"] if each.help else [])
        lines.extend(f"    {name}: {value}" for name, value in each.facts)
    return "\n".join(lines)


def _where(span: Span, files: dict[str, str]) -> str:
    line = files[span.path.removeprefix("backend/")].splitlines()[span.line - 1]
    if span.end_line != span.line:
        return f"⟦{line[span.column - 1 :]} …⟧"
    return f"⟦{line[span.column - 1 : span.end_column - 1]}⟧"


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told_at_its_place(name: str) -> None:
    assert told(name, CASES[name]) == expectations(EXPECTED)[name]


def test_every_expectation_has_a_case() -> None:
    assert list(expectations(EXPECTED)) == list(CASES)


def test_every_case_is_told_and_every_rule_has_one() -> None:
    expected = expectations(EXPECTED)
    assert [name for name, text in expected.items() if not text] == []
    assert [rule.name for rule in ADVICE if not any(f" {rule.name}: " in text for text in expected.values())] == []


@pytest.mark.parametrize("name", RIGHT)
def test_of_what_is_right_nothing_is_told(name: str) -> None:
    assert told(name, {"messages.py": RIGHT[name]}) == ""


def test_of_the_project_that_is_measured_nothing_is_told() -> None:
    sources = tuple(
        SourceFile.of(path.removeprefix("convexgen/"), text.encode())
        for path, text in convexgen_files(3)
        if path.endswith(".py")
    )
    assert diagnose(Snapshot(sources, {}), Settings(), Understanding()) == ()


def test_what_was_understood_without_advice_is_looked_at_again_when_it_is_wanted() -> None:
    files = {"schema.py": SCHEMA, "messages.py": WRONG["whole table"]}
    sources = tuple(SourceFile.of(f"backend/{path}", text.encode()) for path, text in sorted(files.items()))
    memory, snapshot, settings = Memory(), Snapshot(sources, {}), Settings()
    silent = plan(snapshot, settings, memory, advice=False)
    assert silent.diagnostics == ()
    assert silent.changes == plan(snapshot, settings).changes
    assert plan(snapshot, settings, memory) == plan(snapshot, settings)
    assert plan(snapshot, settings, memory, advice=False).changes == silent.changes


def test_what_is_newly_asked_for_is_looked_for() -> None:
    files = {"schema.py": SCHEMA, **CASES["anyone may call"]}
    sources = tuple(SourceFile.of(f"backend/{path}", text.encode()) for path, text in sorted(files.items()))
    memory, snapshot = Memory(), Snapshot(sources, {})
    asking = Settings(extend_select=(practice.NO_IDENTITY_CHECK.name,))
    for settings in (Settings(), asking, Settings()):
        found = plan(snapshot, settings, memory).diagnostics
        told = any(each.rule == practice.NO_IDENTITY_CHECK for each in found)
        assert told or settings is not asking
    assert plan(snapshot, Settings()).diagnostics == ()


@pytest.mark.parametrize("name", CASES)
def test_functions_that_are_left_out_have_nothing_in_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_bodies, "_takes_context", lambda node: True)  # so that every function is walked over
    assert told(name, CASES[name]) == expectations(EXPECTED)[name]


if __name__ == "__main__":  # `python -m tests.analysis.bodies.test_bodies` writes down what is told now, to be read
    parts = "".join(f"\n# {name}\n{told(name, files)}\n" for name, files in CASES.items())
    EXPECTED.write_text(f"What is told about each case of cases.py.\n{parts}", encoding="utf-8")
