"""A list that is read page by page, each page a query that its client follows."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.runtime.simulation.asking import LISTS
from tests.runtime.simulation.client import NOTHING, Client, Subscription
from tests.runtime.simulation.history import WrongError
from tests.runtime.simulation.model import State


class PagedList:
    """A list that a client reads page by page, each of them a query that it follows."""

    def __init__(self, client: Client, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self._client = client
        self.query_ids: list[int] = []
        self.turn()

    def turn(self) -> None:
        """Ask for the first page, or the next one, if there is any yet."""
        cursor = None
        if self.query_ids:
            last = self._client.queries[self.query_ids[-1]].result
            if last is NOTHING or last["isDone"]:
                return
            cursor = last["continueCursor"]
        options = {"numItems": self.size, "cursor": cursor, "id": 1}
        asked = {"list": self.name, "paginationOpts": options}
        self.query_ids.append(self._client.subscribe("lists:page", asked))

    def close(self) -> None:
        for query_id in self.query_ids:
            self._client.unsubscribe(query_id)

    def check(self, results: Mapping[int, Subscription], state: State) -> None:
        """Raises `WrongError` for a gap, or for something that is there twice."""
        seen: list[str] = []
        expected_cursor = None
        for query_id in self.query_ids:
            query = results[query_id]
            if query.result is NOTHING:
                return
            if query.arguments["paginationOpts"]["cursor"] != expected_cursor:
                raise WrongError("a page ends elsewhere than it did")
            seen += query.result["page"]
            expected_cursor = query.result["continueCursor"]
        expected = state.list(self.name)
        if not query.result["isDone"]:
            expected = expected[: len(seen)]
        if seen != expected:
            raise WrongError(f"the pages of {self.name} have {seen}, and should have {expected}")


def turn_pages(client: Client, pages: dict[Client, PagedList], random: Random) -> None:
    """Begin to read a list, turn a page, or have enough of it."""
    if client not in pages:
        pages[client] = PagedList(client, random.choice(LISTS), random.randint(1, 3))
    elif random.random() < 0.03:
        pages.pop(client).close()
    else:
        pages[client].turn()
