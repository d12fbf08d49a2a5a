"""Functions that are scheduled, and others that schedule them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from convexgen import ActionCtx, Id, MutationCtx, QueryCtx, ScheduledJob, action, internal_mutation, mutation, query
from tests.runtime.jobs.backend.schema import Mark

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

attempts: list[str] = []
"""What actions began, outside of any transaction."""


@internal_mutation
async def mark(ctx: MutationCtx, text: str) -> None:
    """Leave a mark, unless the text asks for an error."""
    await ctx.db.insert(Mark(text=text))
    if text == "raise":
        raise ValueError("as asked")


@action
async def act(ctx: ActionCtx, text: str) -> None:
    """Leave a mark from an action."""
    attempts.append(text)
    if text == "raise":
        raise ValueError("as asked")
    await ctx.run_mutation(mark, text=text)


@mutation
async def later(ctx: MutationCtx, text: str, seconds: float, then: str = "") -> Id[ScheduledJob]:
    """Schedule `mark`, and see the job in the same transaction."""
    job = await ctx.scheduler.run_after(timedelta(seconds=seconds), mark, text=text)
    found = await ctx.db.get(job)
    assert found is not None and found.state.kind == "pending"
    if then:
        raise ValueError(then)
    return job


@mutation
async def act_later(ctx: MutationCtx, text: str, seconds: float) -> Id[ScheduledJob]:
    """Schedule `act`."""
    return await ctx.scheduler.run_after(timedelta(seconds=seconds), act, text=text)


@mutation
async def at(ctx: MutationCtx, text: str, milliseconds: float) -> Id[ScheduledJob]:
    """Schedule `mark` for a time since the epoch."""
    return await ctx.scheduler.run_at(EPOCH + timedelta(milliseconds=milliseconds), mark, text=text)


@mutation
async def many(ctx: MutationCtx, count: int, size: int) -> None:
    """Schedule `mark` often."""
    for _ in range(count):
        await ctx.scheduler.run_after(timedelta(0), mark, text="x" * size)


@mutation
async def wrongly(ctx: MutationCtx, how: str) -> None:
    """Schedule what cannot be."""
    scheduler: Any = ctx.scheduler
    if how == "query":
        await scheduler.run_after(timedelta(0), marks)
    elif how == "argument":
        await scheduler.run_after(timedelta(0), mark, nothing=1)
    elif how == "type":
        await scheduler.run_after(timedelta(0), "work:mark")
    elif how == "naive":
        await scheduler.run_at(datetime(2026, 1, 1), mark, text="")
    elif how == "cancel":
        await scheduler.cancel("nothing")


@mutation
async def cancel(ctx: MutationCtx, job: Id[ScheduledJob]) -> None:
    """Cancel a job."""
    await ctx.scheduler.cancel(job)


@internal_mutation
async def chain(ctx: MutationCtx, left: int) -> None:
    """Go on in a transaction of its own."""
    await ctx.db.insert(Mark(text=str(left)))
    if left:
        await ctx.scheduler.run_after(timedelta(0), chain, left=left - 1)


@mutation
async def begin_chain(ctx: MutationCtx, left: int) -> None:
    """Begin a chain."""
    await ctx.scheduler.run_after(timedelta(0), chain, left=left)


@internal_mutation
async def cancel_running(ctx: MutationCtx) -> None:
    """Cancel every job that runs: this one, or the action around it."""
    for job in await ctx.db.query(ScheduledJob).collect():
        if job.state.kind == "inProgress":
            await ctx.scheduler.cancel(job.id)
    await ctx.db.insert(Mark(text="canceled"))


@internal_mutation
async def schedule_again(ctx: MutationCtx) -> None:
    """Schedule as a part of somebody else."""
    await ctx.scheduler.run_after(timedelta(0), mark, text="after too")


@action
async def canceled_midway(ctx: ActionCtx) -> None:
    """Is canceled while it runs, and schedules all the same."""
    before = await ctx.scheduler.run_after(timedelta(0), mark, text="before")
    await ctx.run_mutation(cancel_running)
    await ctx.scheduler.run_after(timedelta(0), mark, text="after")
    await ctx.run_mutation(schedule_again)
    await ctx.scheduler.cancel(before)


@mutation
async def schedule(ctx: MutationCtx, name: str) -> Id[ScheduledJob]:
    """Schedule one of the functions that take nothing."""
    if name == "canceled_midway":
        return await ctx.scheduler.run_after(timedelta(0), canceled_midway)
    return await ctx.scheduler.run_after(timedelta(0), cancel_running)


@action
async def from_action(ctx: ActionCtx, text: str) -> Id[ScheduledJob]:
    """Schedule, and raise if the text asks for it: what was scheduled stays so."""
    job = await ctx.scheduler.run_after(timedelta(0), mark, text=text)
    if text == "kept":
        raise ValueError("as asked")
    return job


@query
async def marks(ctx: QueryCtx) -> list[str]:
    """All marks, in order."""
    return [mark.text for mark in await ctx.db.query(Mark).collect()]
