"""mypy with the plugin: right programs pass, alone and beside pydantic's plugin; wrong ones are told of where they err.

All programs of one set of plugins are checked in one run.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from convexgen.settings import Settings
from convexgen.typecheck.mypy_process import typecheck
from tests.fixtures.projects import FIXTURE_PROJECTS, Fixture
from tests.mypy_plugin.wrong_programs import PARAMETERS, WRONG, Wrong

PROGRAMS = Path(__file__).parent / "programs"
HEADER = """\
from __future__ import annotations

from convexgen import UNSET, ActionCtx, Id, MutationCtx, QueryCtx, StoredFile
from convexgen.authoring.database import Query

from .schema import Archived, Card, Circle, Overdue, Shape, Square, Task, User

"""


@dataclass(frozen=True, slots=True)
class Found:
    """One message: where (lines and columns from 1, ends exclusive), what."""

    line: int
    column: int
    end_line: int
    end_column: int
    code: str | None
    message: str


def wrong_module() -> tuple[str, dict[int, tuple[int, int, int, int]]]:
    """All wrong programs as one module, and the marked place of each by its number."""
    text, places = HEADER, {}
    for number, wrong in enumerate(WRONG):
        before, marked, after = re.split("[«»]", wrong.statement)
        text += f"\nasync def wrong_{number}({PARAMETERS}) -> None:\n    {before}"
        begin = _end(text)
        text += marked
        places[number] = (*begin, *_end(text))
        text += f"{after}\n\n"
    return text, places


def _end(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def check(folder: Path, cache: Path, *plugins: str) -> dict[str, list[Found]]:
    """What the engine says about a folder of programs, by file, with these plugins in this order."""
    (folder / "mypy.ini").write_text(f"[mypy]\nstrict = true\nplugins = {', '.join(plugins)}\n", "utf-8")
    options = ("--show-error-end", "--no-error-summary", "--hide-error-context", f"--cache-dir={cache}")
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "convexgen.typecheck.engine", "once", *options, "programs"],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    found: dict[str, list[Found]] = {}
    for each in json.load(io.StringIO(ran.stdout))["messages"]:
        if each["severity"] == "error":
            place = (each["line"], each["column"] + 1, each["end_line"], each["end_column"] + 1)
            found.setdefault(each["file"], []).append(Found(*place, each["code"], each["message"]))
    return found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "programs").mkdir()
    for program in PROGRAMS.glob("*.py"):
        text = program.read_text("utf-8").replace("# mypy: ignore-errors", "", 1)
        (folder / "programs" / program.name).write_text(text, "utf-8")
    (folder / "programs/wrong.py").write_text(wrong_module()[0], "utf-8")
    return folder


@pytest.fixture(scope="module")
def found(folder: Path, cache: Path) -> dict[str, list[Found]]:
    return check(folder, cache, "convexgen.mypy_plugin")


def test_right_programs_pass(found: dict[str, list[Found]]) -> None:
    assert found.keys() == {"programs/wrong.py", "programs/strange.py"}


def test_nothing_makes_mypy_stop(found: dict[str, list[Found]]) -> None:
    """A crash ends a run before anything is said of later lines."""
    last = (PROGRAMS / "strange.py").read_text("utf-8").splitlines().index('class D(Undefined, name="d"):') + 1
    assert last in {each.line for each in found["programs/strange.py"]}


def test_there_are_many_wrong_programs() -> None:
    assert len({wrong.statement for wrong in WRONG}) == len(WRONG) >= 60


def by_program(found: list[Found]) -> Iterator[tuple[Wrong, list[Found], Found]]:
    """Each wrong program with everything that was found in it, and what should have been."""
    text, places = wrong_module()
    starts = [number for number, line in enumerate(text.split("\n"), 1) if line.startswith("async def ")]
    for number, (wrong, start, end) in enumerate(zip(WRONG, starts, [*starts[1:], 10**6], strict=True)):
        here = [each for each in found if start <= each.line < end]
        yield wrong, here, Found(*places[number], wrong.code, wrong.message)


def test_each_wrong_program_is_told_of_once_at_its_place(found: dict[str, list[Found]]) -> None:
    told = {wrong.statement: here for wrong, here, _ in by_program(found["programs/wrong.py"])}
    expected = {wrong.statement: [wanted] for wrong, _, wanted in by_program(found["programs/wrong.py"])}
    assert {statement: told[statement] for statement in expected if told[statement] != expected[statement]} == {}


def test_beside_the_plugin_of_pydantic_all_is_the_same(
    folder: Path, tmp_path: Path, found: dict[str, list[Found]]
) -> None:
    """Whichever is listed first. Our programs, at least, are read anew for each order."""
    assert check(folder, tmp_path, "pydantic.mypy", "convexgen.mypy_plugin") == found
    for known in tmp_path.glob("*/programs"):
        shutil.rmtree(known)
    assert check(folder, tmp_path, "convexgen.mypy_plugin", "pydantic.mypy") == found
    assert check(folder, tmp_path, "convexgen.mypy_plugin", "pydantic.mypy") == found


def test_from_what_mypy_remembers_all_is_the_same(folder: Path, cache: Path, found: dict[str, list[Found]]) -> None:
    assert check(folder, cache, "convexgen.mypy_plugin") == found


@pytest.mark.parametrize("fixture", FIXTURE_PROJECTS, ids=lambda fixture: fixture.name)
def test_the_fixture_projects_are_clean(fixture: Fixture, cache: Path) -> None:
    assert typecheck(fixture.root, Settings(fixture.source), cache) == ()
