"""Changes as a unified diff that `patch -p1` and `git apply` understand."""

from __future__ import annotations

import difflib

from convexgen.report import DiffMode
from convexgen.snapshot import FileChange

SHORT = 40
"""Lines of one file's diff that are shown unless all are asked for."""
SHORT_WHOLE = 8
"""The same for a file that is missing or left over: its diff is the whole file."""


def patch(changes: tuple[FileChange, ...], mode: DiffMode) -> str:
    """The diff of all changes: with `short`, the first lines of each file and how many there are more."""
    if mode == "none":
        return ""
    return "".join("".join(_shown(change, mode)) for change in changes)


def _lines(change: FileChange) -> list[str]:
    """The diff of one file. Only the line end is a line end here, whatever else Python takes for one."""
    before = _split(change.before)
    after = _split(change.after)
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    new = "/dev/null" if change.after is None else f"b/{change.path}"
    diff = difflib.unified_diff(before, after, old, new, tofiledate="(expected)")
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diff]


def _split(text: str | None) -> list[str]:
    lines = (text or "").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _shown(change: FileChange, mode: DiffMode) -> list[str]:
    lines = _lines(change)
    limit = SHORT_WHOLE if change.before is None or change.after is None else SHORT
    if mode == "full" or len(lines) <= limit:
        return lines
    return [*lines[:limit], f"… {len(lines) - limit} more lines, use --diff=full\n"]
