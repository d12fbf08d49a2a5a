"""The mutations of a client: one at a time, in the order in which they came; and answers that have to wait.

A mutation may run while a transition is worked out. Its answer waits until that transition is sent: the snapshot was
taken before the mutation began, and clients take the first transition after an answer for one that has its effect.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from convexgen.runtime.calls import Call, Failure


@dataclass(frozen=True, slots=True)
class Requested:
    """A mutation or an action under a number of the client. `digest` stands in the text of errors.

    `call` is a `Failure` if there is nothing to run.
    """

    request_id: int
    digest: str
    call: Call | Failure


class MutationQueue:
    """Goes with a socket."""

    def __init__(self) -> None:
        self.running: Requested | None = None
        self._waiting: deque[Requested] = deque()
        self._request_ids: set[int] = set()

    def __len__(self) -> int:
        """How many wait or run."""
        return len(self._request_ids)

    def __contains__(self, request_id: int) -> bool:
        return request_id in self._request_ids

    @property
    def is_ready(self) -> bool:
        """Whether the next one may begin."""
        return self.running is None and bool(self._waiting)

    def add(self, request: Requested) -> None:
        self._request_ids.add(request.request_id)
        self._waiting.append(request)

    def begin(self) -> Requested:
        """The next one, which is now running."""
        self.running = self._waiting.popleft()
        return self.running

    def finish(self, request_id: int) -> Requested:
        """The running one, which is no more. Raises `ValueError` if it is another."""
        finished = self.running
        if finished is None or finished.request_id != request_id:
            raise ValueError(f"mutation {request_id} is not running")
        self.running = None
        self._request_ids.remove(request_id)
        return finished
