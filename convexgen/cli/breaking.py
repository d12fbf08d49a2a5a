"""`convexgen breaking`: what deployed clients and stored documents will notice of the changes since a baseline."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from convexgen.analysis.places import places
from convexgen.baselines import BaselineError, read_baseline
from convexgen.breaking.allowances import Allowance, read_allowances
from convexgen.breaking.changes import Change, Impact
from convexgen.breaking.compare import Baseline, compare
from convexgen.breaking.findings import Measures, Told, tell
from convexgen.cli.project import Project, open_project
from convexgen.cli.streams import UNREADABLE, color, exit_code, say, show, waiting
from convexgen.diagnostics import Diagnostic, in_order
from convexgen.discover import discover, repository_prefix
from convexgen.ir import Ir
from convexgen.plan import compile_ir
from convexgen.project_files import PYPROJECT
from convexgen.report import Report
from convexgen.settings import Settings
from convexgen.settings_file import SECTION
from convexgen.snapshot import Snapshot
from convexgen.source import Span
from convexgen.toml_places import place_of

FailOn = Literal["breaking", "dangerous", "any"]
_THRESHOLDS: Mapping[FailOn, Impact] = {
    "breaking": Impact.BREAKING,
    "dangerous": Impact.DANGEROUS,
    "any": Impact.SAFE,
}


def today() -> date:
    """The day on which allowances are judged, everywhere the same."""
    return datetime.now(UTC).date()


def breaking(directory: Path, against: str, fail_on: FailOn, output_format: str) -> int:
    """1 with a change as bad as `fail_on` or worse, 2 if nothing could be compared."""
    project = open_project(directory, {})
    if project.settings is None:
        return _failed(project, project.findings, None, against, output_format)
    with waiting("comparing"):
        snapshot = discover(project.root, project.settings)
        program, findings = compile_ir(snapshot, project.settings)
        if program is None:
            return _failed(project, findings, snapshot, against, output_format)
        try:
            baseline = read_baseline(against, project.root, Path.cwd(), os.environ)
        except BaselineError as error:
            return _failed(project, (error.diagnostic,), snapshot, against, output_format)
    return tell_changes(project, project.settings, snapshot, program, baseline, fail_on, output_format)


def tell_changes(
    project: Project,
    settings: Settings,
    snapshot: Snapshot,
    program: Ir,
    baseline: Baseline,
    fail_on: FailOn,
    output_format: str = "text",
) -> int:
    """Tell what has changed in `program`, which is that of the snapshot; 1 with a change as bad as `fail_on`."""
    changes = compare(baseline, program)
    told, mistakes = _tell(project, settings, snapshot, changes, baseline, _measures(settings, fail_on))
    found = in_order([*told.diagnostics, *mistakes])
    show(_report(project, found, snapshot), output_format)
    say(_summary(told, baseline))
    return exit_code(found)


def _failed(
    project: Project, findings: tuple[Diagnostic, ...], snapshot: Snapshot | None, against: str, output_format: str
) -> int:
    """Whatever kept the programs from being compared, it never reads as though there were no changes."""
    show(_report(project, findings, snapshot), output_format)
    say(f"The program could not be compared with `{against}`.")
    return UNREADABLE


def _report(project: Project, findings: tuple[Diagnostic, ...], snapshot: Snapshot | None) -> Report:
    contents = project.contents(snapshot.sources if snapshot is not None else ())
    return Report(findings, contents, color=color(), prefix=repository_prefix(project.root))


def _measures(settings: Settings, fail_on: FailOn) -> Measures:
    severities = {rule: Impact[severity.upper()] for rule, severity in settings.breaking.severities}
    return Measures(today(), _THRESHOLDS[fail_on], severities)


def _tell(
    project: Project,
    settings: Settings,
    snapshot: Snapshot,
    changes: tuple[Change, ...],
    baseline: Baseline,
    measures: Measures,
) -> tuple[Told, tuple[Diagnostic, ...]]:
    """The findings about changes, and those about comments that should permit some and cannot be read."""
    text = project.sources.get(PYPROJECT, b"").decode("utf-8")
    comments, mistakes = read_allowances(snapshot.sources)
    known: dict[str, Span] = {}
    if changes:
        known = {**places(snapshot.sources, settings.source, settings.naming)}
        known["naming"] = place_of(PYPROJECT, text, (*SECTION, "naming"))
    allowances = (*comments, *_allowed_by_settings(settings, text))
    return tell(changes, baseline.title, known, measures, allowances), mistakes


def _allowed_by_settings(settings: Settings, text: str) -> tuple[Allowance, ...]:
    return tuple(
        Allowance(
            each.rule,
            each.until,
            each.reason,
            place_of(PYPROJECT, text, (*SECTION, "breaking", "allow", position, "change")),
            each.change,
        )
        for position, each in enumerate(settings.breaking.allow)
    )


def _summary(told: Told, baseline: Baseline) -> str:
    counts = [(told.changes[impact], impact.word) for impact in sorted(Impact, reverse=True)]
    listed = ", ".join(f"{number} {word}" for number, word in counts if number)
    what = f"{listed} {'change' if told.changes.total() == 1 else 'changes'}" if listed else "no changes"
    said = f"{what} since `{baseline.title}`"
    if told.allowed:
        said += f"; {told.allowed} allowed"
    if baseline.precision == "validators":
        said += ". Only functions and routes were compared: tables, limits and defaults are not known of it"
    return f"{said}."
