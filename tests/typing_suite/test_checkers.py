"""The authoring language is natively typed: four type checkers accept its programs and find the planted mistakes.

Each checker runs once, over all programs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[2]
MARK = re.compile(r"\S  # rejected(?:, but not by (?P<missed_by>.+))?$")


@dataclass(frozen=True, slots=True)
class Checker:
    """A type checker: its command line, and how it prints an error's file and line."""

    name: str
    arguments: tuple[str, ...]
    error: str


CHECKERS = (
    Checker(
        "mypy",
        ("--strict", "--config-file=", "--cache-dir=cache", "--no-pretty"),
        r"^programs.(?P<file>\w+)\.py:(?P<line>\d+): error: ",
    ),
    Checker(
        "pyright",
        ("--pythonpath", sys.executable),
        r"^ +\S*?(?P<file>\w+)\.py:(?P<line>\d+):\d+ - error: ",
    ),
    Checker(
        "ty",
        ("check", "--python", sys.executable, "--output-format", "concise", "--color", "never"),
        r"^programs.(?P<file>\w+)\.py:(?P<line>\d+):\d+: error\[",
    ),
    Checker(
        "pyrefly",
        ("check", "--preset", "default", "--python-interpreter-path", sys.executable, "--output-format", "min-text"),
        r"^ERROR programs.(?P<file>\w+)\.py:(?P<line>\d+):",
    ),
)


def _executable(name: str) -> str:
    """The checker of the environment the tests run in, else that of the fixtures' npm packages, else of the machine."""
    places = (Path(sys.executable).parent, ROOT / "fixtures/node_modules/.bin")
    found = next(filter(None, (shutil.which(name, path=place) for place in places)), shutil.which(name))
    if found is None:
        pytest.skip(f"{name} is not installed: what it accepts and rejects was not tested")
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checker said: the lines with errors by program, and its whole output."""

    checker: str
    lines: dict[str, set[int]]
    output: str


@pytest.fixture(scope="module", params=CHECKERS, ids=lambda checker: checker.name)
def verdict(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    checker: Checker = request.param
    folder = tmp_path_factory.mktemp(checker.name)
    (folder / "programs").mkdir()
    for program in PROGRAMS.glob("*.py"):
        text = program.read_text("utf-8").replace("# mypy: ignore-errors", "", 1)
        (folder / "programs" / program.name).write_text(text, "utf-8")
    command = [_executable(checker.name), *checker.arguments, "programs"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    lines: dict[str, set[int]] = defaultdict(set)
    for error in re.finditer(checker.error, result.stdout, re.MULTILINE):
        lines[error["file"]].add(int(error["line"]))
    return Verdict(checker.name, lines, result.stdout + result.stderr)


def _planted(checker: str) -> Iterator[tuple[int, bool]]:
    """The lines of the planted mistakes, and whether the checker is known to miss them."""
    for number, line in enumerate((PROGRAMS / "rejected.py").read_text("utf-8").splitlines(), 1):
        if mark := MARK.search(line):
            yield number, checker in (mark["missed_by"] or "").split()


def test_correct_programs_are_accepted(verdict: Verdict) -> None:
    assert verdict.lines.keys() == {"rejected"}, verdict.output


def test_every_planted_mistake_is_found_at_its_line(verdict: Verdict) -> None:
    expected = {line for line, missed in _planted(verdict.checker) if not missed}
    found = verdict.lines["rejected"]
    assert (expected - found, found - expected) == (set(), set()), verdict.output


def test_the_marks_name_checkers_that_there_are() -> None:
    marks = [MARK.search(line) for line in (PROGRAMS / "rejected.py").read_text("utf-8").splitlines()]
    named = {name for mark in marks if mark for name in (mark["missed_by"] or "").split()}
    assert named <= {checker.name for checker in CHECKERS}
