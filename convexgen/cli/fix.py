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
from convexgen.settings import Settings
from convexgen.snapshot import Plan


def fix(directory: Path, overrides: dict[str, str], *, diff: bool, unsafe: bool) -> int:
    project = open_project(directory, overrides)
    if project.settings is None:
        return _refuse(project)
    snapshot = discover(project.root, project.settings)
    fixed = mend(snapshot, project.settings, unsafe=unsafe)
    more = 0 if unsafe else len(mend(fixed.snapshot, project.settings, unsafe=True).mended)
    if diff:
        show(Report((), changes=fixed.changes, diff="full", color=color()))
        say(_summary(fixed, "would be mended", more, "; nothing was written"))
        return exit_code((*project.findings, *fixed.mended, *fixed.remaining))
    try:
        apply(Plan((), fixed.changes), project.root)
    except ApplyError as error:
        return _refuse(Project(project.root, None, (error.diagnostic,)))
    for finding in fixed.mended:
        place = finding.primary.span
        sys.stdout.write(f"mended {place.path}:{place.line} {finding.rule.name}\n")
    remaining = _reread(project, project.settings)
    show(remaining)
    say(_summary(fixed, "mended", more, f"; {tally(remaining)} left" if remaining.diagnostics else ""))
    return exit_code(remaining.diagnostics)


def _reread(project: Project, settings: Settings) -> Report:
    """What is to be said of the project as it now lies on disk."""
    snapshot = discover(project.root, settings)
    sources = {**project.sources, **{source.path: source.content for source in snapshot.sources}}
    return Report((*project.findings, *compile_ir(snapshot, settings)[1]), sources, color=color())


def _summary(fixed: Fixed, verb: str, more: int, end: str) -> str:
    said = f"{count(len(fixed.mended), 'finding')} {verb} in {count(len(fixed.changes), 'file')}{end}."
    return f"{said} With `--unsafe`, {more} more can be." if more else said


def _refuse(project: Project) -> int:
    report = Report(project.findings, project.sources, color=color())
    show(report)
    say(f"{tally(report)}: nothing was written.")
    return exit_code(project.findings)
