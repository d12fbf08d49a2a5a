"""Values as error messages show them: close to how JavaScript writes them, so that a developer knows them at sight."""

from __future__ import annotations

import json
import re
from typing import Final

from convexgen.authoring.ids import Int64
from convexgen.runtime.values import Value

LONGEST: Final = 2000
"""Characters of a value that are shown. Whoever sends a megabyte need not get it back."""

is_identifier = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*").fullmatch


def value_text(value: Value) -> str:
    """`{author: "ada", rank: 1.0}`; cut off if it is long."""
    text = _text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def field_text(name: str) -> str:
    """A key of an object."""
    return name if is_identifier(name) else quoted(name)


def _text(value: Value) -> str:
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Int64):
        return f"{int(value)}n"
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{field_text(name)}: {_text(value[name])}' for name in sorted(value))}}}"
    return repr(value)
