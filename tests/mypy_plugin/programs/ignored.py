# mypy: ignore-errors
"""Mistakes that somebody wants to make: `type: ignore` with our codes is heeded, and one too many is told of."""

from __future__ import annotations

from convexgen import QueryCtx

from .schema import Task


async def wanted(ctx: QueryCtx) -> None:
    ctx.db.query(Task).with_index(Task.by_owner, Task.rank > 3)  # type: ignore[convexgen-index]
    ctx.db.query(Task).with_index(Task.by_urgent, Task.urgent)  # type: ignore[convexgen-condition]
