"""Each mistake is told once, at the smallest true place, with the next keystroke; and nothing else is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from convexgen.plan import compile_ir
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile, Span
from tests.analysis.mistakes import FUNCTIONS, PREAMBLE, PROJECTS, SCHEMA, TABLES
from tests.expectations import expectations

EXPECTED = Path(__file__).parent / "mistakes.txt"
CASES: dict[str, dict[str, str]] = {
    **{name: {"schema.py": f"{SCHEMA}\n\n{text}"} for name, text in TABLES.items()},
    **{name: {"messages.py": PREAMBLE + text} for name, text in FUNCTIONS.items()},
    **PROJECTS,
}


def told(files: dict[str, str]) -> str:
    """All that is said about a project, a finding after another, each with the text it points at."""
    files = {"schema.py": SCHEMA, **files}
    sources = tuple(
        SourceFile.of(f"backend/{path}", text.encode("utf-8", "surrogateescape"))
        for path, text in sorted(files.items())
    )
    _, findings = compile_ir(Snapshot(sources, {}), Settings())
    lines: list[str] = []
    for each in findings:
        if not each.rule.default:
            continue  # told only to those who ask for it
        lines.append(f"{_where(each.primary.span, files)} {each.rule.code} {each.rule.name}: {each.message}")
        lines.extend(f"    {label.text}: {_where(label.span, files)}" for label in each.secondary)
        lines.extend([f"    help: {each.help}"] if each.help else [])
    return "\n".join(lines)


def _where(span: Span, files: dict[str, str]) -> str:
    if not span.line:
        return f"{span.path}:"
    line = files[span.path.removeprefix("backend/")].splitlines()[span.line - 1]
    end = span.end_column if span.end_line == span.line else len(line) + 1
    return f"{span.path}: ⟦{line[span.column - 1 : end - 1]}⟧"


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_at_its_place(name: str) -> None:
    assert told(CASES[name]) == expectations(EXPECTED)[name]


def test_every_expectation_has_a_case() -> None:
    assert list(expectations(EXPECTED)) == list(CASES)


if __name__ == "__main__":  # `python -m tests.analysis.test_mistakes` writes down what is told now, to be read
    parts = "".join(f"\n# {name}\n{told(files)}\n" for name, files in CASES.items())
    EXPECTED.write_text(f"What is told about each case of mistakes.py.\n{parts}", encoding="utf-8")
