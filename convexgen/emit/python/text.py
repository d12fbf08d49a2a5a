"""Writes strings, docstrings and comments as Python source, in the form that `ruff format` leaves alone."""

from __future__ import annotations

import inspect
import math
import re
from functools import lru_cache

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""What cannot or should not stand in source as it is: controls, lone surrogates, marks that turn the direction."""

_SPECIAL_IN_DOCSTRING = re.compile(f'(?!\n){_SPECIAL.pattern}|"{{3,}}|\\A"|"\\Z')
"""Quotes as well, where they could be taken for those that begin or end the docstring."""

_PLAIN = re.compile("[ !#-&(-\\[\\]-~]*")
"""Printable ASCII without quotes and backslashes, which is most of all text."""


@lru_cache(maxsize=4096)
def string_literal(text: str) -> str:
    """`text` as a literal in the quotes that need fewer escapes, double ones for choice.

    >>> print(string_literal('say "hi"'), string_literal("it's"), string_literal("é"))
    'say "hi"' "it's" "é"
    """
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    escaped = _SPECIAL.sub(_escape, text)
    if escaped.count('"') > escaped.count("'"):
        return "'" + escaped.replace("'", "\\'") + "'"
    return '"' + escaped.replace('"', '\\"') + '"'


def literal(value: str | bool | int | float | None) -> str:
    """A value that can be written down, as an expression."""
    if isinstance(value, str):
        return string_literal(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value!r}")'
    return repr(value).replace("e+", "e")


def docstring(text: str, deprecated: str | None, indent: int) -> str:
    """The lines of a docstring at `indent`, each with its line end; empty when there is nothing to say."""
    body = _cleaned(text) if text else ""
    if deprecated is not None:
        notice = _cleaned(f"Deprecated: {deprecated}" if deprecated else "Deprecated.")
        body = f"{body}\n\n{notice}" if body else notice
    if not body:
        return ""
    margin = " " * indent
    if "\n" in body:
        body = "\n".join([margin + line if line else "" for line in body.split("\n")])[indent:]
        return f'{margin}"""{body}\n{margin}"""\n'
    return f'{margin}"""{body}"""\n'


def _cleaned(text: str) -> str:
    """`text` without its margin and without anything that would end a docstring or be lost in one."""
    if _PLAIN.fullmatch(text):
        return text.strip()
    lines = inspect.cleandoc(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")).split("\n")
    stripped = "\n".join([_with_plain_margin(line.rstrip()) for line in lines]).strip()
    # Where the text began with a blank line, its first line was held against the margin of the others until now.
    return _SPECIAL_IN_DOCSTRING.sub(_escape_in_docstring, inspect.cleandoc(stripped))


def _escape_in_docstring(match: re.Match[str]) -> str:
    if match[0][0] == '"':
        return '\\"' * len(match[0])
    # No class can have a lone surrogate in its docstring.
    return "\N{REPLACEMENT CHARACTER}" if "\ud800" <= match[0] <= "\udfff" else _escape(match)


def _with_plain_margin(line: str) -> str:
    """`line` with nothing but spaces before its first word."""
    word = line.lstrip()
    return " " * line[: len(line) - len(word)].count(" ") + word


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
