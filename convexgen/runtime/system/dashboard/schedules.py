"""What is to be run later, and again and again: the documents that say so, and putting an end to them."""

from __future__ import annotations

from typing import Final

from convexgen.runtime import scheduling
from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.scheduling import JOBS
from convexgen.runtime.scheduling.states import Kind, kind_of, of_kind
from convexgen.runtime.system.functions import SystemFunction
from convexgen.runtime.system.requests import Arguments, needed, page_value
from convexgen.runtime.values import Value

_MANY: Final = 200
"""Jobs that wait, of which there may be any number; those that are due first are shown."""

_UNDER_WAY: Final[tuple[Kind, ...]] = ("inProgress", "pending")


def _waiting(run: Run, arguments: Arguments) -> Value:
    """What runs, and what will: `{jobs, isAll}`."""
    del arguments
    jobs: list[Value] = []
    for kind in _UNDER_WAY:
        jobs.extend(of_kind(run.transaction.system, JOBS, kind, _MANY + 1 - len(jobs)))
    return {"jobs": jobs[:_MANY], "isAll": len(jobs) <= _MANY}


def _ended(run: Run, arguments: Arguments) -> Value:
    """`{paginationOpts}`: what was scheduled last comes first."""
    stored = run.transaction.stored
    return page_value(
        lambda options: stored.page(JOBS, "desc", options, lambda job: kind_of(job) not in _UNDER_WAY), arguments
    )


def _cancel(run: Run, arguments: Arguments) -> Value:
    scheduling.cancel(run.transaction.system, needed(arguments, "id", str), run.now, None)
    return None


def _crons(run: Run, arguments: Arguments) -> Value:
    """All crons with the time when each is due, the next one first."""
    del arguments
    return list(scheduling.all_crons(run.transaction.system))


FUNCTIONS = (
    SystemFunction("_system/frontend/schedules:waiting", "query", _waiting),
    SystemFunction("_system/frontend/schedules:ended", "query", _ended),
    SystemFunction("_system/frontend/schedules:cancel", "mutation", _cancel),
    SystemFunction("_system/frontend/schedules:crons", "query", _crons),
)
