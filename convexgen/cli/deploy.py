"""`convexgen deploy`: puts the functions of the project live on a backend that `convexgen serve` runs.

In this order, and each only if all before it went well: the sources are checked, a build is run with the URL in its
environment, what would break is told, the functions are sent; there they are loaded and held against the documents
before they go live.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from convexgen.breaking.compare import Baseline
from convexgen.cli.breaking import FailOn, tell_changes
from convexgen.cli.project import Project, open_project, refuse_project
from convexgen.cli.streams import CLEAN, FINDINGS, UNREADABLE, color, count, refuse, say, show, waiting
from convexgen.dev.calling import CallError
from convexgen.dev.data_folder import RunningBackend
from convexgen.discover import discover
from convexgen.ir import Ir
from convexgen.plan import compile_ir
from convexgen.production.bundle import bundle_of
from convexgen.production.uploading import live_program, upload
from convexgen.report import Report
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot

_UNDONE = "nothing was deployed"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for. `command` builds what belongs to the backend, with its URL in the variable `variable`."""

    backend: RunningBackend
    dry_run: bool
    fail_on: FailOn | None
    command: str | None
    variable: str


def deploy(directory: Path, overrides: dict[str, str], wishes: Wishes) -> int:
    """0 with the functions live, or good to be; 1 where they cannot go live, 2 where nobody could be asked."""
    project = open_project(directory, overrides)
    if project.settings is None:
        return refuse_project(project, _UNDONE)
    snapshot = discover(project.root, project.settings)
    program, findings = compile_ir(snapshot, project.settings)
    report = Report((*project.findings, *findings), project.contents(snapshot.sources), color=color())
    if program is None:
        return refuse(report, _UNDONE)
    show(report)
    if wishes.command is not None and not _built(wishes.command, wishes.variable, wishes.backend.url):
        return FINDINGS
    try:
        return _deploy(project, project.settings, snapshot, program, wishes)
    except CallError as error:
        say(f"Error: {error}.")
        return UNREADABLE


def _deploy(project: Project, settings: Settings, snapshot: Snapshot, program: Ir, wishes: Wishes) -> int:
    url = wishes.backend.url
    with waiting(f"asking {url}"):
        before = live_program(wishes.backend)
    if before is None:
        say(f"Nothing was deployed to {url} before.")
    else:
        code = tell_changes(project, settings, snapshot, program, Baseline(before, url), wishes.fail_on or "breaking")
        if code != CLEAN and wishes.fail_on is not None:
            say("Nothing was deployed.")
            return code
    with waiting("checking documents" if wishes.dry_run else "deploying"):
        good = upload(wishes.backend, bundle_of(settings, snapshot), say, rehearse=wishes.dry_run)
    functions = count(sum(len(module.functions) for module in program.modules), "function")
    if not good:
        say("Nothing would go live." if wishes.dry_run else "Nothing went live.")
        return FINDINGS
    say(f"{functions} would be live at {url}." if wishes.dry_run else f"{functions} live at {url}.")
    return CLEAN


def _built(command: str, variable: str, url: str) -> bool:
    """Run a command of the shell as if it were typed, with the URL in its environment."""
    ended = subprocess.run(command, shell=True, env={**os.environ, variable: url}, check=False)
    if ended.returncode:
        say(f"Error: `{command}` ended with {ended.returncode}; nothing was deployed.")
    return not ended.returncode
