"""`convexgen check`: everything that `generate` would say and do, and what mypy says, without writing anything."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from convexgen.cli.kept import keep_clean_run, plan_with_memory
from convexgen.cli.project import Project, open_project
from convexgen.cli.streams import color, count, exit_code, say, show, tally, waiting
from convexgen.diagnostics import Diagnostic, in_order
from convexgen.discover import cache_folder, discover
from convexgen.report import DiffMode, Report
from convexgen.report.drift import drift, rule_of
from convexgen.rules.tool import MISSING_OUTPUT, ORPHAN_OUTPUT, STALE_OUTPUT
from convexgen.settings import Settings
from convexgen.snapshot import Plan, Snapshot
from convexgen.typecheck import TypeCheck

_KINDS = {STALE_OUTPUT: "stale", MISSING_OUTPUT: "missing", ORPHAN_OUTPUT: "left over"}

_PATIENCE = 0.5
"""Seconds to wait for mypy before saying that we do."""


def check(
    directory: Path, overrides: dict[str, str], *, types: bool, output_format: str, diff: DiffMode, remedy: str
) -> int:
    """`remedy` is the command line that brings the outputs up to date."""
    project = open_project(directory, overrides)
    if project.settings is None:
        show(Report(project.findings, project.sources, color=color()), output_format)
        say(f"{tally(Report(project.findings))}: nothing was checked.")
        return exit_code(project.findings)
    if types:
        with TypeCheck.start(project.root, project.settings, cache_folder(project.root, os.environ) / "mypy") as run:
            snapshot, planned = _plan(project, project.settings)
            verdict = _verdict(run, snapshot, planned)
    else:
        snapshot, planned = _plan(project, project.settings)
        verdict = ()
    found = (*project.findings, *planned.diagnostics, *verdict, *drift(planned.changes, remedy))
    sources = {**project.sources, **{source.path: source.content for source in snapshot.sources}}
    report = Report(in_order(list(found)), sources, planned.changes, diff, planned.files, color())
    show(report, output_format)
    summary = _summary(report, planned, verdict, remedy)
    say(summary)
    if not found and not types and output_format == "text":
        keep_clean_run(directory, project.root, project.settings, snapshot, summary)
    return exit_code(found)


def _plan(project: Project, settings: Settings) -> tuple[Snapshot, Plan]:
    snapshot = discover(project.root, settings)
    return snapshot, plan_with_memory(project.root, snapshot, settings)


def _verdict(run: TypeCheck, snapshot: Snapshot, planned: Plan) -> tuple[Diagnostic, ...]:
    """What mypy finds, unless they would only repeat that a file is not Python or that there is none."""
    if not snapshot.sources or any(finding.rule.unreadable for finding in planned.diagnostics):
        return ()
    if run.finished(_PATIENCE):
        return run.verdict()
    with waiting("checking types"):
        return run.verdict()


def _summary(report: Report, planned: Plan, verdict: tuple[Diagnostic, ...], remedy: str) -> str:
    findings = Report(tuple(finding for finding in report.diagnostics if finding.rule.code[:3] != "CG5"))
    said = f"{tally(findings)}. " if findings.diagnostics else ""
    if any(finding.stops_generation for finding in planned.diagnostics):
        return f"{said}The generated files could not be compared."
    if not planned.changes:
        return f"{said}{count(planned.files, 'generated file')} up to date."
    kinds = Counter(_KINDS.get(rule_of(change), "edited") for change in planned.changes)
    listed = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    return f"{said}{listed} of {count(planned.files, 'generated file')}: run `{remedy}` and commit the result."
