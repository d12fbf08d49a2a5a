"""`convexgen watch`: the loop of `convexgen.watch` with a terminal around it."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

from convexgen.cli.ongoing import collect_garbage
from convexgen.cli.project import read_project
from convexgen.cli.streams import INTERRUPTED, color, say, show
from convexgen.diagnostics import Diagnostic
from convexgen.discover import cache_folder, find_project, read_cache
from convexgen.memory import Memory
from convexgen.plan import plan
from convexgen.project_files import PYPROJECT
from convexgen.report import Report
from convexgen.settings import Settings
from convexgen.snapshot import Plan, Snapshot
from convexgen.typecheck.step_checks import StepChecks
from convexgen.watch import Hooks
from convexgen.watch import watch as loop


def watch(directory: Path, overrides: dict[str, str], *, types: bool, poll: bool) -> int:
    """Runs until it is interrupted."""
    collect_garbage()
    root = find_project(directory.resolve())
    checks = StepChecks(root, cache_folder(root, os.environ) / "mypy-watch")
    planner = remembering_planner()
    say(f"watching {root}; press Ctrl-C to stop")
    try:
        loop(
            root,
            Hooks(settings_reader(root, overrides), planner, checks.check if types else None, shower(root), say),
            poll=poll,
        )
    except KeyboardInterrupt:
        say("stopped")
    finally:
        checks.close()
    return INTERRUPTED


def remembering_planner() -> Callable[[Snapshot, Settings], Plan]:
    """Plans with one memory. What the first plan leaves in it stays: the garbage collector is spared looking at it."""
    memory = Memory()

    def plan_next(snapshot: Snapshot, settings: Settings) -> Plan:
        is_first = not memory.understanding.units
        planned = plan(snapshot, settings, memory)
        if is_first:
            gc.collect()
            gc.freeze()
        return planned

    return plan_next


def settings_reader(
    root: Path, overrides: dict[str, str]
) -> Callable[[], tuple[Settings | None, tuple[Diagnostic, ...]]]:
    """Reads the settings again only when pyproject.toml has other bytes than before."""
    known: list[tuple[bytes | None, tuple[Settings | None, tuple[Diagnostic, ...]]]] = []

    def read() -> tuple[Settings | None, tuple[Diagnostic, ...]]:
        content = read_cache(root / PYPROJECT)
        if not known or known[0][0] != content:
            project = read_project(root, overrides)
            known[:] = [(content, (project.settings, project.findings))]
        return known[0][1]

    return read


def shower(root: Path) -> Callable[[tuple[Diagnostic, ...], Snapshot | None], None]:
    def show_findings(findings: tuple[Diagnostic, ...], snapshot: Snapshot | None) -> None:
        sources = {source.path: source.content for source in snapshot.sources} if snapshot else {}
        settings = read_cache(root / PYPROJECT)
        show(Report(findings, {**sources, **({PYPROJECT: settings} if settings else {})}, color=color()))

    return show_findings
