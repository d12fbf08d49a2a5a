"""Changes as findings: at their places in the working tree, with what it was before and the next thing to do.

Pure: today enters as a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from convexgen.breaking.allowances import Allowance, as_comment, as_setting, expired, unused
from convexgen.breaking.changes import Change, Impact, Who
from convexgen.breaking.wording import listed
from convexgen.diagnostics import Diagnostic, Label, Severity, in_order
from convexgen.source import Span

_ALLOWED_FOR = timedelta(days=30)
"""How long the allowance holds that is offered with a finding."""
_ORDER: tuple[Who, ...] = ("stored documents", "queries", "callers", "readers")


@dataclass(frozen=True, slots=True)
class Measures:
    """How changes are judged. Those of impact `fail_on` or worse are errors; safe ones are told only if they are.

    `severities` replace, by the name of the rule, how bad a change is that is not safe.
    """

    today: date
    fail_on: Impact = Impact.BREAKING
    severities: Mapping[str, Impact] | None = None

    def judged(self, change: Change) -> Change:
        given = (self.severities or {}).get(change.rule.name)
        if given is None:
            return change
        effects = (replace(each, impact=given) if each.impact else each for each in change.effects)
        return replace(change, effects=tuple(effects))


@dataclass(frozen=True, slots=True)
class Told:
    """The findings, and how many changes there were of each impact; `allowed` ones are not told."""

    diagnostics: tuple[Diagnostic, ...]
    changes: Counter[Impact]
    allowed: int


@dataclass(frozen=True, slots=True)
class _Placed:
    """A change with its place; `exact` unless what has changed is not there any more."""

    change: Change
    span: Span
    exact: bool


def tell(
    changes: Iterable[Change],
    title: str,
    places: Mapping[str, Span],
    measures: Measures,
    allowances: Iterable[Allowance] = (),
) -> Told:
    """What there is to say about the changes since the baseline called `title`.

    `places` are those of the working tree by root.
    """
    placed = _merged_by_place(_placed(measures.judged(change), places) for change in changes)
    allowances = tuple(allowances)
    used: set[Allowance] = set()
    found: list[Diagnostic] = []
    counts: Counter[Impact] = Counter()
    allowed = 0
    for each in placed:
        matching = [a for a in allowances if each.change.impact and _permits(a, each)]
        used.update(matching)
        if any(a.until >= measures.today for a in matching):
            allowed += 1
            continue
        counts[each.change.impact] += 1
        found += [expired(a) for a in matching]
        if each.change.impact or not measures.fail_on:
            found.append(_finding(each, title, places, measures))
    found += [unused(a, title) for a in allowances if a not in used]
    return Told(in_order(found), counts, allowed)


def _placed(change: Change, places: Mapping[str, Span]) -> _Placed:
    subject = change.subject
    if subject.root in places:
        return _Placed(change, places[subject.root], exact=True)
    around = next((places[root] for root in (*subject.around, "module ") if root in places), Span(""))
    return _Placed(change, around, exact=False)


def _merged_by_place(placed: Iterable[_Placed]) -> list[_Placed]:
    """Each change of a declaration once, though views and variants inherit it under names of their own."""
    placed = list(placed)
    roots = {_what_happened(each.change, each.change.subject.root) for each in placed}
    found: dict[object, _Placed] = {}
    for each in placed:
        change, shown = each.change, _what_happened(each.change, each.change.subject.shown)
        key: object = shown if shown in roots else _what_happened(change, change.subject.root)
        if each.exact and each.span.line:
            key = (each.span, *_what_happened(change, ""))
        first = found.get(key, each)
        effects = dict.fromkeys((*first.change.effects, *change.effects))
        found[key] = replace(first, change=replace(first.change, effects=tuple(effects)))
    return list(found.values())


def _what_happened(change: Change, root: str) -> tuple[object, ...]:
    return root, change.rule, change.subject.inner, change.says, change.old, change.new


def _permits(allowance: Allowance, placed: _Placed) -> bool:
    return allowance.permits(placed.change.rule.name, placed.change.subject.path, placed.span)


def _finding(placed: _Placed, title: str, places: Mapping[str, Span], measures: Measures) -> Diagnostic:
    change, span = placed.change, placed.span
    severity = Severity.ERROR if change.impact >= measures.fail_on else Severity.WARNING
    was = f"was `{change.old}` in `{title}`" if change.old else f"not in `{title}`" if placed.exact else ""
    message = f"{change.impact.word} for {_concerned(change)}: {change.subject.title} {change.says}"
    if change.old and not (placed.exact and span.line):
        message = f"{message}; it {was}"
        was = ""
    now = places.get(change.renamed_to)
    secondary = (Label(now, "is this its new name?"),) if now is not None else ()
    return Diagnostic(
        replace(change.rule, severity=severity),
        message,
        Label(span, was),
        secondary,
        _help(placed, measures) or None,
        tuple(_facts(change)),
    )


def _concerned(change: Change) -> str:
    """Whom the worst of it hits: "stored documents and readers of `messages.send`"."""
    names: dict[Who, list[str]] = {}
    for effect in change.effects:
        if effect.impact == change.impact and effect.name not in names.setdefault(effect.who, []):
            names[effect.who].append(effect.name)
    if "callers" in names and names.get("readers") == names["callers"]:
        both = _group("callers and readers", names["callers"], change)
        return " and ".join([who for who in _ORDER if who in names and who not in ("callers", "readers")] + [both])
    return " and ".join(_group(who, names[who], change) for who in _ORDER if who in names)


def _group(who: str, names: list[str], change: Change) -> str:
    """One kind of those concerned, with the functions that reach the change unless it is about one of them."""
    functions = [name for name in names if name]
    if who in ("stored documents", "queries") or not functions or change.subject.root.split(" ")[0] in functions:
        return who
    return f"{who} of {listed(functions)}"


def _help(placed: _Placed, measures: Measures) -> str:
    change = placed.change
    worst = (effect.advice for effect in change.effects if effect.impact == change.impact)
    parts = [advice for advice in dict.fromkeys(worst) if advice]
    if change.impact and change.impact >= measures.fail_on:
        until = measures.today + _ALLOWED_FOR
        if placed.exact and placed.span.line and placed.span.path.endswith(".py"):
            parts.append(f"or allow it here, with a reason: {as_comment(change.rule.name, until)}")
        else:
            setting = as_setting(change.rule.name, change.subject.path, until)
            parts.append(f"or allow it in pyproject.toml, with a reason:\n{setting}")
    return "\n".join(parts)


def _facts(change: Change) -> Iterator[tuple[str, str]]:
    functions = dict.fromkeys(each.name for each in change.effects if each.who in ("callers", "readers") and each.name)
    facts = {
        "change": change.subject.path,
        "functions": ", ".join(functions),
        "new": change.new,
        "old": change.old,
        "severity": change.impact.word,
    }
    yield from sorted((key, text) for key, text in facts.items() if text)
