"""How much one client may ask for at a time, how long silence lasts, and what clients can take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple


@dataclass(frozen=True, slots=True)
class Limits:
    """Times are in milliseconds. `pending` goes for mutations and for actions, each by themselves.

    `silence` is how long nothing may come from a client, pongs included; None where someone else sees to that.
    """

    pending: int = 1000
    unsent_transitions: int = 2
    unsent_messages: int = 100
    ping_after: float = 15_000
    silence: float | None = 120_000
    frame_bytes: int = 5_000_000


class ClientVersion(NamedTuple):
    """`ClientVersion("npm", (1, 48, 0))`."""

    name: str
    version: tuple[int, int, int]

    @property
    def takes_chunks(self) -> bool:
        """Whether a transition may come in pieces; others take a piece for a breach of the protocol."""
        return self.name == "npm" and self.version >= _FIRST_WITH_CHUNKS


_FIRST_WITH_CHUNKS: Final = (1, 28, 0)
