"""What mypy says of a mistake that a rule has told. It is told once: the rule knows what was meant, and what to type.

Nothing is lost by that. Wherever mypy is not heard there is an error of ours, and with its mending mypy has its say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from convexgen.diagnostics import Diagnostic, Severity
from convexgen.rules import calls, practice, reading
from convexgen.rules.tool import TYPE_ERROR
from convexgen.source import Span

_CALLS = frozenset((*calls.RULES, practice.UNAWAITED_CALL))
"""Rules about what functions do that are for people who use another type checker, too."""
_OTHER_ARGUMENTS = frozenset({calls.TABLE_BY_NAME, calls.DOCUMENT_AS_DICT, calls.ARGUMENTS_AS_DICT})
_ATTRIBUTES = frozenset({calls.QUERY_CHAIN, calls.NOT_IN_CONTEXT})
"""Rules about names behind a dot that are not there."""
_OF_WHOLE_CALLS = frozenset({"call-arg", "type-var"})
"""What mypy marks a call for that is not given what it takes."""
_AWAIT, _COROUTINE = 'Incompatible types in "await"', '"Coroutine['
"""What mypy's words have in them about what cannot be awaited, and about what should have been."""
_DECLARATIONS = ("CG1", "CG2", "CG3", "CG4")
"""The families about what is declared."""
_SCHEMA, _FUNCTIONS = "CG2", "CG3"
_DECORATED = re.compile(r'Argument 1 to "(?:internal_)?(?:query|mutation|action|http_action)" has incompatible type')
_MOST_DECORATORS = 5
"""Lines between our decorator and the `def` that has the mistake, at most."""
_OF_WHOLE_FUNCTIONS = frozenset({"empty-body"})
"""What mypy marks all of a function for, whatever else is wrong in it."""


def told_once(told: Iterable[Diagnostic], before: Iterable[Diagnostic] = ()) -> tuple[Diagnostic, ...]:
    """What is told, without what mypy says of mistakes that rules tell: there, or in what was told `before`."""
    told = tuple(told)
    by_rules: dict[str, list[Diagnostic]] = defaultdict(list)
    for finding in (*before, *told):
        is_about_it = finding.rule in _CALLS or finding.rule.code.startswith(_DECLARATIONS)
        if is_about_it and finding.severity is Severity.ERROR:  # a warning lets a run end well
            by_rules[finding.primary.span.path].append(finding)
    return tuple(
        each
        for each in told
        if each.rule is not TYPE_ERROR
        or not any(_repeats(each, finding) for finding in by_rules.get(each.primary.span.path, ()))
    )


def _repeats(error: Diagnostic, finding: Diagnostic) -> bool:
    if finding.rule in _CALLS:
        return _repeats_call(error, finding)
    at, mistake = error.primary.span, finding.primary.span
    code = _code(error)
    return (
        _start(at) == _start(mistake)
        or _is_inside(at, mistake)
        or (_is_inside(mistake, at) and code not in _OF_WHOLE_FUNCTIONS)
        or (at.line == mistake.line and finding.rule.code.startswith(_SCHEMA))
        or (finding.rule is reading.UNRESOLVED_IMPORT and _follows_from_import(error, mistake))
        or (finding.rule.code.startswith(_FUNCTIONS) and _is_of_decorator(error, mistake))
    )


def _repeats_call(error: Diagnostic, finding: Diagnostic) -> bool:
    """The same for what functions do, of which a rule often marks less than mypy."""
    at, mistake = error.primary.span, finding.primary.span
    rule, code = finding.rule, _code(error)
    if at == mistake:
        return True
    if rule is calls.CONDITION_BUILDER:
        return _is_inside(at, mistake)
    if rule is calls.NEEDLESS_AWAIT:
        return error.message.startswith(_AWAIT) and (_is_inside(at, mistake) or _is_inside(mistake, at))
    if not _is_inside(mistake, at):
        return False
    if rule is practice.UNAWAITED_CALL:
        return _COROUTINE in error.message
    return (
        (rule is calls.WRONG_VALUE and code == "comparison-overlap")
        or (rule in _OTHER_ARGUMENTS and code in _OF_WHOLE_CALLS)
        or (rule in _ATTRIBUTES and _follows_from_attribute(at, code, mistake))
    )


def _code(error: Diagnostic) -> str:
    """What mypy calls this kind of error."""
    return dict(error.facts).get("code", "")


def _follows_from_attribute(at: Span, code: str, name: Span) -> bool:
    """Whether this is about what ends in a `name` that is not there, or about returning what nobody knows then."""
    is_end = (at.end_line, at.end_column) == (name.end_line, name.end_column)
    return code == "no-any-return" or (code == "attr-defined" and is_end)


def _follows_from_import(error: Diagnostic, name: Span) -> bool:
    """Whether this is about an import on the line of a `name` that is not there, or about the use of such a name."""
    code = _code(error)
    if code in ("import-not-found", "import-untyped"):
        return error.primary.span.line == name.line
    return code == "untyped-decorator" or error.message.endswith('(has type "Any") [misc]')


def _is_of_decorator(error: Diagnostic, mistake: Span) -> bool:
    """Whether our decorator cannot take the function that has the mistake."""
    lines = mistake.line - error.primary.span.line
    return 0 < lines <= _MOST_DECORATORS and _DECORATED.match(error.message) is not None


def _is_inside(span: Span, whole: Span) -> bool:
    return _start(whole) <= _start(span) and (span.end_line, span.end_column) <= (whole.end_line, whole.end_column)


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column
