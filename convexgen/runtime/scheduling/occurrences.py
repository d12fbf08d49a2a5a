"""When a cron is due, by its canonical schedule (see `authoring.schedules`). Milliseconds since the epoch, in UTC."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_interval = re.compile(r"every (\d+)s").fullmatch


def first(schedule: str, now: float) -> float | None:
    """The first time for a cron that was not there before: now, for an interval. None if it is never due."""
    return now if _interval(schedule) else following(schedule, now, now)


def following(schedule: str, previous: float, now: float) -> float | None:
    """The first time after `now` for a cron that was due at `previous`. What lies between has been missed.

    None if it is never due again: there is no 31st of February.
    """
    interval = _interval(schedule)
    if interval is None:
        return _next_in_calendar(schedule, now)
    period = int(interval[1]) * 1000
    return previous + period * max(1, math.floor((now - previous) / period) + 1)


def _next_in_calendar(schedule: str, now: float) -> float | None:
    try:
        found = next(CronSim(schedule, _EPOCH + now * _MILLISECOND))
    except (CronSimError, StopIteration):
        return None
    return (found - _EPOCH) / _MILLISECOND
