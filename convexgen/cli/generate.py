"""`convexgen generate`: plan, then write; or only show what would be written."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from convexgen.apply import ApplyError, apply
from convexgen.cli.kept import keep_clean_run, load_compiler, plan_with_memory
from convexgen.cli.project import Project, open_project_beside, refuse_project
from convexgen.cli.streams import CLEAN, color, count, exit_code, say, show, tally
from convexgen.diagnostics import Diagnostic
from convexgen.discover import discover
from convexgen.report import Report
from convexgen.settings import Settings
from convexgen.snapshot import Plan, Snapshot, after


def generate(directory: Path, overrides: dict[str, str], *, diff: bool, dry_run: bool) -> int:
    began = time.perf_counter()
    project = open_project_beside(directory, overrides, load_compiler)
    return generate_project(project, directory, began, diff=diff, dry_run=dry_run)


def generate_project(
    project: Project,
    directory: Path,
    began: float,
    snapshot: Snapshot | None = None,
    *,
    diff: bool = False,
    dry_run: bool = False,
) -> int:
    """The command for a project that is known. `directory` is what the user named, `began` when the clock started.

    `snapshot` is the project as it has been read just now, if it has.
    """
    if project.settings is None:
        return refuse_project(project)
    snapshot = snapshot or discover(project.root, project.settings)
    planned, report = _plan(project, project.settings, snapshot)
    show(report)
    code = exit_code(report.diagnostics)
    if code != CLEAN:
        say(f"{tally(report)}: nothing was written.")
    elif diff or dry_run:
        _preview(planned, diff=diff)
    else:
        try:
            apply(planned, project.root)
        except ApplyError as error:
            return refuse_project(Project(project.root, None, (error.diagnostic,)))
        say(f"{summary(planned)} in {(time.perf_counter() - began) * 1000:.0f} ms.")
        if not report.diagnostics:
            said = f"{summary(replace(planned, changes=()))} in {{milliseconds}} ms."
            keep_clean_run(directory, project.root, project.settings, after(snapshot, planned), said)
    return code


def _plan(project: Project, settings: Settings, snapshot: Snapshot) -> tuple[Plan, Report]:
    planned = plan_with_memory(project.root, snapshot, settings, advice=False)
    sources = project.contents(snapshot.sources)
    found = (*project.findings, *planned.diagnostics)
    return planned, Report(_told(found, snapshot, settings) if found else (), sources, color=color())


def _told(found: tuple[Diagnostic, ...], snapshot: Snapshot, settings: Settings) -> tuple[Diagnostic, ...]:
    from convexgen.selection import tell_writers  # noqa: PLC0415 - only where there is something to choose from

    return tell_writers(found, snapshot.sources, settings)


def _preview(planned: Plan, *, diff: bool) -> None:
    if diff:
        show(Report((), changes=planned.changes, diff="full", color=color()))
    else:
        for change in planned.changes:
            verb = "create" if change.before is None else "delete" if change.after is None else "update"
            sys.stdout.write(f"would {verb} {change.path}\n")
    say(f"{count(len(planned.changes), 'file')} would change; nothing was written.")


def summary(planned: Plan) -> str:
    """`wrote 2 files, deleted 1 file, 5 unchanged`."""
    written = sum(change.after is not None for change in planned.changes)
    deleted = len(planned.changes) - written
    parts = [f"wrote {count(written, 'file')}"]
    if deleted:
        parts.append(f"deleted {count(deleted, 'file')}")
    parts.append(f"{planned.files - written} unchanged")
    return ", ".join(parts)
