"""The command line itself: version, usage, mistakes of the user's and of our own, and what is not loaded."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

from convexgen.cli import VERSION
from tests.cli.conftest import Command, write


def python(*arguments: str) -> str:
    ran = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return ran.stdout


def test_the_version_is_the_installed_one() -> None:
    assert importlib.metadata.version("convexgen") == VERSION
    assert python("-m", "convexgen", "--version") == f"convexgen {VERSION}\n"


def test_the_version_beside_something_else(convexgen: Command) -> None:
    ran = convexgen("--version", "check")
    assert (ran.code, ran.out) == (0, f"convexgen {VERSION}\n")


LOADED = """
import sys
sys.argv = ["convexgen", *{arguments!r}]
from convexgen.__main__ import main
main()
heavy = {{"typer", "jinja2", "mypy", "rich", "watchfiles", "libcst", "convexgen.plan"}}
print(sorted(heavy & sys.modules.keys()))
"""


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["--version"], "[]"),
        (["check", "--help"], "['typer']"),
        (["check", "--nonsense"], "['typer']"),
    ],
)
def test_only_what_is_needed_is_loaded(arguments: list[str], loaded: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED.format(arguments=arguments)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == loaded


ONGOING = """
import gc, sys
import convexgen.cli.{command} as command
command.loop = lambda *_, **__: print(gc.isenabled())
sys.argv = ["convexgen", {command!r}, *{arguments!r}]
from convexgen.__main__ import main
main()
"""


@pytest.mark.parametrize(("command", "arguments"), [("watch", []), ("dev", ["--port", "0", "--site-port", "0"])])
def test_what_goes_on_collects_its_garbage(command: str, arguments: list[str], project: Path) -> None:
    """As does `serve`, of which a function is asked in `tests/production`."""
    write(project)
    ran = subprocess.run(
        [sys.executable, "-c", ONGOING.format(command=command, arguments=arguments)],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout == "True\n", ran.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["chek"], "Error: No such command 'chek'. Did you mean 'check'?\n"),
        (["check", "--nonsense"], "Error: No such option: --nonsense"),
        (
            ["check", "--output-format", "xml"],
            "Error: Invalid value for --output-format: 'xml' is not one of text, json, github, sarif\n",
        ),
        (["check", "--diff", "huge"], "Error: Invalid value for '--diff': "),
        (["generate", "--naming", "snake"], "Error: Invalid value for '--naming': "),
        (["spec", "--format", "yaml"], "Error: Invalid value for '--format': "),
    ],
)
def test_mistakes_on_the_command_line(convexgen: Command, arguments: list[str], complaint: str) -> None:
    ran = convexgen(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert complaint in ran.err


def test_mistakes_on_the_command_line_come_in_the_form_that_it_asks_for(convexgen: Command) -> None:
    message = "No such option: --nonsense"
    ran = convexgen("check", "--nonsense", "--output-format", "github")
    assert (ran.code, ran.err.startswith(f"Error: {message}")) == (2, True)
    assert ran.out.startswith(f"::error title=CG909 usage-error::{message}")
    ran = convexgen("chek", "--output-format=json")
    [found] = json.loads(ran.out)["diagnostics"]
    assert (ran.code, found["rule"], found["path"]) == (2, "usage-error", None)
    assert found["message"] == "No such command 'chek'. Did you mean 'check'?"
    ran = convexgen("check", "--diff=huge", "--output-format=text")
    assert (ran.code, ran.out) == (2, "")
    ran = convexgen("check", "-C", "/no/such/folder", "--output-format", "sarif")
    [notification] = json.loads(ran.out)["runs"][0]["invocations"][0]["toolConfigurationNotifications"]
    assert (ran.code, notification["message"]["text"]) == (
        2,
        "Invalid value for -C: there is no folder '/no/such/folder'",
    )


def test_without_a_command_the_commands_are_listed(convexgen: Command) -> None:
    ran = convexgen()
    assert ran.code == 2
    for command in ("init", "generate", "check", "watch", "spec"):
        assert f"\n  {command} " in ran.out + ran.err


def test_a_mistake_of_our_own_is_a_report_to_paste(
    project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("what happened")

    write(project, a="x = 1\n")
    monkeypatch.setattr("convexgen.cli.generate.plan_with_memory", fail)
    ran = convexgen("generate", "-C", ".")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("convexgen stopped because of a mistake of its own; your sources are not to blame.\n")
    assert f"\nconvexgen {VERSION}, " in ran.err
    assert "\ncommand: convexgen generate -C .\n" in ran.err
    assert ran.err.endswith("RuntimeError: what happened\n")


def test_an_interrupt_is_not_a_mistake(project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    write(project, a="x = 1\n")
    monkeypatch.setattr("convexgen.cli.generate.plan_with_memory", interrupt)
    assert convexgen("generate").code == 130


def test_a_console_that_cannot_show_a_letter_gets_an_escape(project: Path) -> None:
    write(project, a="x = 1\n")
    (project / "pyproject.toml").write_text("[tool.convexgen]\nnamé = 1\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "convexgen", "check"],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "ascii"},
    )
    assert ran.returncode == 2
    assert b"pyproject.toml:2:1: CG901" in ran.stdout or b"nam\\xe9" in ran.stdout
