"""Messages of mypy as findings. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from convexgen.diagnostics import Diagnostic, Label, in_order
from convexgen.rules.tool import TYPE_ERROR, TYPE_NOTE
from convexgen.source import Span
from convexgen.typecheck.mypy_messages import Message


def findings(messages: Iterable[Message]) -> tuple[Diagnostic, ...]:
    """One finding for each error; a note that follows an error on its line becomes part of the error's help."""
    found: list[Diagnostic] = []
    for message in messages:
        current = _finding(message)
        if current.rule is TYPE_NOTE and found and _same_line(found[-1], current) and found[-1].rule is TYPE_ERROR:
            advice = "\n".join(filter(None, (found[-1].help, current.message)))
            found[-1] = replace(found[-1], help=advice)
        else:
            found.append(current)
    return in_order(found)


def _finding(message: Message) -> Diagnostic:
    if message.severity == "note":
        return Diagnostic(TYPE_NOTE, message.message, Label(_span(message)))
    code = message.code or "misc"
    return Diagnostic(TYPE_ERROR, f"{message.message} [{code}]", Label(_span(message)), facts=(("code", code),))


def _span(message: Message) -> Span:
    """The place. What mypy does not know is taken to be as small as it can be."""
    if not message.line:
        return Span(message.file)
    column = (message.column or 0) + 1
    end_line, end_column = message.end_line or message.line, (message.end_column or 0) + 1
    if (end_line, end_column) <= (message.line, column):
        end_line, end_column = message.line, column + 1
    return Span(message.file, message.line, column, end_line, end_column)


def _same_line(one: Diagnostic, other: Diagnostic) -> bool:
    first, second = one.primary.span, other.primary.span
    return (first.path, first.line) == (second.path, second.line)
