"""`check` with types, on a project that has not changed: without mypy, and never wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = """\
import sys
sys.argv = ["convexgen", "check"]
from convexgen.__main__ import main
code = main()
print(code, *(name for name in ("mypy", "typer", "pydantic", "convexgen.plan", "subprocess") if name in sys.modules))
"""
MODULE = """\
from convexgen import QueryCtx, query
from lib.limits import LIMIT


@query
async def f(ctx: QueryCtx) -> int:
    return LIMIT
"""
SHORT = "0"


class Project:
    def __init__(self, folder: Path) -> None:
        self.root = folder / "app"
        self.cache = folder / "cache"
        for path, text in {
            "backend/messages.py": MODULE,
            "lib/__init__.py": "",
            "lib/limits.py": "LIMIT = 3\n",
            "pyproject.toml": "[tool.convexgen]\n",
        }.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        (self.root / ".git").mkdir()
        self.run("-m", "convexgen", "generate")

    def run(self, *arguments: str) -> tuple[str, str]:
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**os.environ, "CONVEXGEN_CACHE_DIR": str(self.cache), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return ran.stdout, ran.stderr

    def check(self) -> tuple[str, str]:
        """The last line of the output (the exit code and what was loaded), and the summary."""
        out, summary = self.run("-c", SCRIPT)
        return out.splitlines()[-1], summary


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, lend_types: Callable[[Path, Path], None]) -> Project:
    made = Project(tmp_path_factory.mktemp("kept"))
    lend_types(made.root, made.cache)
    return made


def test_what_has_not_changed_is_not_checked_again(project: Project) -> None:
    loaded, summary = project.check()
    assert loaded != SHORT
    assert "generated files up to date." in summary
    assert project.check() == (SHORT, summary)


def test_a_module_that_functions_import_is_looked_at(project: Project) -> None:
    limits = project.root / "lib/limits.py"
    project.check()
    limits.write_text("LIMIT = 'three'\n")
    assert [project.check()[0][:2], project.check()[0][:2]] == ["1 ", "1 "]
    limits.write_text("LIMIT = 3\n")
    assert project.check()[0] == SHORT


def test_a_module_that_is_missing_may_come(project: Project) -> None:
    module = project.root / "backend/messages.py"
    module.write_text(f"{MODULE}\n\ndef g() -> None:\n    import nowhere  # type: ignore[import-not-found]\n")
    assert [project.check()[0][:2], project.check()[0][:2]] == ["0 ", "0 "]
    (project.root / "nowhere.py").write_text("x = 1\n")
    assert project.check()[0][:2] == "1 ", "the comment is no longer needed"
