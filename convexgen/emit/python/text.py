"""Writes strings, docstrings and comments as Python source, in the form that `ruff format` leaves alone."""

from __future__ import annotations

import inspect
import math
import re
from functools import lru_cache

from convexgen.emit.python.layout import COLUMNS, width

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""What cannot or should not stand in source as it is: controls, lone surrogates, marks that turn the direction."""


_SPECIAL_IN_DOCSTRING = re.compile(f"(?!\n){_SPECIAL.pattern}")

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
    return repr(value)


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
        body = body.replace("\n", f"\n{margin}").replace(f"\n{margin}\n", "\n\n")
    elif not body.endswith(('"', "\\")) and indent + width(body) + 6 <= COLUMNS:
        return f'{margin}"""{body}"""\n'
    return f'{margin}"""{body}\n{margin}"""\n'


def _cleaned(text: str) -> str:
    """`text` without its margin and without anything that would end a docstring or be lost in one."""
    if _PLAIN.fullmatch(text):
        return text.strip()
    lines = inspect.cleandoc(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")).split("\n")
    stripped = "\n".join([line.rstrip() for line in lines]).strip()
    escaped = _SPECIAL_IN_DOCSTRING.sub(_escape, stripped)
    return re.sub('"""+', lambda quotes: '\\"' * len(quotes[0]), escaped) if '"""' in escaped else escaped


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
