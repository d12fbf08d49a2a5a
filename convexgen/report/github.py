"""The report as commands of GitHub Actions, each of which becomes an annotation on the line it is about.

GitHub wants paths from the root of the repository, and no columns where the lines differ.
"""

from __future__ import annotations

from convexgen.diagnostics import Diagnostic, Severity
from convexgen.report import Report
from convexgen.report.excerpt import safe


def render(report: Report) -> str:
    return "".join(_command(finding, report.prefix) + "\n" for finding in report.diagnostics)


def _command(finding: Diagnostic, prefix: str) -> str:
    level = "error" if finding.severity is Severity.ERROR else "warning"
    properties = {**_place(finding, prefix), "title": f"{finding.rule.code} {finding.rule.name}"}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {listed}::{_data(_text(finding, prefix))}"


def _place(finding: Diagnostic, prefix: str) -> dict[str, str]:
    span = finding.primary.span
    if not span.path:
        return {}
    file = {"file": prefix + span.path}
    if not span.line:
        return file
    if span.end_line != span.line:
        return {**file, "line": str(span.line), "endLine": str(span.end_line)}
    columns = {"col": str(span.column), "endLine": str(span.end_line), "endColumn": str(span.end_column)}
    return {**file, "line": str(span.line), **columns}


def _text(finding: Diagnostic, prefix: str) -> str:
    """The message with what an annotation has no other place for."""
    seen = [
        f"{prefix}{label.span.path}:{label.span.line}: {label.text}".removesuffix(": ")
        for label in finding.secondary
        if label.span.line
    ]
    return safe("\n".join([finding.message, *seen, *([f"help: {finding.help}"] if finding.help else [])]))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
