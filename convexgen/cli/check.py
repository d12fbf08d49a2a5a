"""`convexgen check`: everything that `generate` would say and do, and what mypy says, without writing anything.

`--add-ignore` alone writes: the comments after which nothing more of this is said. With `--against-index` all that is
looked at is what is staged.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from convexgen.apply import ApplyError, apply
from convexgen.cli.kept import keep_clean_run, load_compiler, plan_with_memory
from convexgen.cli.project import Project, open_project_beside
from convexgen.cli.streams import CLEAN, FINDINGS, color, count, exit_code, say, show, tally, waiting
from convexgen.diagnostics import Diagnostic
from convexgen.discover import cache_folder, discover, repository_prefix
from convexgen.report import DiffMode, Report
from convexgen.report.drift import DRIFT, drift, rule_of
from convexgen.rules.tool import MISSING_OUTPUT, ORPHAN_OUTPUT, STALE_OUTPUT
from convexgen.selection import Judged, add_ignores, judged_by_plan, judged_by_types, mistakes, tell
from convexgen.settings import Settings
from convexgen.snapshot import Plan, Snapshot
from convexgen.source import SourceFile

if TYPE_CHECKING:
    from convexgen.cli.staged import Staged
    from convexgen.typecheck.mypy_process import TypeCheck
    from convexgen.typecheck.unchanged import Verdict

_KINDS = {STALE_OUTPUT: "stale", MISSING_OUTPUT: "missing", ORPHAN_OUTPUT: "left over"}

_PATIENCE = 0.5
"""Seconds to wait for mypy before saying that we do."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks of a check. `generate` is the command line that brings the outputs up to date."""

    generate: str
    types: bool = True
    output_format: str = "text"
    diff: DiffMode = "short"
    statistics: bool = False
    quiet: bool = False
    exit_zero: bool = False
    add_ignore: bool = False
    against_index: bool = False


class _Found(NamedTuple):
    """A project as it was found. `verdict` is None where mypy was not asked, or could not have been.

    `sure` is a verdict without findings that may be remembered.
    """

    snapshot: Snapshot
    plan: Plan
    verdict: tuple[Diagnostic, ...] | None
    sure: Verdict | None = None


def check(directory: Path, overrides: dict[str, str], wishes: Wishes, early: TypeCheck | None = None) -> int:
    """The command. `early` is what mypy has begun to check, in the belief that it is this project."""
    project, staged = _open(directory, overrides, wishes)
    if project.settings is None:
        report = _report(project, project.findings, (), wishes)
        return _end(report, f"{tally(report)}: nothing was checked.", wishes)
    found = _look_at_staged(staged, wishes) if staged else _look(project, project.settings, wishes, early)
    remedy = staged.remedy(wishes.generate, found.plan.changes) if staged else f"run `{wishes.generate}`"
    told = _tell(project, project.settings, found, remedy)
    if wishes.add_ignore:
        return _add_ignores(project, found, told, wishes)
    told = _once(told)
    if staged:
        told = tuple(staged.with_advice(finding) for finding in told)
    report = _report(project, told, found.snapshot.sources, wishes, found.plan)
    summary = _summary(report, found.plan, remedy if staged else f"{remedy} and commit the result")
    if not told and not staged and (found.sure or not wishes.types) and wishes.output_format == "text":
        said = "" if wishes.quiet else summary
        keep_clean_run(directory, project.root, project.settings, found.snapshot, said, found.sure)
    return _end(report, summary, wishes)


def _open(directory: Path, overrides: dict[str, str], wishes: Wishes) -> tuple[Project, Staged | None]:
    if not wishes.against_index:
        return open_project_beside(directory, overrides, load_compiler), None
    from convexgen.cli.staged import Staged, open_staged  # noqa: PLC0415 - git, for those who ask for it

    opened = open_staged(directory, overrides)
    return (opened.project, opened) if isinstance(opened, Staged) else (opened, None)


def _look(project: Project, settings: Settings, wishes: Wishes, early: TypeCheck | None) -> _Found:
    if not wishes.types:
        return _Found(*_plan(project, settings, alone=False), None)
    with _type_check(project.root, settings, early) as run:
        snapshot, planned = _plan(project, settings, alone=True)  # mypy takes longer: it has the other processor
        verdict = _verdict(run, snapshot, planned)
        is_sure = verdict == () and discover(project.root, settings) == snapshot
        return _Found(snapshot, planned, verdict, run.to_remember() if is_sure else None)


def _look_at_staged(staged: Staged, wishes: Wishes) -> _Found:
    """What mypy says is asked for only where the work tree, which it sees, is what is staged."""
    snapshot, settings, root = staged.snapshot, staged.settings, staged.project.root
    verdict = None
    if wishes.types and not staged.hinders_types:
        with _type_check(root, settings) as run:
            planned = plan_with_memory(root, snapshot, settings, alone=True)
            verdict = _verdict(run, snapshot, planned)
    else:
        planned = plan_with_memory(root, snapshot, settings)
        if wishes.types:
            say(f"types were not checked: `{staged.hinders_types}` is not staged as it lies in the work tree.")
    if verdict:
        verdict = tuple(finding for finding in verdict if staged.is_staged(finding))
    planned, ignored = staged.to_commit(planned)
    if ignored:
        say(f"{count(ignored, 'generated file')} not looked for: git ignores them.")
    return _Found(snapshot, planned, verdict)


def _type_check(root: Path, settings: Settings, early: TypeCheck | None = None) -> TypeCheck:
    if early is None or not early.is_of(root, settings):
        from convexgen.typecheck.mypy_process import TypeCheck  # noqa: PLC0415 - only for those who check types

        return TypeCheck.start(root, settings, cache_folder(root, os.environ) / "mypy")
    return early


def _plan(project: Project, settings: Settings, *, alone: bool) -> tuple[Snapshot, Plan]:
    snapshot = discover(project.root, settings)
    return snapshot, plan_with_memory(project.root, snapshot, settings, alone=alone)


def _verdict(run: TypeCheck, snapshot: Snapshot, planned: Plan) -> tuple[Diagnostic, ...] | None:
    """What mypy finds, unless they would only repeat that a file is not Python or that there is none."""
    if not snapshot.sources or any(finding.rule.unreadable for finding in planned.diagnostics):
        return None
    if run.finished(_PATIENCE):
        return run.verdict()
    with waiting("checking types"):
        return run.verdict()


def _tell(project: Project, settings: Settings, found: _Found, remedy: str) -> tuple[Diagnostic, ...]:
    """Of everything that was found, what is wanted."""
    sources = found.snapshot.sources
    everything = (
        *project.findings,
        *found.plan.diagnostics,
        *(found.verdict or ()),
        *drift(found.plan.changes, remedy),
        *mistakes(sources),
    )
    return tell(everything, sources, settings, _judged(found))


def _once(told: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """What is told, without what mypy says as well as a rule."""
    if not told:
        return told
    from convexgen.typecheck.repetitions import told_once  # noqa: PLC0415 - only where there is something to tell

    return told_once(told)


def _judged(found: _Found) -> Judged:
    by_plan, by_types = judged_by_plan(found.plan.diagnostics), judged_by_types(found.verdict)
    return lambda rule: by_plan(rule) or by_types(rule)


def _add_ignores(project: Project, found: _Found, told: tuple[Diagnostic, ...], wishes: Wishes) -> int:
    """Write comments for what is told now, and tell what there can be none for.

    Where a rule and mypy find the same, both are ignored: mypy would speak up for the rule that no longer does.
    """
    added = add_ignores(told, found.snapshot.sources)
    try:
        apply(Plan((), added.changes), project.root)
    except ApplyError as error:
        report = _report(project, (error.diagnostic,), (), wishes)
        return _end(report, f"{tally(report)}: nothing was written.", wishes)
    report = _report(project, _once(added.left), found.snapshot.sources, wishes)
    left = f"; {tally(report)} left" if added.left else ""
    written = f"{count(added.comments, 'comment')} in {count(len(added.changes), 'file')}"
    return _end(report, f"{f'wrote {written}' if added.changes else 'nothing to ignore'}{left}.", wishes)


def _report(
    project: Project,
    told: tuple[Diagnostic, ...],
    sources: tuple[SourceFile, ...],
    wishes: Wishes,
    planned: Plan | None = None,
) -> Report:
    """What is told; of the changes only those that are."""
    paths = {finding.primary.span.path for finding in told if finding.rule in DRIFT}
    changes = tuple(change for change in planned.changes if change.path in paths) if planned else ()
    return Report(
        told,
        project.contents(sources),
        changes,
        wishes.diff,
        planned.files if planned else 0,
        color(),
        repository_prefix(project.root),
        wishes.statistics,
    )


def _end(report: Report, summary: str, wishes: Wishes) -> int:
    show(report, wishes.output_format)
    if not wishes.quiet:
        say(summary)
    code = exit_code(report.diagnostics)
    return CLEAN if wishes.exit_zero and code == FINDINGS else code


def _summary(report: Report, planned: Plan, remedy: str) -> str:
    findings = Report(tuple(finding for finding in report.diagnostics if finding.rule not in DRIFT))
    said = f"{tally(findings)}. " if findings.diagnostics else ""
    if any(finding.stops_generation for finding in planned.diagnostics):
        return f"{said}The generated files could not be compared."
    files = count(planned.files, "generated file")
    if not planned.changes:
        return f"{said}{files} up to date."
    if not report.changes:
        return f"{said}{len(planned.changes)} of {files} out of date, which is ignored."
    kinds = Counter(_KINDS.get(rule_of(change), "edited") for change in report.changes)
    listed = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    return f"{said}{listed} of {files}: {remedy}."
