"""`convexgen fix`: mend what has an obvious mend in the functions' own source, then say what is left to do by hand."""

from __future__ import annotations

import sys
from pathlib import Path

from convexgen.apply import ApplyError, apply
from convexgen.cli.project import Project, open_project
from convexgen.cli.streams import color, count, exit_code, say, show, tally
from convexgen.discover import discover
from convexgen.fix import Fixed
from convexgen.fix import fix as mend
from convexgen.plan import compile_ir
from convexgen.report import Report
from convexgen.report.patch import patch
from convexgen.settings import Settings
from convexgen.snapshot import Plan


def fix(directory: Path, overrides: dict[str, str], *, diff: bool, unsafe: bool) -> int:
    project = open_project(directory, overrides)
    if project.settings is None:
        return _refuse(project)
    snapshot = discover(project.root, project.settings)
    fixed = mend(snapshot, project.settings, unsafe=unsafe)
    if diff:
        _show_diff(fixed)
        say(_summary(fixed, project.settings, "would mend", "; nothing was written", unsafe=unsafe))
        return exit_code((*project.findings, *fixed.mended, *fixed.remaining))
    try:
        apply(Plan((), fixed.changes), project.root)
    except ApplyError as error:
        return _refuse(Project(project.root, None, (error.diagnostic,)))
    for finding in fixed.mended:
        place = finding.primary.span
        sys.stdout.write(f"mended {place.path}:{place.line} {finding.rule.name}\n")
    left = _read_again(project, project.settings)
    show(left)
    end = f"; {tally(left)} left" if left.diagnostics else ""
    say(_summary(fixed, project.settings, "mended", end, unsafe=unsafe))
    return exit_code(left.diagnostics)


def _show_diff(fixed: Fixed) -> None:
    """For people as every diff is shown; otherwise to the byte, so that `git apply` can read it."""
    if color():
        show(Report((), changes=fixed.changes, diff="full", color=True))
    else:
        sys.stdout.write(patch(fixed.changes, "full"))


def _read_again(project: Project, settings: Settings) -> Report:
    """What is to be said of the project as it now lies on disk."""
    snapshot = discover(project.root, settings)
    sources = {**project.sources, **{source.path: source.content for source in snapshot.sources}}
    return Report((*project.findings, *compile_ir(snapshot, settings)[1]), sources, color=color())


def _summary(fixed: Fixed, settings: Settings, verb: str, end: str, *, unsafe: bool) -> str:
    what = (
        f"{count(len(fixed.mended), 'finding')} in {count(len(fixed.changes), 'file')}" if fixed.mended else "nothing"
    )
    more = 0 if unsafe or not fixed.remaining else len(mend(fixed.snapshot, settings, unsafe=True).mended)
    return f"{verb} {what}{end}." + (f" `--unsafe` mends {more} more." if more else "")


def _refuse(project: Project) -> int:
    report = Report(project.findings, project.sources, color=color())
    show(report)
    say(f"{tally(report)}: nothing was written.")
    return exit_code(project.findings)
