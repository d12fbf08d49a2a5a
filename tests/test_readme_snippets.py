"""What the README shows of pre-commit, of CI and of an editor is what works there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from convexgen.cli import VERSION
from convexgen.diagnostics import Diagnostic, Label, Rule
from convexgen.report import Report, render
from convexgen.rules import ALL
from convexgen.source import Span
from tests.test_readme import PROJECT, blocks

HOOKS, WORKFLOW = (yaml.safe_load(text) for text in blocks("yaml"))
((TASK,),) = (json.loads(text)["tasks"] for text in blocks("json"))
PATHS = ("backend/messages.py", "src/Ein Ordner/Ω: x.py", "a.py:3:1.py", "backend/_generated/api.d.ts")


def test_the_hooks_are_published_in_this_version() -> None:
    (repo,) = HOOKS["repos"]
    published = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in repo["hooks"]} <= {hook["id"] for hook in published}
    assert repo["rev"] == f"v{VERSION}"


def steps() -> list[list[str]]:
    """The commands of the workflow that are ours, and that of the task."""
    run = [step["run"] for step in WORKFLOW["jobs"]["convexgen"]["steps"] if "run" in step]
    commands = [shlex.split(command.replace("${{ github.base_ref }}", "main")) for command in (*run, TASK["command"])]
    return [command[1:] for command in commands if command[0] == "convexgen"]


@pytest.mark.parametrize("arguments", steps(), ids=" ".join)
def test_commands_are_understood(arguments: list[str]) -> None:
    command, *options = arguments
    ran = subprocess.run(
        [sys.executable, "-m", "convexgen", command, "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert [option for option in options if option.startswith("--") and option not in ran.stdout] == []


def test_a_pull_request_is_compared_with_a_history_that_is_there() -> None:
    (checkout,) = [step for step in WORKFLOW["jobs"]["convexgen"]["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"] == {"fetch-depth": 0}


def matched(line: str) -> list[dict[str, str | None]]:
    """What an editor makes of a line: for each matcher that takes it, the parts by their names."""
    found = []
    for matcher in TASK["problemMatcher"]:
        pattern: dict[str, Any] = matcher["pattern"]
        # JavaScript's `\d` stands for ASCII digits alone.
        if match := re.search(pattern["regexp"], line, re.ASCII):
            found.append({name: match[group] for name, group in pattern.items() if isinstance(group, int)})
    return found


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_the_problem_matcher_takes_each_finding_apart(rule: Rule) -> None:
    for span in (*(Span(path, 12, 5, 13, 7) for path in PATHS), *map(Span, PATHS)):
        report = Report((Diagnostic(rule, "is `x`: 1:2: CG101 wrong", Label(span), help="help: x.py:1:1: no"),))
        first, *rest = render(report, "text").splitlines()
        place = {"line": "12", "column": "5"} if span.line else {}
        severity = "warning" if rule.severity == "warning" else None
        message = "is `x`: 1:2: CG101 wrong"
        assert matched(first) == [
            {"file": span.path, **place, "code": rule.code, "severity": severity, "message": message}
        ]
        assert [matched(line) for line in rest] == [[] for _ in rest]


def test_the_problem_matcher_takes_real_output_apart(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.convexgen]\n")
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend/a.py").write_text(
        "from convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx, x: set[int]) -> None: ...\n"
    )

    def check() -> list[dict[str, str | None]]:
        ran = subprocess.run(
            [sys.executable, "-m", "convexgen", "check", "--diff=none", "--no-types"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert ran.returncode == 1
        return [found for line in (*ran.stdout.splitlines(), *ran.stderr.splitlines()) for found in matched(line)]

    (found,) = check()
    assert (found["file"], found["line"], found["column"], found["severity"]) == ("backend/a.py", "5", "31", None)
    (tmp_path / "backend/a.py").write_text("")
    assert ("backend/_generated/api.js", "CG502") in {(found["file"], found["code"]) for found in check()}
