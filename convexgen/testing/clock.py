"""The clock of a backend in tests: it stands still until it is told to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""When every test begins."""


class Clock:
    """Nanoseconds since the epoch, for the engine."""

    def __init__(self, start: datetime) -> None:
        """Raises `ValueError` for a moment without a time zone."""
        if start.tzinfo is None:
            raise ValueError(f"{start!r} has no time zone")
        self._now = (start - _EPOCH) // _MICROSECOND * 1000

    def __call__(self) -> int:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Raises `ValueError` for a negative time."""
        if by < timedelta():
            raise ValueError(f"time does not go back: {by}")
        self._now += by // _MICROSECOND * 1000


def moment(nanoseconds: int) -> datetime:
    """A time since the epoch."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
