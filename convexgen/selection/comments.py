"""The comments that keep findings from being told: `# convexgen: ignore[NAME, …]` and `# convexgen: ignore-file[…]`.

The first counts for findings that begin or end on its line, or in a statement that ends there; the second for its whole
file, above whose code it must stand. What only looks like such a comment, in a string, is none.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.tool import INVALID_SUPPRESSION, UNKNOWN_SUPPRESSION, UNSUPPRESSIBLE_RULE
from convexgen.selection.lines import Comment, Lines, decoded, read_lines
from convexgen.selection.selectors import complaint
from convexgen.source import SourceFile, Span

MARK = b"convexgen:"
"""A file without these bytes has no comment for us, and is not looked at any closer."""
_WORDS: tuple[Literal["ignore"], Literal["ignore-file"]] = ("ignore", "ignore-file")
_DIRECTIVE = re.compile(r"#\s*convexgen:\s*(?P<word>[\w-]+)(?:\s*\[(?P<names>[^\[\]#]*)\])?")
_NAME = re.compile(r"[^\s,](?:[^,]*[^\s,])?")


@dataclass(frozen=True, slots=True)
class Named:
    """One selector in a comment, and where it stands."""

    selector: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment with what it ignores. `span` is all of it, from the `#` to the `]`; `alone`: no code on its line."""

    span: Span
    named: tuple[Named, ...]
    whole_file: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The comments of one file, and what is wrong with some of them."""

    all: tuple[Suppression, ...]
    lines: Lines
    mistakes: tuple[Diagnostic, ...]

    def of(self, span: Span) -> Iterator[Suppression]:
        """Those that count for a finding at this place."""
        lines = {span.line, span.end_line, self.lines.end(span.line), self.lines.end(span.end_line)}
        for each in self.all:
            if each.whole_file or (span.line and each.span.line in lines):
                yield each


def read_suppressions(source: SourceFile) -> Suppressions | None:
    """The comments in `source`; None where there are none, or where it is not Python."""
    return _read_marked(source) if MARK in source.content else None


@lru_cache(maxsize=1024)
def _read_marked(source: SourceFile) -> Suppressions | None:
    """Kept, because every step of a watch asks for the comments of all files, and few of these have changed."""
    text = decoded(source.content)
    lines = None if text is None else read_lines(text)
    if lines is None:
        return None
    suppressions: list[Suppression] = []
    mistakes: list[Diagnostic] = []
    for comment in lines.comments:
        for match in _DIRECTIVE.finditer(comment.text):
            found = _read(source.path, comment, match, lines)
            if isinstance(found, Suppression):
                suppressions.append(found)
                mistakes.extend(_wrong_names(found))
            elif found is not None:
                mistakes.append(found)
    return Suppressions(tuple(suppressions), lines, tuple(mistakes)) if suppressions or mistakes else None


def mistakes(sources: Iterable[SourceFile]) -> tuple[Diagnostic, ...]:
    """What is wrong with the comments themselves, whatever else is found."""
    every = (read_suppressions(source) for source in sources)
    return tuple(finding for each in every if each for finding in each.mistakes)


def _read(path: str, comment: Comment, match: re.Match[str], lines: Lines) -> Suppression | Diagnostic | None:
    word, span = match["word"], _span(path, comment, match.start(), match.end())
    if word not in _WORDS:
        close = difflib.get_close_matches(word, _WORDS, 1)
        return _invalid(f"there is no comment `{word}`", span, f"did you mean `{close[0]}`?") if close else None
    named = tuple(
        Named(name[0], _span(path, comment, match.start("names") + name.start(), match.start("names") + name.end()))
        for name in _NAME.finditer(match["names"] or "")
    )
    if not named:
        return _invalid("this comment names no rule to ignore", span, f"write `# convexgen: {word}[NAME]`")
    if word == "ignore":
        return Suppression(span, named, alone=comment.line in lines.bare)
    if comment.line >= lines.first_code:
        return _invalid("this comment stands below code, where it counts for nothing", span, "move it to the top")
    return Suppression(span, named, whole_file=True, alone=True)


def _wrong_names(suppression: Suppression) -> Iterator[Diagnostic]:
    for named in suppression.named:
        if wrong := complaint(named.selector, ignoring=True):
            rule = UNKNOWN_SUPPRESSION if wrong.unknown else UNSUPPRESSIBLE_RULE
            facts = (("selector", named.selector),)
            yield Diagnostic(rule, wrong.message, Label(named.span), help=wrong.help, facts=facts)


def _invalid(message: str, span: Span, help: str) -> Diagnostic:
    return Diagnostic(INVALID_SUPPRESSION, message, Label(span), help=help)


def _span(path: str, comment: Comment, start: int, end: int) -> Span:
    return Span(path, comment.line, comment.column + start + 1, comment.line, comment.column + end + 1)
