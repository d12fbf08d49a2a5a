"""Runs commands as a user does, inside this process: what they print on which stream, and how they end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from convexgen.cli.app import run
from tests.cli import stand_in


class Ran(NamedTuple):
    """How a command ended and what it said. Times are replaced by `N ms`."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the current folder."""
    root = tmp_path / "my app"
    root.mkdir()
    (root / "pyproject.toml").write_text("[tool.convexgen]\n")
    monkeypatch.chdir(root)
    for name in ("NO_COLOR", "FORCE_COLOR", "CONVEXGEN_SOURCE", "CONVEXGEN_NAMING", "CONVEXGEN_FORCE_POLLING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CONVEXGEN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TERMINAL_WIDTH", "100")
    return root


@pytest.fixture
def convexgen(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line in the project, with a stand-in for the compiler."""
    del project
    for name in ("generate", "check"):
        monkeypatch.setattr(f"convexgen.cli.{name}.plan_with_memory", stand_in.plan_with_memory)
    monkeypatch.setattr("convexgen.report.drift.is_edited", lambda text: "EDIT" in text)

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return Ran(code, out, re.sub(r"\d+ ms", "N ms", err))

    return command


def write(root: Path, **sources: str) -> None:
    """Put modules into the functions folder."""
    (root / "backend").mkdir(exist_ok=True)
    for name, text in sources.items():
        (root / f"backend/{name}.py").write_text(text)


def tree(root: Path) -> dict[str, bytes]:
    """All files below a folder with their contents."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
