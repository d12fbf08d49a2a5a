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


@pytest.mark.parametrize("arguments", [("generate",), ("check", "--no-types")])
def test_what_has_changed_takes_the_compiler_and_nothing_else(run: Run, arguments: tuple[str, ...]) -> None:
    """No parser of command lines, and for settings that say little nothing that validates them."""
    printed, _ = run(*arguments)
    assert printed.splitlines()[-1].split()[1:] == ["True", "False", "False"]


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


SCHEMA = """\
from convexgen import Index, Table


class Message(Table, name="messages"):
    channel: str
    author: str

    by_channel = Index("channel")  # convexgen: ignore[redundant-index]
    both = Index("channel", "author")
"""


def test_a_run_is_clean_if_nothing_was_told(run: Run, root: Path) -> None:
    (root / "backend/schema.py").write_text(SCHEMA)
    run("generate")
    for arguments in (["check", "--no-types"], ["check", "--no-types", "--quiet"]):
        _, said = run(*arguments)
        printed, again = run(*arguments)
        assert (printed, again) == (SHORTCUT, said)
        assert bool(again) is ("--quiet" not in arguments)


def drop_comment(root: Path) -> None:
    path = root / "backend/schema.py"
    path.write_text(path.read_text().replace("  # convexgen: ignore[redundant-index]", ""))


def select_rules(root: Path) -> None:
    """Settings that choose the same as before choose it in another way."""
    (root / "pyproject.toml").write_text('[tool.convexgen]\nselect = ["CG2"]\n')


@pytest.mark.parametrize("change", [drop_comment, select_rules])
def test_what_is_told_is_decided_anew_after_any_change(run: Run, root: Path, change: Callable[[Path], None]) -> None:
    (root / "backend/schema.py").write_text(SCHEMA)
    run("generate")
    run("check", "--no-types")
    change(root)
    printed, _ = run("check", "--no-types")
    assert printed.splitlines()[-1].split()[1] == "True"
    assert ("redundant-index" in printed) is (change is not select_rules)


def test_what_is_chosen_belongs_to_the_run(run: Run, root: Path) -> None:
    (root / "backend/schema.py").write_text(SCHEMA.replace("  # convexgen: ignore[redundant-index]", ""))
    run("generate")
    run("check", "--no-types", CONVEXGEN_IGNORE="CG2")
    assert run("check", "--no-types", CONVEXGEN_IGNORE="CG2")[0] == SHORTCUT
    assert "redundant-index" in run("check", "--no-types")[0]


def test_a_run_that_told_something_is_not_clean_whatever_its_exit_code(run: Run, root: Path) -> None:
    (root / "backend/schema.py").write_text(SCHEMA.replace("  # convexgen: ignore[redundant-index]", ""))
    first = run("check", "--no-types", "--exit-zero", "--statistics", "--ignore=CG5")
    assert "redundant-index" in first[0]
    assert run("check", "--no-types", "--exit-zero", "--statistics", "--ignore=CG5") == first


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
