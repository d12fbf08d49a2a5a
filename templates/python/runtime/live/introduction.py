"""What each connection begins with: who speaks, for which time, and what it has seen."""

from __future__ import annotations

from . import messages


class Introduction:
    """One session over all of its connections."""

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._connections = 0
        self._last_close: str | None = "InitialConnect"
        self._max_observed: int | None = None

    def observe(self, timestamp: int) -> None:
        """The server has told of this time; it is not to go behind it."""
        self._max_observed = max(timestamp, self._max_observed or 0)

    def closed(self, reason: str | None) -> None:
        """The connection has ended. The first reason since the last one counts."""
        self._last_close = self._last_close or reason

    def message(self, now: float) -> str:
        """The first message of a new connection."""
        text = messages.connect(
            self._session_id,
            self._connections,
            self._last_close,
            self._max_observed,
            now,
        )
        self._connections += 1
        self._last_close = None
        return text
