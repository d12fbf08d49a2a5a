"""`check` lets mypy begin before the settings are read in earnest, and is right whatever they say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from convexgen.cli.again import run_again
from convexgen.settings import Settings
from tests.cli import stand_in
from tests.cli.conftest import write

CLEAN = json.dumps({"messages": [], "said": "", "status": 0, "basis": None})
UP_TO_DATE = "1 generated file up to date.\n"


class Engines:
    """Stands in for the processes that mypy runs in. `begun` are the folders that they were to look at."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, mode: str, root: Path, settings: Settings, *_: object) -> subprocess.Popen[str]:
        del mode, root
        self.begun.append(settings.source)
        process = subprocess.Popen(
            [sys.executable, "-c", f"print({CLEAN!r})"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.processes.append(process)
        return process

    def all_ended(self) -> bool:
        return all(process.returncode is not None for process in self.processes)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    engines = Engines()
    monkeypatch.setattr("convexgen.typecheck.mypy_process.start_engine", engines.start)
    monkeypatch.setattr("convexgen.cli.check.plan_with_memory", stand_in.plan_with_memory)
    return engines


@pytest.mark.parametrize(
    ("pyproject", "environment"),
    [
        ("[tool.convexgen]\n", ""),
        ("[tool.convexgen]\nsource = 'backend'\n", ""),
        ("[tool.convexgen]\nsource = './backend/'\n", ""),
        ("[tool.convexgen]\nsource = 'elsewhere'\n", "backend"),
    ],
)
def test_mypy_begins_once_in_the_folder_of_the_settings(
    project: Path,
    engines: Engines,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pyproject: str,
    environment: str,
) -> None:
    (project / "pyproject.toml").write_text(pyproject)
    monkeypatch.setenv("CONVEXGEN_SOURCE", environment)
    write(project, a="one")
    (project / "backend/_generated").mkdir()
    (project / "backend/_generated/a.js").write_text(f"{stand_in.MARK}one")
    assert run_again(["check"]) == 0
    assert capsys.readouterr() == ("", UP_TO_DATE)
    assert engines.begun == ["backend"]
    assert engines.all_ended()


def test_mypy_begins_anew_where_the_folder_is_another(project: Path, engines: Engines) -> None:
    (project / "pyproject.toml").write_text("[tool.convexgen]\nsource = 'parts\\functions'\n")
    for folder in ("parts\\functions", "parts/functions"):
        (project / folder).mkdir(parents=True)
        (project / folder / "a.py").write_text("")
    assert run_again(["check"]) == 1  # nothing is generated yet
    assert engines.begun == ["parts\\functions", "parts/functions"]
    assert engines.all_ended()


@pytest.mark.parametrize("pyproject", ["not toml", "[tool.convexgen]\nsource = 3\n", "[tool]\nconvexgen = 3\n"])
def test_settings_with_mistakes_end_what_mypy_has_begun(
    project: Path, engines: Engines, capsys: pytest.CaptureFixture[str], pyproject: str
) -> None:
    (project / "pyproject.toml").write_text(pyproject)
    write(project, a="one")
    assert run_again(["check"]) == 2
    out, err = capsys.readouterr()
    assert (out.startswith("pyproject.toml:"), err) == (True, "1 error: nothing was checked.\n")
    assert engines.begun == ["backend"]
    assert engines.all_ended()


def test_without_a_functions_folder_mypy_never_begins(
    project: Path, engines: Engines, capsys: pytest.CaptureFixture[str]
) -> None:
    del project
    assert run_again(["check"]) == 2
    assert capsys.readouterr().err == "1 error: nothing was checked.\n"
    assert engines.begun == []


def test_without_types_mypy_never_begins(project: Path, engines: Engines, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, a="one")
    (project / "backend/_generated").mkdir()
    (project / "backend/_generated/a.js").write_text(f"{stand_in.MARK}one")
    assert run_again(["check", "--no-types", "--select", "ALL"]) == 0
    assert capsys.readouterr() == ("", UP_TO_DATE)
    assert run_again(["check", "--no-types", "-q", "--ignore", "ALL"]) == 0
    assert capsys.readouterr() == ("", "")
    assert engines.begun == []


def test_what_is_not_understood_is_left_to_the_parser(project: Path, engines: Engines) -> None:
    write(project, a="one")
    assert run_again(["check", "--statistics"]) is None
    assert run_again(["check", "-C", "nowhere"]) is None
    assert engines.begun == []
