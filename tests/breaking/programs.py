"""Small programs to be compared, from texts to what is said about the change from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from convexgen.analysis.places import places
from convexgen.breaking.allowances import read_allowances
from convexgen.breaking.changes import Impact
from convexgen.breaking.compare import Baseline, compare
from convexgen.breaking.findings import Measures, Told, tell
from convexgen.diagnostics import Diagnostic, Severity, in_order
from convexgen.ir import Ir
from convexgen.naming import Naming
from convexgen.plan import compile_ir
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile, Span

PREAMBLE = """\
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from pydantic import BaseModel
from convexgen import *
"""
USERS = """
class User(Table, name="users"):
    name: str
"""
TODAY = date(2026, 1, 1)

Files = Mapping[str, str]
"""Source texts by their paths in the functions folder. They need not import what `PREAMBLE` does."""


class Compiled(NamedTuple):
    program: Ir
    sources: tuple[SourceFile, ...]


def compiled(files: Files, naming: Naming = "camel") -> Compiled:
    """A program that has no mistakes."""
    whole = {"schema.py": USERS, **files}
    sources = tuple(SourceFile.of(f"backend/{path}", f"{_head(path)}{whole[path]}".encode()) for path in sorted(whole))
    program, findings = compile_ir(Snapshot(sources, {}), Settings(naming=naming))
    assert program is not None, findings
    return Compiled(program, sources)


def _head(path: str) -> str:
    return PREAMBLE if path.startswith("schema") else f"{PREAMBLE}from .schema import *\n"


def told(
    old: Files,
    new: Files,
    fail_on: Impact = Impact.SAFE,
    namings: tuple[Naming, Naming] = ("camel", "camel"),
    severities: Mapping[str, Impact] | None = None,
) -> tuple[Told, tuple[SourceFile, ...], tuple[Diagnostic, ...]]:
    """What is told of the change from `old` to `new`; the new sources; what is told of comments."""
    before, after = compiled(old, namings[0]), compiled(new, namings[1])
    known = places(after.sources, "backend", namings[1])
    comments, mistakes = read_allowances(after.sources)
    changes = compare(Baseline(before.program, "main"), after.program)
    return tell(changes, "main", known, Measures(TODAY, fail_on, severities), comments), after.sources, mistakes


def output(old: Files, new: Files, **options: object) -> str:
    """All that is said, a finding after another, each with the text it points at."""
    found, sources, mistakes = told(old, new, **options)  # type: ignore[arg-type]
    texts = {source.path: source.content.decode().split("\n") for source in sources}
    return "\n".join(_shown(finding, texts) for finding in in_order([*found.diagnostics, *mistakes]))


def _shown(finding: Diagnostic, texts: Mapping[str, list[str]]) -> str:
    warning = " (warning)" if finding.severity is Severity.WARNING else ""
    head = f"{_where(finding.primary.span, texts)} {finding.rule.code} {finding.rule.name}{warning}: {finding.message}"
    labels = [f"    {label.text}: {_where(label.span, texts)}" for label in finding.secondary]
    said = [f"    {finding.primary.text}"] if finding.primary.text else []
    help_ = [f"    help: {line}" for line in (finding.help or "").split("\n") if line]
    return "\n".join([head, *said, *labels, *help_])


def _where(span: Span, texts: Mapping[str, list[str]]) -> str:
    path = span.path.removeprefix("backend/")
    if not span.line:
        return f"{path}:"
    line = texts[span.path][span.line - 1]
    end = span.end_column if span.end_line == span.line else len(line) + 1
    return f"{path}: ⟦{line[span.column - 1 : end - 1]}⟧"
