"""The real mypy over small folders."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from convexgen.settings import Settings
from convexgen.typecheck import mypy_process as module
from convexgen.typecheck.mypy_process import TypeCheck, typecheck
from tests.typecheck.conftest import Project

WRONG = "def f(x: int) -> str:\n    return x\n"
SCHEMA = """\
from convexgen import Index, Table


class Task(Table, name="tasks"):
    title: str
    due: float | None = None

    by_due = Index("due")
"""
QUERY = """\
from convexgen import QueryCtx, query

from backend.schema import Task


@query
async def late(ctx: QueryCtx, today: float) -> list[Task]:
    return await ctx.db.query(Task).with_index(Task.by_due, Task.title == "x").collect()
"""
MISUSE = "`Task.by_due` has no field `title` [convexgen-index]"

Run = Callable[..., list[str]]


@pytest.fixture
def run(mypy_cache: Path) -> Run:
    def check(root: Path, source: str = "backend") -> list[str]:
        return [
            f"{finding.primary.span.path}:{finding.primary.span.line}:{finding.primary.span.column}-"
            f"{finding.primary.span.end_column} {finding.rule.code} {finding.message}"
            for finding in typecheck(root, Settings(source), mypy_cache)
        ]

    return check


def test_errors_are_found_strictly_and_generated_files_and_tests_left_out(project: Project, run: Run) -> None:
    files = {
        "backend/a.py": WRONG,
        "backend/b.py": "from .a import f\n\n\ndef g(): return f(1)\n",
        "backend/_generated/client/c.py": WRONG,
        "backend/test_a.py": WRONG,
        "backend/conftest.py": WRONG,
    }
    root = project(files)
    before = sorted(root.rglob("*"))
    assert run(root) == [
        'backend/a.py:2:12-13 CG801 Incompatible return value type (got "int", expected "str") [return-value]',
        "backend/b.py:4:1-21 CG801 Function is missing a return type annotation [no-untyped-def]",
    ]
    assert sorted(root.rglob("*")) == before


def test_columns_are_those_of_characters(project: Project, run: Run) -> None:
    text = "A: dict[str, str] = {'é': '日', '😀': 1}\nif A:\n\tB = {'😀': 'é', 'ü': 1 + 'a'}\n"
    root = project({"backend/a.py": text})
    assert run(root) == [
        'backend/a.py:1:32-38 CG801 Dict entry 1 has incompatible type "str": "int"; expected "str": "str" [dict-item]',
        'backend/a.py:3:26-29 CG801 Unsupported operand types for + ("int" and "str") [operator]',
    ]


INI = "[mypy]\nstrict = true\n[mypy-backend.a]\nignore_errors = true\n"
TOML = """\
[tool.mypy]
strict = true

[[tool.mypy.overrides]]
module = "backend.a"
ignore_errors = true
"""


@pytest.mark.parametrize(("name", "text"), [("mypy.ini", INI), ("pyproject.toml", TOML), ("setup.cfg", INI)])
def test_settings_of_the_users_own_are_respected_and_the_plugin_is_added(
    project: Project, run: Run, name: str, text: str
) -> None:
    root = project({"backend/a.py": WRONG, name: text, "backend/schema.py": SCHEMA, "backend/b.py": QUERY})
    assert run(root) == [f"backend/b.py:8:61-71 CG801 {MISUSE}"]


def test_without_settings_the_plugin_is_there_and_what_is_ignored_is_ignored(project: Project, run: Run) -> None:
    ignored = QUERY.replace(".collect()", ".collect()  # type: ignore[convexgen-index]")
    needless = "X = 1  # type: ignore[convexgen-index]\n"
    root = project(
        {"backend/schema.py": SCHEMA, "backend/b.py": QUERY, "backend/c.py": ignored, "backend/d.py": needless}
    )
    assert run(root) == [
        f"backend/b.py:8:61-71 CG801 {MISUSE}",
        'backend/d.py:1:1-2 CG801 Unused "type: ignore" comment [unused-ignore]',
    ]


def test_a_plugin_that_is_listed_already_runs_once(project: Project, run: Run) -> None:
    settings = "[mypy]\nstrict = true\nplugins = convexgen.mypy_plugin:plugin\n"
    root = project({"mypy.ini": settings, "backend/schema.py": SCHEMA, "backend/b.py": QUERY})
    assert run(root) == [f"backend/b.py:8:61-71 CG801 {MISUSE}"]


def test_settings_of_the_repository_around_are_respected_but_not_those_beyond(
    project: Project, run: Run, tmp_path: Path
) -> None:
    root = project({"inner/backend/a.py": WRONG})
    (tmp_path / "mypy.ini").write_text(INI)
    assert len(run(root / "inner")) == 1
    (root / "mypy.ini").write_text(INI)
    assert run(root / "inner") == []


def test_a_functions_folder_inside_a_package_is_imported_by_its_full_name(project: Project, run: Run) -> None:
    files = {
        "src/app/__init__.py": "",
        "src/app/functions/__init__.py": "",
        "src/app/functions/a.py": "X: int = 1\n",
        "src/app/functions/b.py": "from app.functions.a import X\n\nY: str = X\n",
    }
    assert run(project(files), "src/app/functions") == [
        "src/app/functions/b.py:3:10-11 CG801 Incompatible types in assignment "
        '(expression has type "int", variable has type "str") [assignment]'
    ]


def test_modules_of_the_project_do_not_get_in_the_way(project: Project, run: Run) -> None:
    assert run(project({"backend/a.py": "", "json.py": "raise SystemExit\n", "mypy/__init__.py": ""})) == []


def test_a_failure_of_mypy_itself_is_a_finding(project: Project, run: Run) -> None:
    [found] = run(project({"backend/a.py": "", "mypy.ini": "[mypy]\nplugins = no_such_plugin\n"}))
    assert found.startswith(":0:0-0 CG802 mypy did not come to a verdict: ")
    assert "no_such_plugin" in found


def test_a_crash_of_mypy_is_a_finding(project: Project, run: Run) -> None:
    plugin = "from mypy.plugin import Plugin\n\n\ndef plugin(version):\n    raise RuntimeError('broken')\n"
    root = project({"backend/a.py": "", "mypy.ini": "[mypy]\nplugins = broken.py\n", "broken.py": plugin})
    assert run(root) == [":0:0-0 CG802 mypy did not come to a verdict: RuntimeError: broken"]


def test_settings_that_mypy_refuses_are_told_of(project: Project, run: Run) -> None:
    [found] = run(project({"backend/a.py": "", "mypy.ini": "[mypy]\ndisable_error_code = no-such-code\n"}))
    assert found.startswith(":0:0-0 CG802 mypy did not come to a verdict: ")
    assert "no-such-code" in found


def test_a_cache_that_cannot_be_written_is_done_without(project: Project, tmp_path: Path) -> None:
    root = project({"backend/a.py": "x = 1\n"})
    (tmp_path / "file").write_text("")
    assert typecheck(root, Settings(), tmp_path / "file" / "cache") == ()


def test_without_mypy_there_is_a_finding(project: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    assert run(project({"backend/a.py": ""})) == [":0:0-0 CG802 mypy is not installed"]


def test_a_run_can_be_abandoned(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'import time; time.sleep(60)'\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    with TypeCheck.start(project({"backend/a.py": ""}), Settings(), tmp_path / "cache") as check:
        assert not check.finished(0)
    assert check.finished(0)
