"""`convexgen spec`: the program as JSON on standard output, for other tools."""

from __future__ import annotations

import sys
from pathlib import Path

from convexgen.cli.project import open_project
from convexgen.cli.streams import color, exit_code, say, show, tally
from convexgen.discover import discover
from convexgen.emit.spec import render
from convexgen.plan import compile_ir
from convexgen.report import Report
from convexgen.settings import SpecFormat


def spec(directory: Path, overrides: dict[str, str], form: SpecFormat) -> int:
    """Findings go to standard error here, so that standard output is either the document or nothing."""
    project = open_project(directory, overrides)
    found, sources, ir = project.findings, project.sources, None
    if project.settings is not None:
        snapshot = discover(project.root, project.settings)
        ir, diagnostics = compile_ir(snapshot, project.settings)
        found = (*found, *diagnostics)
        sources = {**sources, **{source.path: source.content for source in snapshot.sources}}
    if ir is None:
        report = Report(found, sources, color=color())
        show(report)
        say(f"{tally(report)}: there is no specification of this.")
        return exit_code(found)
    sys.stdout.write(render(ir, form))
    return exit_code(found)
