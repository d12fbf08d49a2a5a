"""Says what is wrong: holds all that a client sees to the history."""

from __future__ import annotations

from typing import Any

from convexgen.runtime.calls import SessionRequest
from tests.runtime.simulation.client import NOTHING, Client, Request, Told
from tests.runtime.simulation.history import Asked, History, WrongError
from tests.runtime.simulation.pages import PagedList


class Judge:
    """Everything raises `WrongError`. `pages` are the lists that clients are reading."""

    def __init__(self, history: History) -> None:
        self.pages: dict[Client, PagedList] = {}
        self._history = history

    def may_see(self, client: Client, told: Told) -> None:
        """All queries of a transition show the moment that it is of."""
        for query in told.results.values():
            if query.result is NOTHING or query.path == "lists:page":
                continue
            if query.path != "handles:whoAmI":
                self._history.check_query(query.path, query.arguments, told.timestamp, query.result)
            elif query.result != told.identity:
                raise WrongError(f"{told.identity} is told to be {query.result}")
        pages = self.pages.get(client)
        if pages is not None:
            pages.check(told.results, self._history.at(told.timestamp))

    def may_be_done(self, client: Client, request_id: int, request: Request) -> None:
        """A client is told of a success that there was."""
        entry = self._history.by_request.get(SessionRequest(client.session_id, request_id))
        assert request.done_at is not None
        if entry is None or entry.timestamp > request.done_at or entry.result != request.result:
            raise WrongError(f"the client believes in {request}, and what was committed is {entry}")

    def may_fail(self, client: Client, request_id: int, request: Request, data: Any) -> None:
        """A client is told of a failure for which there was a reason, and of which nothing is left."""
        wanted = SessionRequest(client.session_id, request_id)
        if wanted in self._history.by_request:
            raise WrongError(f"{request} failed, and was committed")
        self._history.check_failure(Asked(request.path, request.arguments, wanted, None), request.since, data)

    def may_have_acted(self, request: Request, result: Any) -> None:
        """Both mutations of the action were committed: no two have the same result."""
        results = [
            entry.result
            for entry in self._history.entries
            if entry is not None
            and entry.asked is not None
            and (entry.asked.path, entry.asked.arguments) == ("counting:bump", request.arguments)
        ]
        first, second = result
        if not first < second or results.count(first) != 1 or results.count(second) != 1:
            raise WrongError(f"{request} gave {result}, and committed are {results}")

    def committed_through(self, wire: int, request: SessionRequest) -> int | None:
        """When a request was committed, if it was through this socket."""
        entry = self._history.by_request.get(request)
        if entry is None or entry.asked is None or entry.asked.connection != wire:
            return None
        return entry.timestamp
