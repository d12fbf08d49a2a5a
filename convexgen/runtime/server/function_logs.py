"""What became of the last calls of functions, for administrators who follow them.

An entry has a place in time, its cursor, in milliseconds since the epoch; no two have the same, and whoever was told of
one is told of all after it, unless there were too many since.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final, NamedTuple

from convexgen.runtime.calls import Failure, Outcome, shown_path
from convexgen.runtime.values import Json

MOST: Final = 1000
"""Entries that are kept."""
PATIENCE: Final = 50.0
"""Seconds after which those who wait are told that there is nothing. Clients wait for a minute."""
_APART: Final = 0.001
"""Milliseconds between two cursors, at least."""

TYPES: Final[Mapping[str, str]] = {
    "query": "Query",
    "mutation": "Mutation",
    "action": "Action",
    "http action": "HttpAction",
}
"""What clients call the kinds of functions."""


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call that has ended. `kind` is a key of `TYPES`. `ended` is in milliseconds since the epoch."""

    path: str
    kind: str
    outcome: Outcome
    seconds: float
    request_id: str
    ended: float


class Told(NamedTuple):
    """Some entries, and the cursor to ask with for those after them."""

    entries: list[Json]
    cursor: float


class FunctionLogs:
    """The ring of entries. Any thread may add to it; `after` is for one event loop. `now`: milliseconds.

    Life cycle: whoever waits when it is closed, or later, is told at once that there is nothing new.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.RLock()
        self._entries: deque[tuple[float, LoggedCall, int]] = deque(maxlen=MOST)
        self._numbers = count(1)
        self._newest = 0.0
        self._waiting: set[_Waiting] = set()
        self._is_closed = False

    def add(self, call: LoggedCall) -> None:
        with self._lock:
            self._newest = max(call.ended, self._newest + _APART)
            self._entries.append((self._newest, call, next(self._numbers)))
            waiting, self._waiting = self._waiting, set()
        for each in waiting:
            each.wake()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            waiting, self._waiting = self._waiting, set()
        for each in waiting:
            each.wake()

    async def after(self, cursor: float, patience: float = PATIENCE) -> Told:
        """The entries after a cursor: at once if there are any, or if the cursor is 0; else when there are, if soon."""
        found, waiting = self._look(cursor)
        if waiting is None:
            return found
        try:
            async with asyncio.timeout(patience):
                await waiting.news.wait()
        except TimeoutError:
            pass
        finally:
            with self._lock:
                self._waiting.discard(waiting)
        return self._found(found.cursor)

    def _look(self, cursor: float) -> tuple[Told, _Waiting | None]:
        """What there is; and if that is nothing, with what to wait for it."""
        with self._lock:
            # One that is ahead of us is from before a restart: who has it has seen nothing of what is here.
            first = cursor == 0 or cursor > self._newest
            found = self._found(0.0 if first else cursor)
            if found.entries or first or self._is_closed:
                return found, None
            waiting = _Waiting(asyncio.Event(), asyncio.get_running_loop())
            self._waiting.add(waiting)
        return found, waiting

    def _found(self, cursor: float) -> Told:
        with self._lock:
            if self._newest == 0:
                self._newest = self._now()  # a cursor of 0 would be answered at once for ever
            found = [_entry(call, number) for at, call, number in self._entries if at > cursor]
            return Told(found, self._newest)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    news: asyncio.Event
    loop: asyncio.AbstractEventLoop

    def wake(self) -> None:
        self.loop.call_soon_threadsafe(self.news.set)


def _entry(call: LoggedCall, number: int) -> Json:
    """As clients read it. Times are in seconds."""
    entry: dict[str, Json] = {
        "kind": "Completion",
        "udfType": TYPES[call.kind],
        "identifier": shown_path(call.path),
        "timestamp": call.ended / 1000,
        "executionTime": call.seconds,
        "logLines": list(call.outcome.log_lines),
        "requestId": call.request_id,
        "executionId": str(number),
        "error": None,
    }
    if isinstance(call.outcome, Failure):
        entry["error"] = call.outcome.message
    return entry
