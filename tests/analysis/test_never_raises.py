"""Whatever stands in the functions folder, reading it raises nothing, and what is said points into the files."""

from __future__ import annotations

import ast
import json
import sysconfig
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from convexgen.diagnostics import Diagnostic
from convexgen.plan import compile_ir, plan
from convexgen.settings import PythonOutput, Settings, SpecOutput, TypeScriptOutput
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile, Span
from tests.fixtures.projects import FIXTURE_PROJECTS
from tests.strategies.mangling import mangled
from tests.strategies.module_text import PACKAGE
from tests.strategies.programs import programs

ALL_OUTPUTS = Settings(
    PACKAGE,
    outputs=(
        TypeScriptOutput("ts"),
        TypeScriptOutput("one", file_type="ts", visibility="public"),
        PythonOutput("py"),
        SpecOutput("ir.json", "ir"),
        SpecOutput("functions.json", "function-spec"),
        SpecOutput("schema.json", "schema"),
    ),
)
NOT_READ = ("site-packages", "test", "tests", "idlelib", "lib2to3")
"""Left out of the standard library for the sake of time; the tests among them are two thirds of it."""

quickly = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@cache
def fixture_sources() -> tuple[tuple[str, tuple[SourceFile, ...]], ...]:
    """The functions folder of each fixture, with its sources."""
    return tuple(
        (
            project.source,
            tuple(
                SourceFile.of(path.relative_to(project.root).as_posix(), path.read_bytes())
                for path in sorted((project.root / project.source).rglob("*.py"))
                if "_generated" not in path.parts and not path.name.startswith("test_")
            ),
        )
        for project in FIXTURE_PROJECTS
    )


@st.composite
def mangled_projects(draw: st.DrawFn) -> tuple[Snapshot, Settings]:
    """A fixture or a generated program in which some files are not what they were."""
    if draw(st.booleans()):
        program = draw(programs())
        folder, sources = PACKAGE, program.snapshot().sources
    else:
        folder, sources = draw(st.sampled_from(fixture_sources()))
    changed = list(sources)
    for index in draw(st.lists(st.sampled_from(range(len(sources))), min_size=1, max_size=3, unique=True)):
        text = draw(mangled(changed[index].content.decode()))
        note(f"### {changed[index].path}\n{text}")
        changed[index] = SourceFile.of(changed[index].path, text.encode("utf-8", "surrogatepass"))
    return Snapshot(tuple(changed), {}), Settings(folder, outputs=ALL_OUTPUTS.outputs)


def test_the_whole_standard_library() -> None:
    root = Path(sysconfig.get_path("stdlib"))
    paths = [path for path in sorted(root.rglob("*.py")) if not set(path.relative_to(root).parts) & set(NOT_READ)]
    sources = tuple(SourceFile.of(f"lib/{path.relative_to(root).as_posix()}", path.read_bytes()) for path in paths)
    assert len(sources) > 400
    snapshot = Snapshot(sources, {})
    program, findings = compile_ir(snapshot, Settings("lib"))
    assert program is None  # there is no table and no function in it
    check_places(findings, snapshot, "lib")


@quickly
@given(mangled_projects())
def test_anything(project: tuple[Snapshot, Settings]) -> None:
    snapshot, chosen = project
    planned = plan(snapshot, chosen)
    check_places(planned.diagnostics, snapshot, chosen.source)
    assert plan(snapshot, chosen) == planned
    if any(each.stops_generation for each in planned.diagnostics):
        assert planned.changes == ()
    else:
        assert planned.changes
    for change in planned.changes:
        assert change.after is not None
        if change.path.endswith(".py"):
            ast.parse(change.after)
        elif change.path.endswith(".json"):
            json.loads(change.after)


def check_places(findings: tuple[Diagnostic, ...], snapshot: Snapshot, folder: str) -> None:
    """That every label of every finding lies inside a file, or is about a file, or about the whole project."""
    lines = {source.path: source.content.splitlines() for source in snapshot.sources}
    for each in findings:
        for label in (each.primary, *each.secondary):
            assert label.span.path in lines or label.span == Span(folder), each
            if label.span.line:
                check_span(label.span, lines[label.span.path])


def check_span(span: Span, lines: list[bytes]) -> None:
    assert (span.line, span.column) <= (span.end_line, span.end_column), span
    for line, column in ((span.line, span.column), (span.end_line, span.end_column)):
        text = lines[line - 1].decode("utf-8", "replace") if line <= len(lines) else ""
        assert 1 <= line <= max(len(lines), 1), span
        assert 1 <= column <= len(text) + 1, (span, text)
