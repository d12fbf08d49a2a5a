"""Source texts as they are while somebody types: lines and words gone, doubled, swapped, and worse."""

from __future__ import annotations

import re
from keyword import iskeyword

from hypothesis import strategies as st

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
_INTRUDERS = (
    "(", ")", "[", "]", "{", "}", ":", ",", "=", "->", "@", "...", "*", "**", "|", ".", ";", "\\", "'", '"', '"""', "#",
    "\n", "\r", "\r\n", "\t", "\x00", "\x0c", "\ufeff", "\u2028", "é", "🦜", "\x1a", "None", "True", "0", "-1", "1e999",
    "9" * 5000, "9" * 400,
    "class ", "def ", "async ", "import ", "from . import *\n", "if x:\n    ", "del ", "lambda: ", "await ",
    "Id[", "Table", "Unset", "UNSET", "Self", "Literal[", "Annotated[", "Field(", "View[", "name=", "view=True", "T",
    "type X = ", "# convexgen: ignore\n", "# -*- coding: latin-1 -*-\n", "global x\n", "x: ", "yield", "f'{", "b''",
)  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn, text: str) -> str:
    """`text` with one to four things done to it."""
    for _ in range(draw(st.integers(1, 4))):
        match draw(st.sampled_from(("names", "names", "lines", "words", "characters"))):
            case "names":
                text = _with_another_name(draw, text)
            case "lines":
                text = "".join(_changed(draw, text.splitlines(keepends=True)))
            case "words":
                text = "".join(_changed(draw, _WORD.findall(text)))
            case _:
                text = "".join(_changed(draw, list(text)))
    return text


def _with_another_name(draw: st.DrawFn, text: str) -> str:
    """`text` with a name of it in the place of another one: still Python, and seldom what was meant."""
    parts = _WORD.findall(text)
    names = [index for index, part in enumerate(parts) if part.isidentifier() and not iskeyword(part)]
    if names:
        parts[draw(st.sampled_from(names))] = parts[draw(st.sampled_from(names))]
    return "".join(parts)


def _changed(draw: st.DrawFn, parts: list[str]) -> list[str]:
    at = draw(st.integers(0, max(len(parts) - 1, 0)))
    match draw(st.sampled_from(("insert", "delete", "duplicate", "swap", "replace", "cut"))):
        case "insert":
            intruder = draw(st.sampled_from(_INTRUDERS) | st.text(max_size=5))
            return [*parts[:at], intruder, *parts[at:]]
        case "delete":
            return [*parts[:at], *parts[at + draw(st.integers(1, 3)) :]]
        case "duplicate":
            return [*parts[: at + 1], *parts[at:]]
        case "cut":
            return parts[:at]
        case "swap" if parts:
            other = draw(st.integers(0, len(parts) - 1))
            parts[at], parts[other] = parts[other], parts[at]
        case "replace" if parts:
            parts[at] = draw(st.sampled_from(parts))
    return parts
