"""What is asked of the server, and what it has answered, with what is expected of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from ..transport import Update
from ..values import JsonObject
from .effects import Answered, Effect
from .messages import Lost, Outcome, Response, Success, Transition
from .optimism import Optimism
from .queries import QuerySet
from .requests import Requests
from .shown import Shown


class Results:
    """Queries, mutations and actions, on whichever connection. `tell` takes effects.

    What the server is to be told is in `unsaid`, and all of it in `restarted` for a new
    connection.
    """

    def __init__(self, tell: Callable[[Effect], None]) -> None:
        self._tell = tell
        self._queries = QuerySet()
        self._requests = Requests()
        self._optimism = Optimism()
        self._shown = Shown()

    @property
    def is_caught_up(self) -> bool:
        """Whether the server has answered all that was asked before it connected last."""
        return self._queries.is_caught_up and self._requests.is_caught_up

    @property
    def timestamp(self) -> int:
        """Of all results that were told last, in nanoseconds since the epoch."""
        return self._shown.timestamp

    def outcome(self, query_id: int) -> Outcome | None:
        """What was told of a query last."""
        return self._shown.get(query_id)

    # --- What is asked for ------------------------------------------------------------

    def follow(self, path: str, args: JsonObject) -> int:
        """One more who follows a query: its id."""
        return self._queries.follow(path, args)

    def leave(self, query_id: int) -> None:
        """One less who follows a query."""
        if self._queries.leave(query_id):
            self._shown.forget(query_id)

    def request(
        self,
        kind: Literal["Mutation", "Action"],
        path: str,
        args: JsonObject,
        update: Update | None = None,
    ) -> int:
        """A mutation or action to be run: the id of the request. Raises what `update` does."""
        request_id = self._requests.add(kind, path, args)
        if update is not None:
            self._optimism.add(request_id, update)
            try:
                self._optimism.test(self._queries)
            except BaseException:
                self._optimism.drop(request_id)
                self._requests.abandon(request_id)
                raise
            self._show()
        return request_id

    def abandon(self, request_id: int) -> None:
        """Nobody waits for a request any more."""
        self._requests.abandon(request_id)
        if self._optimism.drop(request_id):
            self._show()

    # --- What the server is told ------------------------------------------------------

    def unsaid(self) -> Iterator[str]:
        """The messages that it has not had; it has once they are sent."""
        text = self._queries.take_message()
        if text is not None:
            yield text
        yield from self._requests.take_unsent()

    def restarted(self) -> Iterator[str]:
        """The messages for a server that knows of nothing."""
        yield self._queries.restarted()
        yield from self._requests.restarted()

    # --- What happens -----------------------------------------------------------------

    def disconnected(self) -> None:
        """The connection was lost, and the actions on it."""
        for request_id, lost in self._requests.disconnected():
            self._tell(Answered(request_id, lost))

    def end(self, reason: str) -> None:
        """There will be no more answers."""
        for request_id in self._requests.take_all():
            self._tell(Answered(request_id, Lost(reason)))

    def move(self, transition: Transition) -> None:
        """The server has told of a newer state of all queries."""
        self._shown.timestamp = transition.end.timestamp
        self._queries.apply(transition)
        done: list[tuple[int, Success]] = []
        # The first transition of a connection may confirm who is there, and know of no
        # queries yet: what they show is older than it says.
        if transition.end.query_set > 0:
            done = self._requests.reflected(transition.end.timestamp)
        for request_id, _ in done:
            self._optimism.drop(request_id)
        self._show()
        for request_id, outcome in done:
            self._tell(Answered(request_id, outcome))

    def answer(self, response: Response) -> None:
        """A mutation or action has ended."""
        outcome = self._requests.respond(response)
        if outcome is not None:
            if self._optimism.drop(response.request_id):
                self._show()
            self._tell(Answered(response.request_id, outcome))

    def _show(self) -> None:
        """Tell the results that are not what was told last."""
        changed = self._shown.show(self._optimism.over(self._queries))
        if changed is not None:
            self._tell(changed)
