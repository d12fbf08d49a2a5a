"""The shortcut for a project that has not changed: it must never answer for one that has."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = """\
import sys
sys.argv = ["convexgen", *{arguments!r}]
from convexgen.__main__ import main
code = main()
print(code, "convexgen.plan" in sys.modules, "typer" in sys.modules, "pydantic" in sys.modules)
"""
MODULE = """\
from convexgen import QueryCtx, query


@query
async def f(ctx: QueryCtx) -> None: ...
"""
SHORTCUT = "0 False False False"

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    (root / "backend").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.convexgen]\nnaming = "camel"\n')
    (root / "backend/messages.py").write_text(MODULE)
    return root


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Run:
    """Runs a command line in a process of its own: what it printed (and whether it took the shortcut), what it said."""

    def command(*arguments: str, **environment: str) -> tuple[str, str]:
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(arguments=list(arguments))],
            cwd=root,
            env={**os.environ, "CONVEXGEN_CACHE_DIR": str(tmp_path / "cache"), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return ran.stdout.strip(), ran.stderr

    return command


@pytest.mark.parametrize("arguments", [("generate",), ("check", "--no-types")])
def test_what_has_not_changed_is_answered_without_the_compiler(run: Run, arguments: tuple[str, ...]) -> None:
    run("generate")
    _, said = run(*arguments)
    printed, again = run(*arguments)
    assert printed == SHORTCUT
    assert [word for word in again.split() if not word.isdigit()] == [
        word for word in said.split() if not word.isdigit()
    ]


def test_a_file_that_was_only_touched_has_not_changed(run: Run, root: Path) -> None:
    run("generate")
    os.utime(root / "backend/messages.py", (1, 1))
    assert run("generate")[0] == SHORTCUT


def edit_source(root: Path) -> None:
    (root / "backend/messages.py").write_text(MODULE.replace("def f", "def g"))


def edit_source_and_turn_back_its_time(root: Path) -> None:
    path = root / "backend/messages.py"
    stat = path.stat()
    path.write_text(MODULE.replace("def f", "def g"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def add_source(root: Path) -> None:
    (root / "backend/other.py").write_text(MODULE)


def delete_source(root: Path) -> None:
    (root / "backend/messages.py").unlink()


def edit_output(root: Path) -> None:
    path = root / "backend/_generated/api.js"
    path.write_text(path.read_text() + "// mine\n")


def delete_output(root: Path) -> None:
    (root / "backend/_generated/api.js").unlink()


def add_output(root: Path) -> None:
    text = (root / "backend/_generated/api.js").read_text()
    (root / "backend/_generated/left-over.js").write_text(text)


def edit_settings(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.convexgen]\nnaming = "preserve"\n')


def damage_the_cache(root: Path) -> None:
    for path in (root.parent / "cache").rglob("clean-*"):
        path.write_bytes(path.read_bytes()[:-7])


@pytest.mark.parametrize(
    "change",
    [
        edit_source,
        edit_source_and_turn_back_its_time,
        add_source,
        delete_source,
        edit_output,
        delete_output,
        add_output,
        edit_settings,
        damage_the_cache,
    ],
)
def test_any_change_is_seen(run: Run, root: Path, change: Callable[[Path], None]) -> None:
    run("generate")
    run("check", "--no-types")
    change(root)
    assert run("check", "--no-types")[0].splitlines()[-1].split()[1] == "True"
    run("generate")
    printed, _ = run("check", "--no-types")
    assert printed.splitlines()[-1].split()[0] == "0"


def test_another_environment_is_another_run(run: Run) -> None:
    run("generate")
    assert run("generate", CONVEXGEN_NAMING="preserve")[0] != SHORTCUT


def test_a_memory_that_is_damaged_is_as_good_as_none(run: Run, root: Path) -> None:
    run("generate")
    for path in (root.parent / "cache").rglob("memory"):
        path.write_bytes(path.read_bytes()[:-7])
    edit_source(root)
    run("generate")
    assert "g: Query" in (root / "backend/_generated/api.d.ts").read_text()


def test_a_cache_that_cannot_be_written_changes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for _ in range(2):
        printed, said = run("generate", CONVEXGEN_CACHE_DIR=str(tmp_path / "file" / "cache"))
        assert printed.startswith("0 True")
        assert said.startswith("wrote ")
