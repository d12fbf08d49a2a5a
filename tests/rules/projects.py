"""Runs the example of a page as `convexgen check` would, on disk, and gives what is found; or imports it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

from convexgen.analysis.places import places
from convexgen.apply import apply
from convexgen.breaking.allowances import read_allowances
from convexgen.breaking.changes import Impact
from convexgen.breaking.compare import Baseline, compare
from convexgen.breaking.findings import Measures
from convexgen.breaking.findings import tell as tell_changes
from convexgen.cli.project import read_project
from convexgen.dev.two_readings import differences
from convexgen.diagnostics import Diagnostic, in_order
from convexgen.discover import discover, missing_source
from convexgen.ir import Ir
from convexgen.plan import compile_ir, plan
from convexgen.project_files import PYPROJECT
from convexgen.report.drift import drift
from convexgen.runtime.reflect import reflect
from convexgen.selection import judged_by_plan, mistakes, tell
from convexgen.settings import Settings
from convexgen.source import SourceFile
from convexgen.toml_places import place_of
from convexgen.typecheck.mypy_process import typecheck
from tests.oracle.importing import imported
from tests.rules.pages import File

TODAY = date(2026, 1, 1)
_SECONDS = count(1_500_000_000)
"""All pages share what mypy remembers, and it takes files of one name, size and second for the same."""


def findings(root: Path, files: Iterable[File]) -> tuple[Diagnostic, ...]:
    """All that is to be said of the project that `files` make up in the empty folder `root`."""
    files = tuple(files)
    later = [file for file in files if file.is_later]
    _write(root, (file for file in files if not file.is_later))
    if later:
        _generate(root)
        _write(root, later)
    return _check(root, with_drift=bool(later), with_types=any("typed" in file.words for file in files))


def changes(root: Path, files: Iterable[File]) -> tuple[Diagnostic, ...]:
    """What `convexgen breaking` says of the `later` ones of `files`, safe changes too."""
    files = tuple(files)
    _write(root, (file for file in files if not file.is_later))
    before, _, _ = _compiled(root)
    _write(root, (file for file in files if file.is_later))
    after, sources, settings = _compiled(root)
    allowances, mistaken = read_allowances(sources)
    known = {**places(sources, settings.source, settings.naming)}
    if (root / PYPROJECT).exists():
        toml = (root / PYPROJECT).read_text(encoding="utf-8")
        known["naming"] = place_of(PYPROJECT, toml, ("tool", "convexgen", "naming"))
    found = compare(Baseline(before, "main"), after)
    told = tell_changes(found, "main", known, Measures(TODAY, Impact.SAFE), allowances)
    return in_order([*told.diagnostics, *mistaken])


def _compiled(root: Path) -> tuple[Ir, tuple[SourceFile, ...], Settings]:
    project = read_project(root, {})
    assert project.settings is not None, project.findings
    snapshot = discover(root, project.settings)
    program, found = compile_ir(snapshot, project.settings)
    assert program is not None, found
    return program, snapshot.sources, project.settings


def misreadings(root: Path, files: Iterable[File]) -> list[str]:
    """Where the project that `files` make up is another one when it is imported than when it is read."""
    files = tuple(files)
    _write(root, (file for file in files if not file.is_later))
    _write(root, (file for file in files if file.is_later))
    project = read_project(root, {})
    if project.settings is None or missing_source(root, project.settings):
        return []
    snapshot = discover(root, project.settings)
    read, found = compile_ir(snapshot, project.settings)
    if read is None:
        return [finding.message for finding in found]
    with imported(root, project.settings.source, snapshot) as modules:
        return differences(read, reflect(modules, project.settings.naming))


def _write(root: Path, files: Iterable[File]) -> None:
    for file in files:
        path = root / file.path
        if "deleted" in file.words:
            path.unlink()
        elif file.text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text(encoding="utf-8") if "appended" in file.words else ""
            path.write_text(before + file.text, encoding="utf-8", newline="\n")
            second = next(_SECONDS)
            os.utime(path, (second, second))


def _generate(root: Path) -> None:
    project = read_project(root, {})
    assert project.settings is not None
    planned = plan(discover(root, project.settings), project.settings)
    assert planned.changes
    apply(planned, root)


def _check(root: Path, *, with_drift: bool, with_types: bool) -> tuple[Diagnostic, ...]:
    project = read_project(root, {})
    if project.settings is None:
        return project.findings
    if missing := missing_source(root, project.settings):
        return (*project.findings, missing)
    snapshot = discover(root, project.settings)
    everything = replace(project.settings, select=project.settings.select or ("ALL",))
    planned = plan(snapshot, everything)
    out_of_date = drift(planned.changes, "run `convexgen generate`") if with_drift else ()
    # mypy remembers the packages that all pages use
    of_mypy = typecheck(root, project.settings, root.parent / "mypy") if with_types else ()
    found = (*project.findings, *planned.diagnostics, *of_mypy, *out_of_date, *mistakes(snapshot.sources))
    return tell(found, snapshot.sources, everything, judged_by_plan(planned.diagnostics))
