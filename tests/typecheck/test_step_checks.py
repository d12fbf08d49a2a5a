"""Checks in small steps come to the verdict of a whole run, whatever was edited, and whatever happens to mypy."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from convexgen.settings import Settings
from convexgen.typecheck import mypy_process, step_checks
from convexgen.typecheck.mypy_process import TypeCheck
from convexgen.typecheck.step_checks import StepChecks
from tests.typecheck.conftest import Project

SETTINGS = Settings()
SCHEMA = """\
from convexgen import Id, Index, Table


class Task(Table, name="tasks"):
    title: str
    rank: int = 0

    by_title = Index("title", "rank")
"""
QUERY = """\
from convexgen import QueryCtx
from backend.schema import Task


async def find(ctx: QueryCtx, title: str) -> list[Task]:
    return await ctx.db.query(Task).with_index(Task.by_title, Task.title == title, Task.rank > 3).collect()
"""
CHANGE = """\
from convexgen import UNSET, MutationCtx
from backend.find import find


async def change(ctx: MutationCtx) -> None:
    for task in await find(ctx, "x"):
        await ctx.db.patch(task.id, title="y", rank=UNSET)
"""
FILES = {"backend/schema.py": SCHEMA, "backend/find.py": QUERY, "backend/change.py": CHANGE}

Found = list[str]

SECONDS = count(1_700_000_000)
"""mypy takes a file of the same size and from the same second for the same file. People are slower than tests."""


class Steps:
    """A project that is edited and checked in steps, and every engine that was started for that."""

    def __init__(self, root: Path, checks: StepChecks, cache: Path, engines: list[subprocess.Popen[str]]) -> None:
        self.root = root
        self.checks = checks
        self.cache = cache
        self.engines = engines
        self._seen: dict[Path, bytes] = {}

    def verdict(self) -> Found:
        self._let_time_pass()
        return told(self.checks.check(SETTINGS).verdict())

    def _let_time_pass(self) -> None:
        """Give each module that was written since the last check a second of its own."""
        for path in (self.root / "backend").glob("*.py"):
            content = path.read_bytes()
            if self._seen.get(path) != content:
                self._seen[path] = content
                second = next(SECONDS)
                os.utime(path, (second, second))

    def edit(self, file: str, old: str, new: str) -> Found:
        """Replace text in a module and check; what was found."""
        path = self.root / f"backend/{file}.py"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        return self.agreed()

    def agreed(self) -> Found:
        """The verdict, which is that of a whole run."""
        found = self.verdict()
        with TypeCheck.start(self.root, SETTINGS, self.cache, "--cache-fine-grained") as whole:
            assert found == told(whole.verdict())
        return found


def told(findings: tuple[Any, ...]) -> Found:
    return [f"{each.primary.span.path}:{each.primary.span.line} {each.message}" for each in findings]


@pytest.fixture(scope="module")
def step_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("steps")


@pytest.fixture
def steps(project: Project, step_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    engines: list[subprocess.Popen[str]] = []
    real: Callable[..., subprocess.Popen[str]] = mypy_process.start_engine

    def start(*arguments: Any) -> subprocess.Popen[str]:
        engines.append(real(*arguments))
        return engines[-1]

    monkeypatch.setattr(step_checks, "start_engine", start)
    root = project(FILES)
    checks = StepChecks(root, step_cache)
    yield Steps(root, checks, step_cache, engines)
    checks.close()
    assert [engine.poll() is None for engine in engines] == [False] * len(engines)


def test_each_step_agrees_with_a_whole_run(steps: Steps) -> None:
    assert steps.agreed() == []
    assert steps.edit("find", "-> list[Task]", "-> list[str]") == [
        'backend/change.py:7 "str" has no attribute "id" [attr-defined]',
        'backend/find.py:6 Incompatible return value type (got "list[Task]", expected "list[str]") [return-value]',
    ]
    assert steps.edit("find", "-> list[str]", "-> list[Task]") == []
    assert steps.edit("schema", '"title", "rank"', '"rank", "title"') == [
        "backend/find.py:6 `rank` comes before `title` in `Task.by_title`, and is not compared before it "
        "[convexgen-index]"
    ]
    assert steps.edit("schema", '"rank", "title"', '"title", "rank"') == []
    assert steps.edit("schema", "rank: int = 0", "rank: int") == [
        'backend/change.py:7 Argument "rank" to "patch" of "DatabaseWriter" has incompatible type "Unset"; '
        'expected "int" [arg-type]'
    ]
    assert steps.edit("schema", "rank: int", "rank: int = 0") == []
    assert steps.edit("schema", "    title: str", "    title: bytes") != []
    assert steps.edit("schema", "    title: bytes", "    title: str") == []
    assert len(steps.engines) == 1


def test_modules_come_and_go_and_may_be_no_python(steps: Steps) -> None:
    assert steps.verdict() == []
    (steps.root / "backend/new.py").write_text("from backend.find import nobody\n")
    assert steps.agreed() == ['backend/new.py:1 Module "backend.find" has no attribute "nobody" [attr-defined]']
    (steps.root / "backend/new.py").write_text("def f(:\n")
    assert steps.verdict()[0] == "backend/new.py:1 Expected a parameter or the end of the parameter list [syntax]"
    (steps.root / "backend/new.py").unlink()
    assert steps.agreed() == []
    (steps.root / "backend/find.py").rename(steps.root / "backend/found.py")
    assert any("backend.find" in each for each in steps.verdict())
    (steps.root / "backend/found.py").rename(steps.root / "backend/find.py")
    assert steps.agreed() == []
    assert len(steps.engines) == 1


def test_when_mypy_dies_it_is_started_again(steps: Steps) -> None:
    assert steps.verdict() == []
    steps.engines[0].kill()
    assert steps.edit("find", "title: str", "title: int") != []
    assert steps.edit("find", "title: int", "title: str") == []
    assert len(steps.engines) == 2


def test_other_settings_are_heeded(steps: Steps) -> None:
    (steps.root / "backend/new.py").write_text("def f(): return 1\n")
    (steps.root / "mypy.ini").write_text("[mypy]\nstrict = true\n")
    assert steps.verdict() == ["backend/new.py:1 Function is missing a return type annotation [no-untyped-def]"]
    (steps.root / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-backend.new]\nignore_errors = true\n")
    assert steps.verdict() == []
    assert steps.edit("new", "1", "1 + 'x'") == []
    assert len(steps.engines) == 2


def test_where_mypy_has_no_small_steps_each_check_is_a_whole_run(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*arguments: object) -> subprocess.Popen[str]:
        del arguments
        pipe = subprocess.PIPE
        return subprocess.Popen([sys.executable, "-c", ""], stdin=pipe, stdout=pipe, text=True)

    monkeypatch.setattr(step_checks, "start_engine", start)
    assert steps.agreed() == []
    assert steps.edit("find", "title: str", "title: int") != []
    assert steps.edit("find", "title: int", "title: str") == []


def test_a_check_that_nobody_waits_for_does_nothing(steps: Steps) -> None:
    check = steps.checks.check(SETTINGS)
    check.stop()
    assert check.verdict() == ()
    assert steps.engines == []


def test_a_first_check_can_be_stopped_while_it_runs(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    started = tmp_path / "started"
    os.mkfifo(started)
    slow.write_text(f"#!/bin/sh\necho > '{started}'\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    check = steps.checks.check(SETTINGS)
    thread = threading.Thread(target=check.verdict)
    thread.start()
    started.read_text()
    check.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert steps.engines == []


def test_without_mypy_there_is_a_finding_each_time(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mypy_process, "find_spec", lambda _: None)
    assert [steps.verdict(), steps.verdict()] == [[":0 mypy is not installed"]] * 2
    assert steps.engines == []


def test_after_the_end_there_are_no_verdicts(steps: Steps) -> None:
    assert steps.verdict() == []
    steps.checks.close()
    assert steps.engines[0].poll() is not None
    assert steps.checks.check(SETTINGS).verdict() == ()
    assert len(steps.engines) == 1


def test_the_engine_ends_with_its_input(steps: Steps) -> None:
    """As it does when the process that started it is killed."""
    assert steps.verdict() == []
    [engine] = steps.engines
    assert engine.stdin is not None
    engine.stdin.close()
    assert engine.wait(20) == 0
