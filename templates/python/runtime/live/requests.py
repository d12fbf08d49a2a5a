"""Mutations and actions under way, in the order in which they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..values import JsonObject
from . import messages
from .messages import Lost, Outcome, Response, Success


@dataclass(slots=True, eq=False)
class _Request:
    kind: Literal["Mutation", "Action"]
    text: str
    is_sent: bool = False
    completed: tuple[int, Success] | None = None
    """A mutation's commit that no transition has shown yet."""


class Requests:
    """Sends each mutation until a transition shows its effect, and each action once."""

    def __init__(self) -> None:
        self._requests: dict[int, _Request] = {}
        self._ids = 0
        self._unanswered: set[int] = set()

    @property
    def is_caught_up(self) -> bool:
        """Whether all that was sent before the last connection has been answered."""
        return not self._unanswered

    def add(
        self, kind: Literal["Mutation", "Action"], path: str, args: JsonObject
    ) -> int:
        request_id, self._ids = self._ids, self._ids + 1
        text = messages.request(kind, request_id, path, args)
        self._requests[request_id] = _Request(kind, text)
        return request_id

    def abandon(self, request_id: int) -> None:
        """Nobody waits for it any more: it is not sent, or not once more."""
        self._requests.pop(request_id, None)
        self._unanswered.discard(request_id)

    def take_unsent(self) -> Iterator[str]:
        """The messages that the server has not had on any connection."""
        for request in self._requests.values():
            if not request.is_sent:
                request.is_sent = True
                yield request.text

    def disconnected(self) -> list[tuple[int, Lost]]:
        """The actions that were under way: nobody will hear of them."""
        lost = [
            request_id
            for request_id, request in self._requests.items()
            if request.kind == "Action" and request.is_sent
        ]
        for request_id in lost:
            self.abandon(request_id)
        return [
            (request_id, Lost("Connection lost while action was in flight"))
            for request_id in lost
        ]

    def restarted(self) -> list[str]:
        """All messages for a new connection; the server knows which it has had."""
        self._unanswered = set(self._requests)
        for request in self._requests.values():
            request.is_sent = True
        return [request.text for request in self._requests.values()]

    def respond(self, response: Response) -> Outcome | None:
        """The answer to tell at once; None if it is to wait for its transition."""
        request = self._requests.get(response.request_id)
        if request is None or request.completed is not None:
            return None
        if response.timestamp is not None and isinstance(response.outcome, Success):
            request.completed = (response.timestamp, response.outcome)
            return None
        self.abandon(response.request_id)
        return response.outcome

    def reflected(self, timestamp: int) -> list[tuple[int, Success]]:
        """The mutations whose effects a transition to `timestamp` has shown."""
        done = [
            (request_id, request.completed[1])
            for request_id, request in self._requests.items()
            if request.completed is not None and request.completed[0] <= timestamp
        ]
        for request_id, _ in done:
            self.abandon(request_id)
        return done

    def take_all(self) -> list[int]:
        """The ids of all requests, which are forgotten."""
        all_ids = list(self._requests)
        self._requests.clear()
        self._unanswered.clear()
        return all_ids
