"""A small compiler in place of the real one, so that tests of the commands can state whole outputs.

Each source becomes one file with a marked first line. A source line `ERROR`, `WARNING` or `SYNTAX` is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from convexgen.diagnostics import Diagnostic, Label, Rule, Severity
from convexgen.rules.reading import SYNTAX_ERROR
from convexgen.settings import Settings
from convexgen.snapshot import FileChange, Plan, Snapshot
from convexgen.source import SourceFile, Span

MARK = "// made\n"
RULES = {
    "ERROR": Rule("an-error", "CG201", "a mistake"),
    "WARNING": Rule("a-warning", "CG601", "a habit", severity=Severity.WARNING),
    "SYNTAX": SYNTAX_ERROR,
}


def plan_with_memory(
    root: Path, snapshot: Snapshot, settings: Settings, *, alone: bool = False, advice: bool = True
) -> Plan:
    """As `plan`, for the commands that make only one."""
    del root, alone, advice
    return plan(snapshot, settings)


def plan(snapshot: Snapshot, settings: Settings, memory: object = None) -> Plan:
    del memory
    found = tuple(finding for source in snapshot.sources for finding in findings(source))
    if any(finding.severity is Severity.ERROR for finding in found):
        return Plan(found)
    folder = settings.all_outputs[0].path
    wanted = {f"{folder}/{source.path.split('/')[-1][:-3]}.js": text(source) for source in snapshot.sources}
    present = {path: content.decode() for path, content in snapshot.outputs.items()}
    changes = [
        FileChange(path, present.get(path), after) for path, after in wanted.items() if present.get(path) != after
    ]
    changes += [
        FileChange(path, before, None)
        for path, before in present.items()
        if path not in wanted and before.startswith(MARK)
    ]
    return Plan(found, tuple(changes), len(wanted), functions=3, tables=1)


def text(source: SourceFile) -> str:
    return MARK + source.content.decode()


def findings(source: SourceFile) -> Iterator[Diagnostic]:
    for number, line in enumerate(source.content.decode().split("\n"), 1):
        if line in RULES:
            yield Diagnostic(
                RULES[line], f"this says {line}", Label(Span(source.path, number, 1, number, len(line) + 1))
            )
