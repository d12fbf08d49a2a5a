"""Changes that somebody has permitted for a time, with a reason.

A comment permits changes of the rules that it names on its line, or on the next one if it stands alone:

    # convexgen: allow-breaking[field-removed] until=2026-01-31 reason="no client older than 2.0 is left"

For what is not there any more to write a comment at, the settings have the same.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules import breaking as rules
from convexgen.selection.lines import BYTE_ORDER_MARK, Comment, Lines, decoded, read_lines, split
from convexgen.source import SourceFile, Span

_MARK = b"allow-breaking"
"""A file without these bytes permits nothing, and is not looked at any closer."""
_COMMENT = re.compile(r"#\s*convexgen:\s*allow-breaking\b\s*(?:\[(?P<names>[^\[\]#]*)\])?(?P<rest>[^#]*)")
_OPTION = re.compile(r"""\s*(?P<key>\w+)\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+))""")
_FORM = '`# convexgen: allow-breaking[NAME] until=YYYY-MM-DD reason="why nothing breaks"`'
_BLANK = f" \t\f{BYTE_ORDER_MARK}"
_EMPTY_REASONS = ("", "...", "…")
NAMES = tuple(rule.name for rule in rules.CHANGES)


@dataclass(frozen=True, slots=True)
class Allowance:
    """One rule permitted up to and including the day `until`.

    `change` is the path of the one change that is meant; empty in a comment, which means those on `lines` of its file.
    """

    rule: str
    until: date
    reason: str
    span: Span
    change: str = ""
    lines: frozenset[int] = frozenset()

    def permits(self, rule: str, change: str, span: Span) -> bool:
        """Whether this speaks of a change, expired or not."""
        if self.rule != rule:
            return False
        if self.change:
            return self.change == change
        return self.span.path == span.path and not self.lines.isdisjoint((span.line, span.end_line))


def read_allowances(sources: Iterable[SourceFile]) -> tuple[tuple[Allowance, ...], tuple[Diagnostic, ...]]:
    """The comments that permit something, and what is wrong with those that cannot be read."""
    allowances: list[Allowance] = []
    mistakes: list[Diagnostic] = []
    for source in sources:
        for found in _in_file(source):
            if isinstance(found, Allowance):
                allowances.append(found)
            else:
                mistakes.append(found)
    return tuple(allowances), tuple(mistakes)


def _in_file(source: SourceFile) -> Iterator[Allowance | Diagnostic]:
    text = decoded(source.content) if _MARK in source.content else None
    lines = read_lines(text) if text is not None else None
    for comment in lines.comments if lines is not None else ():
        match = _COMMENT.search(comment.text)
        if match is not None and text is not None and lines is not None:
            before = split(text)[comment.line - 1][0][: comment.column]
            spoken_of = [comment.line + 1] if not before.strip(_BLANK) else [*_statement(comment.line, lines)]
            yield from _read(source.path, comment, match, frozenset(spoken_of))


def _read(path: str, comment: Comment, match: re.Match[str], lines: frozenset[int]) -> Iterator[Allowance | Diagnostic]:
    column = comment.column + 1 + match.start()
    span = Span(path, comment.line, column, comment.line, column + len(match[0].rstrip()))
    options = {option["key"]: option["quoted"] or option["plain"] or "" for option in _OPTION.finditer(match["rest"])}
    names = [name.strip() for name in (match["names"] or "").split(",") if name.strip()]
    if wrong := _wrong(span, names, options, _OPTION.sub("", match["rest"]).strip()):
        yield wrong
        return
    until = date.fromisoformat(options["until"])
    for name in names:
        yield Allowance(name, until, options["reason"], span, lines=lines)


def _statement(line: int, lines: Lines) -> Iterator[int]:
    """A line and those of the statement that ends there."""
    yield line
    yield from (start for start, end in lines.ends.items() if end == line)


def _wrong(span: Span, names: list[str], options: dict[str, str], rest: str) -> Diagnostic | None:
    unknown = next((name for name in names if name not in NAMES), None)
    if not names:
        return _invalid("this allowance names no rule", span, f"write {_FORM}")
    if unknown is not None:
        close = difflib.get_close_matches(unknown, NAMES, 1)
        help_ = f"did you mean `{close[0]}`?" if close else "name the rule that the finding is told under"
        return _invalid(f"`{unknown}` is no rule about changes", span, help_)
    if rest or options.keys() - {"until", "reason"}:
        return _invalid("this allowance cannot be read", span, f"write {_FORM}")
    if not _is_day(options.get("until", "")):
        return _invalid("this allowance does not say until what day", span, "add `until=YYYY-MM-DD`")
    if options.get("reason", "") in _EMPTY_REASONS:
        return _invalid("this allowance gives no reason", span, 'add `reason="why nothing breaks"`')
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("YYYY-MM-DD")


def _invalid(message: str, span: Span, help: str) -> Diagnostic:
    return Diagnostic(rules.INVALID_ALLOWANCE, message, Label(span), help=help)


def expired(allowance: Allowance) -> Diagnostic:
    """The finding that an allowance for something that is still there has run out."""
    message = f"this allowance ran out on {allowance.until.isoformat()}: {allowance.reason}"
    help_ = "undo the change that it permits, or give it a new day with a new reason"
    return Diagnostic(rules.EXPIRED_ALLOWANCE, message, Label(allowance.span), help=help_)


def unused(allowance: Allowance, title: str) -> Diagnostic:
    """The finding that there is nothing for an allowance to permit."""
    message = f"there is no change `{allowance.rule}` here since `{title}`"
    if allowance.change:
        message = f"there is no change `{allowance.rule}` of `{allowance.change}` since `{title}`"
    return Diagnostic(rules.UNUSED_ALLOWANCE, message, Label(allowance.span), help="remove this allowance")


def as_comment(rule: str, until: date) -> str:
    """The comment that permits a change, its reason left to be written."""
    return f'# convexgen: allow-breaking[{rule}] until={until.isoformat()} reason="…"'


def as_setting(rule: str, change: str, until: date) -> str:
    """The same as a table for pyproject.toml."""
    return "\n".join(
        (
            "[[tool.convexgen.breaking.allow]]",
            f'rule = "{rule}"',
            f'change = "{_escaped(change)}"',
            f"until = {until.isoformat()}",
            'reason = "…"',
        )
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
