"""Writes the comments that ignore what is told now, so that a project with many findings can begin to be checked.

Nothing else of a file changes, to the byte. A comment goes behind the first line of what it is about if anything can
stand there, joins one that ignores already, and comes after any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from convexgen.diagnostics import Diagnostic
from convexgen.selection.comments import Suppression, read_suppressions
from convexgen.selection.lines import BYTE_ORDER_MARK, Lines, decoded, read_lines, split
from convexgen.selection.selectors import can_be_ignored
from convexgen.snapshot import FileChange
from convexgen.source import SourceFile, Span


@dataclass(frozen=True, slots=True)
class Added:
    """The sources with comments added, how many were, and the findings that no comment could be written for."""

    changes: tuple[FileChange, ...]
    comments: int
    left: tuple[Diagnostic, ...]


def add_ignores(told: Sequence[Diagnostic], sources: Iterable[SourceFile]) -> Added:
    """Comments for everything in `told` that can be ignored and has a place in one of `sources`."""
    by_path: dict[str, list[Diagnostic]] = {}
    for finding in told:
        if can_be_ignored(finding.rule) and finding.primary.span.line:
            by_path.setdefault(finding.primary.span.path, []).append(finding)
    changes: list[FileChange] = []
    ignored: set[Diagnostic] = set()
    comments = 0
    for source in sources:
        names = _names_by_line(source, by_path.get(source.path, []), ignored)
        if names:
            before = source.content.decode("utf-8")
            changes.append(FileChange(source.path, before, _with_comments(source, before, names)))
            comments += len(names)
    return Added(tuple(changes), comments, tuple(finding for finding in told if finding not in ignored))


def _names_by_line(
    source: SourceFile, findings: Sequence[Diagnostic], ignored: set[Diagnostic]
) -> Mapping[int, list[str]]:
    """What to ignore on which line. Notes in `ignored` the findings for which there is one."""
    lines = _lines(source) if findings else None
    names: dict[int, list[str]] = {}
    for finding in findings:
        line = _place(finding.primary.span, lines) if lines else None
        if line is not None:
            ignored.add(finding)
            here = names.setdefault(line, [])
            if finding.rule.name not in here:
                here.append(finding.rule.name)
    return names


def _lines(source: SourceFile) -> Lines | None:
    """None where the file is not Python, or would not come back to the byte from UTF-8."""
    text = decoded(source.content)
    if text is None or text.encode() != source.content:
        return None
    return read_lines(text)


def _place(span: Span, lines: Lines) -> int | None:
    candidates = (span.line, span.end_line, lines.end(span.line), lines.end(span.end_line))
    return next((line for line in candidates if line not in lines.closed), None)


def _with_comments(source: SourceFile, text: str, names: Mapping[int, list[str]]) -> str:
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    found = read_suppressions(source)
    there = {each.span.line: each for each in (found.all if found else ()) if not each.whole_file}
    made = [
        _with_comment(line, names[number], there.get(number)) + end if number in names else line + end
        for number, (line, end) in enumerate(split(text.removeprefix(mark)), 1)
    ]
    return mark + "".join(made)


def _with_comment(line: str, names: Sequence[str], there: Suppression | None) -> str:
    if there is None:
        return f"{line.rstrip()}  # convexgen: ignore[{', '.join(names)}]"
    last = there.named[-1].span.end_column - 1
    return f"{line[:last]}, {', '.join(names)}{line[last:]}"
