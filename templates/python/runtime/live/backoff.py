"""How long to wait before a connection is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_FIRST: Final = 1.0
_FIRST_BY_OUR_DOING: Final = 0.1
_FIRST_UNDER_LOAD: Final = 3.0
_LONGEST: Final = 16.0
_ENOUGH_DOUBLINGS: Final = 8

_SIGNS_OF_LOAD: Final = (
    "AwsTooManyRequestsException",
    "CommitterFullError",
    "ExecuteFullError",
    "ExpiredInQueue",
    "SearchIndexTooLarge",
    "SubscriptionsWorkerFullError",
    "SystemTimeoutError",
    "TooManyConcurrentRequests",
    "TooManyWritesInTimePeriod",
    "VectorIndexTooLarge",
)


class Backoff:
    """Waits that double while connections fail. `random` gives numbers from 0 to 1."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failures = 0

    def succeeded(self) -> None:
        """The server has answered all that was asked before the connection broke."""
        self._failures = 0

    def next(self, reason: str, *, by_our_doing: bool) -> float:
        """Seconds to wait after a connection that ended for `reason`."""
        first = _FIRST_BY_OUR_DOING if by_our_doing else _first_wait(reason)
        wait = min(first * 2.0 ** min(self._failures, _ENOUGH_DOUBLINGS), _LONGEST)
        self._failures += 1
        return wait * (0.5 + self._random())


def _first_wait(reason: str) -> float:
    return _FIRST_UNDER_LOAD if reason.startswith(_SIGNS_OF_LOAD) else _FIRST
