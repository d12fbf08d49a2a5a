"""What the README says can be typed can be typed, and what it shows of settings is what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from convexgen.settings_file import load

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks in one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_ci_runs_exactly_the_readme_s_test_command() -> None:
    (command,) = [line[2:] for line in "".join(blocks("console")).splitlines() if "pytest" in line]
    install, packages, tests = command.split(" && ")
    script = (PROJECT / ".ci/run").read_text(encoding="utf-8").replace(" --quiet", "")
    assert f"\n{install}\n" in script
    assert f"\n{packages} " in script
    assert script.rstrip().endswith(tests)


def test_the_settings_that_are_shown_are_valid() -> None:
    (text,) = blocks("toml")
    settings, findings = load(text, {}, {})
    assert findings == ()
    assert settings is not None
    assert settings.source == "backend"


def test_every_command_is_listed() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "convexgen", "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    commands = re.findall(r"^  ([a-z]+)  ", run.stdout, re.MULTILINE)
    assert commands
    assert [name for name in commands if f"| `convexgen {name}` |" not in README] == []
