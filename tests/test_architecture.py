"""The house obeys its own rules: the floors of ARCHITECTURE.md, what an import costs, and what a reader is promised."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "convexgen"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def test_modules_import_only_from_the_floors_below() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "0 broken" in run.stdout, run.stdout + run.stderr


def test_ruff_and_mypy_find_nothing() -> None:
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        run = subprocess.run(
            [sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True, timeout=300, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_file_says_first_why_it_exists(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_architecture_names_every_part() -> None:
    text = (PACKAGE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert {part for part in parts if f"`{part}`" not in text} <= {"__init__"}


def test_architecture_gives_a_reason_for_every_dependency() -> None:
    text = (PACKAGE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    dependencies = re.search(r"\ndependencies = \[\n(.*?)\n\]", (PROJECT / "pyproject.toml").read_text(), re.DOTALL)
    assert dependencies is not None
    names = re.findall(r'"([a-z0-9-]+)', dependencies[1])
    assert [name for name in names if f"| {name} |" not in text] == []


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import convexgen", ("pydantic", "ast", "typer", "jinja2", "mypy", "libcst", "watchfiles", "starlette")),
        ("from convexgen import Table, query", ("typer", "jinja2", "mypy", "libcst", "watchfiles", "starlette")),
        ("import convexgen.plan", ("pydantic", "typer", "jinja2", "mypy", "libcst", "watchfiles", "rich")),
        ("import convexgen.cli.app", ("pydantic", "jinja2", "mypy", "libcst", "watchfiles", "rich", "asyncio")),
        ("import convexgen.dev.backend", ("jwt", "cryptography", "httpx")),
    ],
)
def test_an_import_brings_only_what_it_needs(code: str, absent: tuple[str, ...]) -> None:
    script = f"import sys; {code}; print(sorted(set({absent!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"
