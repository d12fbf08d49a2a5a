"""Changes as a unified diff that `patch -p1` and `git apply` understand."""

from __future__ import annotations

import difflib

from convexgen.report import DiffMode
from convexgen.snapshot import FileChange

SHORT = 40
"""Lines of one file's diff that are shown unless all are asked for."""
SHORT_FILES = 5
"""Files of which a diff is shown unless all are asked for."""


def patch(changes: tuple[FileChange, ...], mode: DiffMode) -> str:
    """The diff of all changes. With `short`, the first lines of a few files, and how much more there is.

    Of files that are missing or left over the diff would be the whole file, so `short` leaves them out.
    """
    if mode == "none":
        return ""
    if mode == "full":
        return "".join("".join(_lines(change)) for change in changes)
    edited = [change for change in changes if change.before is not None and change.after is not None]
    shown = "".join("".join(_shortened(change)) for change in edited[:SHORT_FILES])
    more = len(edited) - SHORT_FILES
    return f"{shown}… {more} more {'file' if more == 1 else 'files'}, use --diff=full\n" if more > 0 else shown


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


def _shortened(change: FileChange) -> list[str]:
    lines = _lines(change)
    if len(lines) <= SHORT:
        return lines
    return [*lines[:SHORT], f"… {len(lines) - SHORT} more lines, use --diff=full\n"]
