"""Which token is being fetched, and what for. Only the latest one counts."""

from __future__ import annotations

from enum import Enum

from .effects import FetchToken


class Purpose(Enum):
    """What a token is fetched for."""

    FIRST = "to begin with; nothing is sent before it is there"
    FIRST_FORCED = "to begin with, after one that was kept turned out to be none"
    RENEWAL = "since ours will expire"
    REFUSED = "since the server has refused ours; the socket is closed until then"


class Fetches:
    """At most one that is under way."""

    def __init__(self) -> None:
        self._attempts = 0
        self._purpose: Purpose | None = None

    @property
    def is_under_way(self) -> bool:
        return self._purpose is not None

    def begin(self, purpose: Purpose) -> FetchToken:
        """What is to be done. It takes the place of what is under way."""
        self._purpose = purpose
        self._attempts += 1
        return FetchToken(self._attempts, purpose is not Purpose.FIRST)

    def finish(self, attempt: int) -> Purpose | None:
        """What an attempt was for; None if it counts no more."""
        if attempt != self._attempts:
            return None
        purpose, self._purpose = self._purpose, None
        return purpose

    def forget(self) -> None:
        """What is under way counts no more."""
        self._purpose = None
