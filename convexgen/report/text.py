"""The report for people: one block for each finding, then the diff of what would change."""

from __future__ import annotations

from itertools import zip_longest

from convexgen.diagnostics import Diagnostic, Rule, Severity
from convexgen.report import Report
from convexgen.report.excerpt import Line, Style, excerpt, safe
from convexgen.report.patch import patch
from convexgen.source import Span

_ALIKE = 10
"""So many findings that say the same of whole files are shown: a project that was never generated has some fifty."""

_STYLES: dict[Style, str] = {
    "path": "bold",
    "error": "bold red",
    "warning": "bold yellow",
    "code": "bold",
    "gutter": "blue",
    "secondary": "blue",
    "help": "cyan",
    "added": "green",
    "removed": "red",
}


def render(report: Report) -> str:
    lines = _statistics(report) if report.statistics else _findings(report)
    if not report.color:
        return "".join("".join(text for _, text in line).rstrip() + "\n" for line in lines)
    return _painted(lines)


def _statistics(report: Report) -> list[Line]:
    width = max((len(str(number)) for _, number in report.by_rule), default=0)
    return [
        [
            ("plain", f"{number:>{width}}  "),
            (_style(rule), f"{rule.code} {rule.name}"),
            ("plain", f": {rule.summary}"),
        ]
        for rule, number in report.by_rule
    ]


def _findings(report: Report) -> list[Line]:
    """An empty line follows what takes several; findings about whole files stand close together."""
    lines: list[Line] = []
    diff = patch(report.changes, report.diff)
    alike = 0
    for finding, following in zip_longest(report.diagnostics, report.diagnostics[1:]):
        block = _finding(finding, report)
        if alike < _ALIKE:
            lines.extend(block)
        goes_on = following is not None and _is_alike(finding, following)
        if not goes_on and alike >= _ALIKE:
            lines.append([("plain", f"… and {alike + 1 - _ALIKE} more like it")])
        alike = alike + 1 if goes_on else 0
        if finding.help and not _will_repeat(finding, following):
            lines.append([("help", "  help: "), ("plain", safe(finding.help).replace("\n", "\n        "))])
        if len(block) > 1 and (following or diff):
            lines.append([])
    lines.extend(_diff_line(line) for line in diff.split("\n")[:-1])
    return lines


def _style(rule: Rule) -> Style:
    return "error" if rule.severity is Severity.ERROR else "warning"


def _finding(finding: Diagnostic, report: Report) -> list[Line]:
    style: Style = "error" if finding.severity is Severity.ERROR else "warning"
    note = "" if finding.severity is Severity.ERROR else " (warning)"
    head: Line = [("path", place(finding.primary.span))] if finding.primary.span.path else []
    head += [
        (style, f"{finding.rule.code} {finding.rule.name}{note}"),
        ("plain", f": {safe(finding.message)}"),
    ]
    return [head, *excerpt(finding.primary, finding.secondary, report.sources, style, report.columns)]


def _is_alike(finding: Diagnostic, following: Diagnostic) -> bool:
    """Whether two findings say the same, each about a whole file."""
    return not (finding.primary.span.line or following.primary.span.line) and (
        (finding.rule, finding.message, finding.help) == (following.rule, following.message, following.help)
    )


def _will_repeat(finding: Diagnostic, following: Diagnostic | None) -> bool:
    """Whether the next finding, about a whole file like this one, ends in the same advice, which is then given once."""
    return following is not None and not finding.primary.span.line and following.help == finding.help


def place(span: Span) -> str:
    """`path:line:column: `, as editors and terminals find it; a whole file has no line."""
    return f"{safe(span.path)}:{span.line}:{span.column}: " if span.line else f"{safe(span.path)}: "


def _diff_line(line: str) -> Line:
    if line.startswith(("--- ", "+++ ")):
        return [("code", line)]
    if line.startswith("@@"):
        return [("gutter", line)]
    style: Style = "added" if line.startswith("+") else "removed" if line.startswith("-") else "plain"
    return [(style, safe(line))]


def _painted(lines: list[Line]) -> str:
    from rich.color import ColorSystem  # noqa: PLC0415 - loaded by need
    from rich.style import Style as RichStyle  # noqa: PLC0415

    styles = {name: RichStyle.parse(definition) for name, definition in _STYLES.items()}
    plain = RichStyle.null()

    def paint(line: Line) -> str:
        return "".join(
            styles.get(style, plain).render(text, color_system=ColorSystem.STANDARD) if style != "plain" else text
            for style, text in line
        )

    return "".join(paint(line) + "\n" for line in lines)
