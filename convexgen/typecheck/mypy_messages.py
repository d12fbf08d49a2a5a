"""Lines as mypy prints them, taken apart. Pure, so that it can be tested without mypy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_LINE = re.compile(
    r"(?P<file>.+?):(?:(?P<line>\d+):(?:(?P<column>\d+):(?:(?P<end_line>\d+):(?P<end_column>\d+):)?)?)?"
    r" (?P<severity>error|note): (?P<message>.*?)(?:  \[(?P<code>[a-z0-9-]+)\])?$"
)
_ORIGIN = re.compile(r'"[\w.]+" defined in "convexgen\.')
"""mypy tells where a function is defined whose arguments are wrong. Of ours nobody needs to be told."""


class Message(NamedTuple):
    """One message. Columns count from 0 and ends are exclusive, in the unit that mypy has counted in; None if unknown.

    `line` is 0 where the whole file is meant.
    """

    file: str
    line: int
    column: int | None
    end_line: int | None
    end_column: int | None
    severity: Literal["error", "note"]
    message: str
    code: str | None


def read_messages(output: str) -> Iterator[Message]:
    """The messages in what mypy printed with `--show-error-end`, in its order. Other lines are passed over."""
    for line in output.splitlines():
        found = _LINE.match(line)
        if found is None or (found["severity"] == "note" and _ORIGIN.match(found["message"])):
            continue
        column, end_line, end_column = (
            found[name] and int(found[name]) for name in ("column", "end_line", "end_column")
        )
        yield Message(
            found["file"].replace("\\", "/"),
            int(found["line"] or 0),
            None if column is None else max(int(column) - 1, 0),
            None if end_line is None else int(end_line),
            None if end_column is None else int(end_column),
            "note" if found["severity"] == "note" else "error",
            found["message"],
            found["code"],
        )
