"""What to run now, and when to look again: decided of plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from convexgen.runtime.jobs.tasks import Task

TOGETHER: Final = 8
"""How many run at once."""

FIRST_DELAY: Final = 100.0
LONGEST_DELAY: Final = 60_000.0
"""Milliseconds before a run that failed through no fault of its function is made again: at first, and at most."""

TOLERANCE: Final = 0.001
"""Milliseconds that are smaller than what a time of now can tell apart."""


@dataclass(frozen=True, slots=True)
class Step:
    """`look_again`: milliseconds since the epoch; None where only news can give something to do."""

    run: tuple[Task, ...]
    look_again: float | None


def next_step(now: float, pending: Sequence[Task], running: AbstractSet[str], delayed: Mapping[str, float]) -> Step:
    """`pending` in the order in which they are due, more of them than `running` and `delayed` together.

    `running` has the ids of tasks, `delayed` when those may be tried again that could not be run.
    """
    room = TOGETHER - len(running)
    run: list[Task] = []
    for task in pending:
        if task.id in running:
            continue
        due = max(task.due, delayed.get(task.id, 0.0))
        if due <= now + TOLERANCE and len(run) < room:
            run.append(task)
    later = [max(task.due, delayed.get(task.id, 0.0)) for task in pending if task.id not in running and task not in run]
    if len(run) == room or not later:
        return Step(tuple(run), None)  # whoever ends is news
    return Step(tuple(run), min(later))


def delay(failures: int) -> float:
    """Milliseconds to wait after so many failures, one or more."""
    return float(min(FIRST_DELAY * 2 ** min(failures - 1, 20), LONGEST_DELAY))
