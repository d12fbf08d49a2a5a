"""What an import would change, in words that a person agrees to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class TableSummary(NamedTuple):
    """How many documents of a table an import brings, how many it deletes, and how many there are now."""

    brings: int
    deletes: int
    finds: int


def summary_text(tables: Mapping[str, TableSummary]) -> str:
    """A table of tables, and what happens next."""
    rows = [("table", "create", "delete")]
    rows += [(name, f"{each.brings:,}", f"{each.deletes:,} of {each.finds:,}") for name, each in sorted(tables.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    head, *body = lines
    return "\n".join(
        [
            "Import change summary:",
            head,
            "-" * len(head),
            *body,
            "All of it becomes visible at once, or nothing does.",
            "Once it has been agreed to, it goes on in the background: interrupting the command does not stop it.",
        ]
    )
