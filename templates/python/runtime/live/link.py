"""Whether there is a socket, and when there should be one: waiting, opening, open, silent."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from .backoff import Backoff


class _State(Enum):
    IDLE = "nothing was asked for yet"
    WAITING = "until it is time to try again"
    OPENING = "a socket that is not there yet"
    OPEN = "a socket that is there"
    STOPPED = "until there is a token that the server may like better"
    ENDED = "for good"


class Link:
    """The way to the server. `silence` is how many seconds it may be quiet.

    Life cycle: idle until `opening`, then in turns opening, open and, after `lost`,
    waiting for `opening` to be due; or stopped until `opening`; at the end `end`.
    """

    def __init__(self, random: Callable[[], float], silence: float) -> None:
        self._state = _State.IDLE
        self._silence = silence
        self._backoff = Backoff(random)
        self._heard_at = 0.0
        self._open_at = 0.0

    @property
    def is_idle(self) -> bool:
        return self._state is _State.IDLE

    @property
    def is_opening(self) -> bool:
        return self._state is _State.OPENING

    @property
    def is_open(self) -> bool:
        return self._state is _State.OPEN

    @property
    def is_stopped(self) -> bool:
        return self._state is _State.STOPPED

    @property
    def is_ended(self) -> bool:
        return self._state is _State.ENDED

    @property
    def has_socket(self) -> bool:
        return self._state in (_State.OPENING, _State.OPEN)

    @property
    def deadline(self) -> float | None:
        """When a socket is to be opened, or counts as lost if nothing is heard."""
        if self._state is _State.WAITING:
            return self._open_at
        return self._heard_at + self._silence if self.has_socket else None

    def is_due(self, now: float) -> bool:
        """Whether it is time to open a socket."""
        return self._state is _State.WAITING and now >= self._open_at

    def is_silent(self, now: float) -> bool:
        """Whether nothing was heard for too long."""
        return self.has_socket and now >= self._heard_at + self._silence

    def opening(self, now: float) -> None:
        self._state, self._heard_at = _State.OPENING, now

    def opened(self, now: float) -> None:
        self._state, self._heard_at = _State.OPEN, now

    def heard(self, now: float) -> None:
        """Something has come from the server."""
        self._heard_at = now

    def caught_up(self) -> None:
        """The server has answered all that was asked before it connected."""
        self._backoff.succeeded()

    def lost(self, reason: str, now: float, *, by_our_doing: bool) -> None:
        self._state = _State.WAITING
        self._open_at = now + self._backoff.next(reason, by_our_doing=by_our_doing)

    def stop(self) -> None:
        """Have no socket until `opening`."""
        self._state = _State.STOPPED

    def end(self) -> None:
        self._state = _State.ENDED
