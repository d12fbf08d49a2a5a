"""Which findings are told: all that keep files from being generated, and of the others those that somebody wants.

Who decides, from the outside in: the settings (`select`, `extend-select`, `ignore`, `per-file-ignores`), and comments
in the sources (`# convexgen: ignore[NAME]`). A comment that decides nothing is a finding itself. Pure.
"""

from __future__ import annotations

from convexgen.selection.adding import Added, add_ignores
from convexgen.selection.comments import mistakes
from convexgen.selection.selectors import Complaint, asked_for, can_be_ignored, complaint, is_chosen
from convexgen.selection.telling import Judged, judged_by_plan, judged_by_types, tell, tell_writers

__all__ = [
    "Added",
    "Complaint",
    "Judged",
    "add_ignores",
    "asked_for",
    "can_be_ignored",
    "complaint",
    "is_chosen",
    "judged_by_plan",
    "judged_by_types",
    "mistakes",
    "tell",
    "tell_writers",
]
