"""What the conversation asks of those around it: the only way in which it acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .messages import Lost, Outcome


@dataclass(frozen=True, slots=True)
class Open:
    """Open a socket; then `Conversation.opened`, or `closed` if that fails."""


@dataclass(frozen=True, slots=True)
class Shut:
    """Close the socket, or stop opening it. Nothing more is to be told of this one."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a text frame, after those before it."""

    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """New results of queries by their ids, all as of one `timestamp` in nanoseconds."""

    timestamp: int
    outcomes: Mapping[int, Outcome]


@dataclass(frozen=True, slots=True)
class Answered:
    """A mutation or action has ended. All results that it changed have been told."""

    request_id: int
    outcome: Outcome | Lost


@dataclass(frozen=True, slots=True)
class FetchToken:
    """Get a token from who issues them; then `Conversation.token_fetched`.

    `force`: a new one, not one that was kept. A later `FetchToken` replaces this one.
    """

    attempt: int
    force: bool


@dataclass(frozen=True, slots=True)
class AuthChanged:
    """The server takes us for somebody, or for nobody any more for the `reason`."""

    is_authenticated: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The server refuses to talk to us. There are no more effects after this one."""

    reason: str


Effect: TypeAlias = (
    Open | Shut | Send | Changed | Answered | FetchToken | AuthChanged | Ended
)
