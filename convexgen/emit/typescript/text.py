"""How values and names are written in TypeScript, and how wide Prettier takes a text to be.

Characters whose width or meaning could be taken differently by an editor, by Prettier or by another version of Unicode
are written as escapes: control and format characters, line separators, lone surrogates, combining marks, rare symbols.
"""

from __future__ import annotations

import re
from math import isfinite, isnan

_WIDE = "\u3001-\u3003\u3008-\u3011\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e"
_WIDE += "\U0001f442-\U0001f4fc\U0001f600-\U0001f64f\U0001f680-\U0001f6c5"
"""East Asian letters and the commonest emoji: two columns each, in every version of Unicode since 9."""

_NARROW = " -[\\]-~¡-¨ª-¬¯-˿Ͱ-҂Ҋ-Ֆא-תء-يḀ-῾‐-‧‰-›₠-₿"
"""Alphabets and punctuation that take one column each and do not combine."""

_ESCAPED = re.compile(f"[^{_NARROW}{_WIDE}]")
_WIDE_CHARACTER = re.compile(f"[{_WIDE}]")
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_SHORT_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"}


def width(text: str) -> int:
    """How many columns `text` takes, as Prettier counts them."""
    if text.isascii():
        return len(text)
    return len(text) + len(_WIDE_CHARACTER.findall(text))


def literal(value: str | bool | int | float | None) -> str:
    """`value` as a literal: a type, a value in a tag, or an element of an array."""
    match value:
        case str():
            return string(value)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int():
            return str(value)
        case float():
            return _number(value)


def string(value: str) -> str:
    """`value` in the quotes that Prettier chooses: double ones unless single ones need fewer escapes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + _ESCAPED.sub(_escape, value).replace(quote, "\\" + quote) + quote


def key(name: str) -> str:
    """`name` as the key of an object, quoted only where it must be."""
    if (name.isidentifier() and name.isascii()) or _IDENTIFIER.match(name):
        return name
    return string(name)


def _number(value: float) -> str:
    if isfinite(value):
        return repr(value)
    if isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    point = ord(character)
    return _SHORT_ESCAPES.get(character) or (f"\\u{point:04x}" if point < 0x10000 else f"\\u{{{point:x}}}")
