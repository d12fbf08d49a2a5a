"""What a selector means: the name of a rule, its code, the beginning of codes (`CG6`), or `ALL`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from convexgen.diagnostics import Rule, Severity
from convexgen.rules import ALL
from convexgen.rules.breaking import CHANGES
from convexgen.settings import Settings

EVERY = "ALL"
_BEGINNING = re.compile(r"CG\d{0,2}")
EXACT = 9
"""More than the length of any beginning of a code."""


class Complaint(NamedTuple):
    """Why a selector means nothing, and what may have been meant. `unknown` tells that there is no such rule."""

    message: str
    help: str | None
    unknown: bool


def can_be_ignored(rule: Rule) -> bool:
    """Whether findings of this rule may be left untold. Not those that explain why nothing is generated or compared."""
    return not rule.unreadable and (rule.advisory or rule.severity is Severity.WARNING)


def exactness(selector: str, rule: Rule) -> int:
    """How exactly `selector` means `rule`: 0 is not at all, and its name or whole code is more than any beginning."""
    if selector in (rule.name, rule.code):
        return EXACT
    if selector == EVERY:
        return 1
    return len(selector) if _BEGINNING.fullmatch(selector) and rule.code.startswith(selector) else 0


@cache
def meant(selector: str) -> tuple[Rule, ...]:
    """All rules that `selector` means."""
    return tuple(rule for rule in ALL if exactness(selector, rule))


def is_selected(rule: Rule, path: str, settings: Settings) -> bool:
    """Whether the settings want findings of `rule` about the file at `path` told.

    Where a rule is both selected and ignored, the more exact word counts, and of equal ones the ignoring one.
    """
    if not can_be_ignored(rule):
        return True
    selected = _best(settings.extend_select, rule)
    if settings.select is None:
        selected = max(selected, int(rule.default))
    else:
        selected = max(selected, _best(settings.select, rule))
    if selected <= _best(settings.ignore, rule):
        return False
    return not any(_is_about(path, glob) and _best(ignored, rule) for glob, ignored in settings.per_file_ignores)


def asked_for(settings: Settings) -> frozenset[str]:
    """The names of the rules that are not told by default and that the settings want told, wherever."""
    selectors = (*(settings.select or ()), *settings.extend_select)
    return frozenset(rule.name for rule in ALL if not rule.default and is_chosen(rule, selectors, settings.ignore))


def is_chosen(rule: Rule, select: Iterable[str] | None, ignore: Iterable[str]) -> bool:
    """Whether these selectors, None for all, mean `rule` after what is ignored. The more exact word counts here too."""
    return (1 if select is None else _best(select, rule)) > _best(ignore, rule)


def complaint(selector: str, *, ignoring: bool) -> Complaint | None:
    """What is wrong with a selector that selects or, if `ignoring`, leaves out; None if it is good."""
    rules = meant(selector)
    if not rules:
        return Complaint(f"there is no rule `{selector}`", _guess(selector), unknown=True)
    if not ignoring or any(can_be_ignored(rule) for rule in rules):
        return None
    if all(rule in CHANGES for rule in rules):
        help_ = f'write `# convexgen: allow-breaking[{rules[0].name}] until=YYYY-MM-DD reason="…"`'
        return Complaint(f"`{selector}` cannot be ignored, only allowed for a time", help_, unknown=False)
    stopped = "checked" if all(rule.unreadable for rule in rules) else "generated"
    return Complaint(
        f"`{selector}` cannot be ignored: nothing can be {stopped} while it stands", "mend what it finds", unknown=False
    )


def _guess(selector: str) -> str | None:
    if meant(selector.upper()):
        return f"did you mean `{selector.upper()}`?"
    close = difflib.get_close_matches(selector, [rule.name for rule in ALL], 1)
    return f"did you mean `{close[0]}`?" if close else None


def _best(selectors: Iterable[str], rule: Rule) -> int:
    return max((exactness(selector, rule) for selector in selectors), default=0)


def _is_about(path: str, glob: str) -> bool:
    """A glob without `/` is about names of files; `*` takes in `/`, as in the settings of outputs."""
    return fnmatchcase(path if "/" in glob else path.rpartition("/")[2], glob)
