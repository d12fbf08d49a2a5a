"""Messages of mypy as findings. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from convexgen.diagnostics import Diagnostic, Label, in_order
from convexgen.rules import calls, practice, reading
from convexgen.rules.tool import TYPE_ERROR, TYPE_NOTE
from convexgen.source import Span
from convexgen.typecheck.mypy_messages import Message

_OF_TYPE_CHECKERS_TOO = frozenset((*calls.RULES, practice.UNAWAITED_CALL, reading.UNKNOWN_NAME))


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


def told_once(told: Iterable[Diagnostic], before: Iterable[Diagnostic] = ()) -> tuple[Diagnostic, ...]:
    """What is told, without what mypy says where a rule has said the same: there, or in what was told `before`.

    The rules about calls of the database are for people who use another type checker, too. Of a condition that is built
    as in TypeScript all that is in it is said.
    """
    told = tuple(told)
    by_rules = [finding for finding in (*before, *told) if finding.rule in _OF_TYPE_CHECKERS_TOO]
    known = {finding.primary.span for finding in by_rules}
    built = [finding.primary.span for finding in by_rules if finding.rule is calls.CONDITION_BUILDER]
    return tuple(
        each
        for each in told
        if each.rule is not TYPE_ERROR
        or (each.primary.span not in known and not any(_is_inside(each.primary.span, whole) for whole in built))
    )


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


def _is_inside(span: Span, whole: Span) -> bool:
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    return span.path == whole.path and (whole.line, whole.column) <= start and end <= (whole.end_line, whole.end_column)


def _same_line(one: Diagnostic, other: Diagnostic) -> bool:
    first, second = one.primary.span, other.primary.span
    return (first.path, first.line) == (second.path, second.line)
