"""When a job is due, in milliseconds since the epoch, of what functions say about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

FARTHEST: Final = timedelta(days=5 * 365)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def after(delay: timedelta, now: float) -> float:
    """Raises `ValueError` for a negative delay, or one of more than five years."""
    if delay < timedelta():
        raise ValueError(f"a function cannot run before it was scheduled: {delay}")
    return _within(now + delay / _MILLISECOND, now)


def at(moment: datetime, now: float) -> float:
    """Raises `ValueError` for a moment without a time zone, or more than five years away, before or after."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return _within((moment - _EPOCH) / _MILLISECOND, now)


def _within(due: float, now: float) -> float:
    if abs(due - now) > FARTHEST / _MILLISECOND:
        raise ValueError("a function cannot be scheduled more than five years away")
    return due
