"""Sources with findings in them, for tests about which of these are told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from convexgen.diagnostics import Diagnostic, Label, Rule
from convexgen.rules import ALL
from convexgen.source import SourceFile, Span

RULES: dict[str, Rule] = {rule.name: rule for rule in ALL}
_MARKED = re.compile(r"\{([a-z-]+):([^}]*)\}")


def marked(text: str, path: str = "backend/a.py") -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    """A source, and a finding for each stretch of `text` that is written as `{rule-name:stretch}`."""
    spans: list[tuple[str, int, int]] = []
    plain = ""
    position = 0
    for found in _MARKED.finditer(text):
        plain += text[position : found.start()]
        spans.append((found[1], len(plain), len(plain) + len(found[2])))
        plain += found[2]
        position = found.end()
    plain += text[position:]
    findings = tuple(finding(name, _span(path, plain, start, end)) for name, start, end in spans)
    return SourceFile.of(path, plain.encode()), findings


def finding(name: str, span: Span) -> Diagnostic:
    return Diagnostic(RULES[name], f"this is {name}", Label(span))


def lines_of(findings: tuple[Diagnostic, ...]) -> Iterator[str]:
    """Each finding as `line:column-end rule message | help`."""
    for each in findings:
        span = each.primary.span
        yield f"{span.line}:{span.column}-{span.end_column} {each.rule.name}"


def _span(path: str, text: str, start: int, end: int) -> Span:
    return Span(path, *_place(text, start), *_place(text, end))


def _place(text: str, offset: int) -> tuple[int, int]:
    lines = text[:offset].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines), len(lines[-1]) + 1
