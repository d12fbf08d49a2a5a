"""The real mypy over small folders."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from convexgen.settings import Settings
from convexgen.typecheck import mypy_process as module
from convexgen.typecheck.mypy_process import TypeCheck, typecheck

WRONG = "def f(x: int) -> str:\n    return x\n"


def project(tmp_path: Path, files: dict[str, str]) -> Path:
    root = tmp_path / "a project"
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / ".git").mkdir()
    return root


def run(root: Path, tmp_path: Path, source: str = "backend") -> list[str]:
    found = typecheck(root, Settings(source), tmp_path / "cache")
    spans = [finding.primary.span for finding in found]
    return [
        f"{span.path}:{span.line}:{span.column}-{span.end_column} {finding.rule.code} {finding.message}"
        for span, finding in zip(spans, found, strict=True)
    ]


def test_errors_are_found_strictly_and_generated_files_and_tests_left_out(tmp_path: Path) -> None:
    files = {
        "backend/a.py": WRONG,
        "backend/b.py": "from .a import f\n\n\ndef g(): return f(1)\n",
        "backend/_generated/client/c.py": WRONG,
        "backend/test_a.py": WRONG,
        "backend/conftest.py": WRONG,
    }
    root = project(tmp_path, files)
    before = sorted(root.rglob("*"))
    assert run(root, tmp_path) == [
        'backend/a.py:2:12-13 CG801 Incompatible return value type (got "int", expected "str") [return-value]',
        "backend/b.py:4:1-21 CG801 Function is missing a return type annotation [no-untyped-def]",
    ]
    assert sorted(root.rglob("*")) == before
    assert any((tmp_path / "cache").iterdir())


@pytest.mark.parametrize(
    ("name", "text"),
    [("mypy.ini", "[mypy]\n"), ("pyproject.toml", "[tool.mypy]\nstrict = false\n"), ("setup.cfg", "[mypy]\n")],
)
def test_settings_of_the_users_own_are_respected(tmp_path: Path, name: str, text: str) -> None:
    root = project(tmp_path, {"backend/a.py": "def f(): return 1\n", name: text})
    assert run(root, tmp_path) == []


def test_settings_of_the_repository_around_are_respected_but_not_those_beyond(tmp_path: Path) -> None:
    root = project(tmp_path, {"inner/backend/a.py": "def f(): return 1\n"})
    (tmp_path / "mypy.ini").write_text("[mypy]\n")
    assert len(run(root / "inner", tmp_path)) == 1
    (root / "mypy.ini").write_text("[mypy]\n")
    assert run(root / "inner", tmp_path) == []


def test_a_functions_folder_inside_a_package_is_imported_by_its_full_name(tmp_path: Path) -> None:
    files = {
        "src/app/__init__.py": "",
        "src/app/functions/__init__.py": "",
        "src/app/functions/a.py": "X: int = 1\n",
        "src/app/functions/b.py": "from app.functions.a import X\n\nY: str = X\n",
    }
    root = project(tmp_path, files)
    assert run(root, tmp_path, "src/app/functions") == [
        "src/app/functions/b.py:3:10-11 CG801 Incompatible types in assignment "
        '(expression has type "int", variable has type "str") [assignment]'
    ]


def test_a_failure_of_mypy_itself_is_a_finding(tmp_path: Path) -> None:
    root = project(tmp_path, {"backend/a.py": "", "mypy.ini": "[mypy]\nplugins = no_such_plugin\n"})
    [found] = run(root, tmp_path)
    assert found.startswith(":0:0-0 CG802 mypy did not come to a verdict: ")
    assert "no_such_plugin" in found


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    root = project(tmp_path, {"backend/a.py": "x = 1\n"})
    (tmp_path / "file").write_text("")
    assert typecheck(root, Settings(), tmp_path / "file" / "cache") == ()


def test_without_mypy_there_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    root = project(tmp_path, {"backend/a.py": ""})
    assert run(root, tmp_path) == [":0:0-0 CG802 mypy is not installed"]


def test_a_run_can_be_abandoned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'import time; time.sleep(60)'\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    root = project(tmp_path, {"backend/a.py": ""})
    with TypeCheck.start(root, Settings(), tmp_path / "cache") as check:
        assert not check.finished(0)
    assert check.finished(0)
