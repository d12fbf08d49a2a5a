"""`convexgen spec`: the program as JSON on standard output, for other tools."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from convexgen.cli.project import open_project
from convexgen.cli.streams import color, exit_code, say, show, tally
from convexgen.discover import discover
from convexgen.emit.spec import render
from convexgen.plan import compile_ir
from convexgen.report import Report
from convexgen.report import render as render_report
from convexgen.selection import tell_writers
from convexgen.settings import SpecFormat


def spec(directory: Path, overrides: dict[str, str], form: SpecFormat) -> int:
    """Standard output holds the document and nothing else; where there can be none, it holds the findings."""
    project = open_project(directory, overrides)
    found, sources, ir = project.findings, project.sources, None
    if project.settings is not None:
        snapshot = discover(project.root, project.settings)
        ir, diagnostics = compile_ir(snapshot, project.settings)
        found = tell_writers((*found, *diagnostics), snapshot.sources, project.settings)
        sources = project.contents(snapshot.sources)
    report = Report(found, sources)
    if ir is None:
        show(replace(report, color=color()))
        say(f"{tally(report)}: there is no specification of this.")
        return exit_code(found)
    sys.stderr.write(render_report(report, "text"))
    sys.stdout.write(render(ir, form))
    return exit_code(found)
