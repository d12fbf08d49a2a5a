"""From what was found to what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from convexgen.diagnostics import Diagnostic, Label, Rule, in_order
from convexgen.rules.tool import UNUSED_SUPPRESSION
from convexgen.selection.comments import Named, Suppression, Suppressions, read_suppressions
from convexgen.selection.selectors import EXACT, asked_for, can_be_ignored, exactness, is_selected, meant
from convexgen.settings import Settings
from convexgen.source import SourceFile

Judged = Callable[[Rule], bool]
"""Tells of which rules everything there is was found: only of those can it be said that a comment has no use."""

_TYPES = "CG8"
"""The family of what mypy finds."""


def judged_by_plan(found: Iterable[Diagnostic]) -> Judged:
    """The judgement of a plan and its drift, which is complete as long as nothing in it stops generation."""
    stopped = any(finding.stops_generation for finding in found)
    return lambda rule: not stopped and not rule.code.startswith(_TYPES)


def judged_by_types(verdict: Iterable[Diagnostic] | None) -> Judged:
    """The judgement of mypy; None where it was not asked."""
    complete = verdict is not None and not any(finding.rule.unreadable for finding in verdict)
    return lambda rule: complete and rule.code.startswith(_TYPES)


def tell(
    found: Sequence[Diagnostic], sources: Iterable[SourceFile], settings: Settings, judged: Judged
) -> tuple[Diagnostic, ...]:
    """The findings that are told, in order. A comment that is of no use, as far as that is `judged`, is one of them."""
    files = {source.path: comments for source in sources if (comments := read_suppressions(source))}
    used: set[Named] = set()
    kept = list(_unsuppressed(found, files, used))
    unused = [
        finding for comments in files.values() for finding in _unused(comments, used, judged, asked_for(settings))
    ]
    kept += _unsuppressed(unused, files, used, least=EXACT)  # lest `ignore[ALL]` ignore that it has no use
    return in_order([each for each in kept if is_selected(each.rule, each.primary.span.path, settings)])


def tell_writers(
    found: Sequence[Diagnostic], sources: Iterable[SourceFile], settings: Settings
) -> tuple[Diagnostic, ...]:
    """What is told to those who only want outputs written. Advice, and whether comments have a use, is for `check`."""
    return tell([each for each in found if not each.rule.advisory], sources, settings, judged=lambda _: False)


def _unsuppressed(
    found: Iterable[Diagnostic], files: Mapping[str, Suppressions], used: set[Named], least: int = 1
) -> Iterator[Diagnostic]:
    """The findings that no comment is about with `least` this exactness; notes in `used` what ignores the others."""
    for finding in found:
        comments = files.get(finding.primary.span.path)
        hits = _hits(finding, comments, least) if comments and can_be_ignored(finding.rule) else []
        used.update(hits)
        if not hits:
            yield finding


def _hits(finding: Diagnostic, comments: Suppressions, least: int) -> list[Named]:
    return [
        named
        for suppression in comments.of(finding.primary.span)
        for named in suppression.named
        if exactness(named.selector, finding.rule) >= least
    ]


def _unused(comments: Suppressions, used: set[Named], judged: Judged, asked: frozenset[str]) -> Iterator[Diagnostic]:
    """What no finding was about. Of rules that are not told by default only those that were `asked` for are found."""
    for suppression in comments.all:
        for named in suppression.named:
            rules = [
                rule for rule in meant(named.selector) if can_be_ignored(rule) and (rule.default or rule.name in asked)
            ]
            if named not in used and rules and rules != [UNUSED_SUPPRESSION] and all(map(judged, rules)):
                yield _no_use(suppression, named)


def _no_use(suppression: Suppression, named: Named) -> Diagnostic:
    where = "in this file" if suppression.whole_file else "here"
    misplaced = suppression.alone and not suppression.whole_file
    return Diagnostic(
        UNUSED_SUPPRESSION,
        f"there is no `{named.selector}` to ignore {where}",
        Label(named.span),
        help="write it behind the code that it is about, or remove it" if misplaced else "remove it",
        facts=(("selector", named.selector),),
    )
