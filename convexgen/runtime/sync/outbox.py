"""What is on its way to a client: how much of it has not left yet, and whether it is time to show a sign of life."""

from __future__ import annotations

from convexgen.runtime.sync.effects import Send
from convexgen.runtime.sync.limits import ClientVersion, Limits
from convexgen.runtime.sync.server_messages import PING, chunks


class Outbox:
    """Goes with a socket. `now` is in milliseconds since the epoch."""

    def __init__(self, client: ClientVersion | None, limits: Limits, now: float) -> None:
        self._takes_chunks = client is not None and client.takes_chunks
        self._limits = limits
        self._last_at = now
        self._unsent = 0
        self._unsent_transitions = 0

    @property
    def unsent(self) -> int:
        """How many messages have not left yet."""
        return self._unsent

    @property
    def has_room(self) -> bool:
        """Whether the client reads fast enough to be told more, such as what comes of its next mutation."""
        return self._unsent < self._limits.unsent_messages

    @property
    def has_room_for_transition(self) -> bool:
        return self._unsent_transitions < self._limits.unsent_transitions

    def message(self, text: str, now: float) -> Send:
        """Any message but a transition."""
        return self._sending(text, now, ends_transition=False)

    def transition(self, text: str, identifier: str, now: float) -> list[Send]:
        """A transition, in pieces if it is large and the client knows of such. They stay together."""
        frames = [text]
        if self._takes_chunks and len(text.encode()) > self._limits.frame_bytes:
            frames = list(chunks(text, identifier, self._limits.frame_bytes))
        self._unsent_transitions += 1
        return [
            *(self._sending(frame, now, ends_transition=False) for frame in frames[:-1]),
            self._sending(frames[-1], now, ends_transition=True),
        ]

    def ping(self, now: float) -> Send | None:
        """A sign of life, if the client has heard nothing for long and nothing is on its way to it."""
        if self._unsent or now - self._last_at < self._limits.ping_after:
            return None
        return self.message(PING, now)

    def sent(self, message: Send) -> None:
        """A message has left."""
        self._unsent -= 1
        self._unsent_transitions -= message.ends_transition

    def _sending(self, text: str, now: float, *, ends_transition: bool) -> Send:
        self._last_at = now
        self._unsent += 1
        return Send(text, ends_transition)
