"""Twenty mistakes in a synthetic project, each of which `convexgen fix` undoes to the byte."""

from __future__ import annotations

from pathlib import Path

COUNT = 20
MISTAKES = (
    ("async def list_items(", "def list_items("),
    ("@mutation\n", "@mutation()\n"),
    ("ctx: ActionCtx,\n", "ctx,\n"),
    ("await ctx.db.patch(item", "ctx.db.patch(item"),
    (
        "Record{0}.owner == owner, Record{0}.status == status",
        "Record{0}.status == status, Record{0}.owner == owner",
    ),
)
"""What a module of a synthetic project has, and what is written in its stead."""


def plant(source: Path) -> None:
    """Make one mistake in each of the first modules."""
    for number in range(COUNT):
        path = source / f"area_{number:04d}.py"
        text = path.read_text(encoding="utf-8")
        right, wrong = (each.format(f"{number:04d}") for each in MISTAKES[number % len(MISTAKES)])
        if right not in text:
            raise ValueError(f"{path.name} has no {right!r}")
        path.write_text(text.replace(right, wrong, 1), encoding="utf-8", newline="\n")
