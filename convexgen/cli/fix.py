"""`convexgen fix`: mend what has an obvious mend in the functions' own source, then say what is left to do by hand.

It ends as `check` would: with 1 as long as an error is left. With `--diff`, where nothing is written, also if anything
would be mended.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from convexgen.apply import ApplyError, apply
from convexgen.cli.kept import known_sources
from convexgen.cli.project import Project, open_project, refuse_project
from convexgen.cli.streams import CLEAN, FINDINGS, color, count, exit_code, say, show, tally
from convexgen.diagnostics import Diagnostic, Rule
from convexgen.discover import discover
from convexgen.fix import Fixed
from convexgen.fix import fix as mend
from convexgen.report import Report
from convexgen.report.patch import patch
from convexgen.selection import is_chosen
from convexgen.snapshot import Plan


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks of `fix`. `select`, None for everything, and `ignore` say what is to be mended."""

    diff: bool = False
    unsafe: bool = False
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()

    def want(self, rule: Rule) -> bool:
        return is_chosen(rule, self.select, self.ignore)


def fix(directory: Path, overrides: dict[str, str], wishes: Wishes) -> int:
    project = open_project(directory, overrides)
    if project.settings is None:
        return refuse_project(project)
    settings = replace(
        project.settings,
        select=project.settings.select if wishes.select is None else wishes.select,
        ignore=(*project.settings.ignore, *wishes.ignore),
    )
    known = known_sources(project.root)
    fixed = mend(discover(project.root, settings), settings, unsafe=wishes.unsafe, wanted=wishes.want, known=known)
    left = (_with_offer(each) if each in fixed.offered else each for each in fixed.remaining)
    told = (*project.findings, *left)
    report = Report(told, project.contents(fixed.snapshot.sources), color=color())
    rest = f"{tally(report)} left{_offer(fixed)}." if told else ""
    if wishes.diff:
        _show_diff(fixed)
        say(f"would mend {_amount(fixed)}; nothing was written.{rest and f' {rest}'}")
        return exit_code(told) or (FINDINGS if fixed.changes else CLEAN)
    try:
        apply(Plan((), fixed.changes), project.root)
    except ApplyError as error:
        return refuse_project(Project(project.root, None, (error.diagnostic,)))
    for finding, kind in fixed.mended:
        place, consent = finding.primary.span, " (unsafe)" if kind == "unsafe" else ""
        sys.stdout.write(f"mended {place.path}:{place.line} {finding.rule.name}{consent}\n")
    show(report)
    say(f"mended {_amount(fixed)}{f'; {rest}' if rest else '.'}")
    return exit_code(told)


def _with_offer(finding: Diagnostic) -> Diagnostic:
    """A finding that says that there is a mend for whoever consents."""
    advice = f"{finding.help}; " if finding.help else ""
    return replace(finding, help=f"{advice}`--unsafe` mends it")


def _show_diff(fixed: Fixed) -> None:
    """For people as every diff is shown; otherwise to the byte, so that `git apply` can read it."""
    if color():
        show(Report((), changes=fixed.changes, diff="full", color=True))
    else:
        sys.stdout.write(patch(fixed.changes, "full"))


def _amount(fixed: Fixed) -> str:
    if not fixed.mended:
        return "nothing"
    unsafe = sum(kind == "unsafe" for _, kind in fixed.mended)
    some = f" ({unsafe} unsafe)" if unsafe else ""
    return f"{count(len(fixed.mended), 'finding')}{some} in {count(len(fixed.changes), 'file')}"


def _offer(fixed: Fixed) -> str:
    return f", of which `--unsafe` mends {len(fixed.offered)}" if fixed.offered else ""
