"""Breaks Python expressions over lines as `ruff format` does at its default 88 columns, so that no formatter need run.

An expression is a string, which never breaks, or a node. A node that does not fit on its line is taken apart: what
stands in its brackets moves to a line of its own or, where that is too long as well, to one line per part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

COLUMNS = 88


@dataclass(slots=True, eq=False)
class Bracketed:
    """`head` with its parts in brackets: `dict[str, int]`, `Limits(ge=0)`."""

    head: str
    parts: Sequence[Expression]
    close: str = "]"
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        parts = [part if isinstance(part, str) else part.flat for part in self.parts]
        self.flat = f"{self.head}{', '.join(parts)}{self.close}"


@dataclass(slots=True, eq=False)
class Alternatives:
    """A union of two or more types."""

    members: Sequence[Expression]
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        self.flat = " | ".join([member if isinstance(member, str) else member.flat for member in self.members])


@dataclass(slots=True, eq=False)
class Attached:
    """An expression with text before and behind it that is never parted from it: `ge=0`, `limit: int = UNSET`."""

    prefix: str
    expression: Expression
    suffix: str = ""
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        self.flat = self.prefix + flat(self.expression) + self.suffix


Expression: TypeAlias = str | Bracketed | Alternatives | Attached


def subscript(head: str, *parts: Expression) -> Bracketed:
    return Bracketed(f"{head}[", parts)


def flat(expression: Expression) -> str:
    """The expression on one line."""
    return expression if isinstance(expression, str) else expression.flat


def width(text: str) -> int:
    """The columns that the formatter counts for `text`: two for wide East Asian characters, none for marks."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    match unicodedata.category(character):
        case "Mn" | "Me" | "Cf":
            return 0
        case "Cn":  # not assigned: wide only where ideographs are to come
            return 2 if 0x20000 <= ord(character) < 0x3FFFE and ord(character) & 0xFFFF < 0xFFFE else 1
        case _:
            return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def laid(expression: Expression, indent: int, before: int, after: int) -> str:
    """The expression where `before` columns precede it on its first line and `after` follow on its last.

    `indent` is that of the line it begins on. A union that breaks gets parentheses.
    """
    text = flat(expression)
    if before + width(text) + after <= COLUMNS:
        return text
    match expression:
        case Alternatives():
            inner = indent + 4
            content = text if inner + width(text) <= COLUMNS else _members(expression, inner)
            return f"(\n{' ' * inner}{content}\n{' ' * indent})"
        case Bracketed() if expression.parts:
            return opened(expression, indent)
        case Attached(prefix, inside, suffix):
            return prefix + laid(inside, indent, before + width(prefix), width(suffix) + after) + suffix
        case _:
            return text


def opened(expression: Bracketed, indent: int) -> str:
    """The expression with its brackets on lines of their own."""
    inside = width(expression.flat) - width(expression.head) - len(expression.close)
    if expression.close == "}" or indent + 4 + inside > COLUMNS:
        return exploded(expression, indent)
    content = expression.flat[len(expression.head) : -len(expression.close)]
    return f"{expression.head}\n{' ' * (indent + 4)}{content}\n{' ' * indent}{expression.close}"


def exploded(expression: Bracketed, indent: int) -> str:
    """The expression with each of its parts on lines of its own."""
    inner = indent + 4
    # A comma after the only part of a subscript would make it a tuple.
    comma = "," if len(expression.parts) > 1 or expression.close != "]" else ""
    lines = [f"{' ' * inner}{_part(part, inner, bool(comma))}{comma}\n" for part in expression.parts]
    return f"{expression.head}\n{''.join(lines)}{' ' * indent}{expression.close}"


def _part(part: Expression, indent: int, followed: bool) -> str:
    """A part on lines of its own. Inside brackets a union needs no parentheses, unless others stand beside it."""
    after = 1 if followed else 0
    if isinstance(part, Alternatives) and indent + width(part.flat) + after > COLUMNS:
        return _members(part, indent)
    return laid(part, indent, indent, after)


def _members(union: Alternatives, indent: int) -> str:
    separator = f"\n{' ' * indent}| "
    first, *rest = union.members
    return separator.join([laid(first, indent, indent, 0), *[laid(member, indent, indent + 2, 0) for member in rest]])
