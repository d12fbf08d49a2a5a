"""What clients ask for, drawn at random from little, so that they are in one another's way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from convexgen.runtime.values import Value, decode
from tests.runtime.simulation.client import NOTHING, Client, Subscription
from tests.runtime.simulation.history import WrongError
from tests.runtime.simulation.model import State

Asking = tuple[str, Mapping[str, Any]]

_NAMES: Final = ("ann", "bob", "cy", "dee")
_LISTS: Final = ("x", "y")
STAMP: Final = "counting:stamp"
"""The mutation whose result is chance."""


def wire(arguments: Mapping[str, Any]) -> dict[str, Value]:
    """Arguments as they are after the way over a wire."""
    decoded = decode(dict(arguments))
    assert isinstance(decoded, dict)
    return decoded


def _transfer(random: Random) -> Mapping[str, Any]:
    return {"source": random.choice(_NAMES), "target": random.choice(_NAMES), "amount": random.randint(0, 12)}


def _token(random: Random) -> Mapping[str, Any]:
    return {"token": f"{random.getrandbits(40):010x}"}


def _entry(random: Random) -> Mapping[str, Any]:
    return {"list": random.choice(_LISTS), "place": random.randrange(12)}


def _text(random: Random) -> str:
    return f"{random.getrandbits(20):05x}"


_MUTATIONS: Final[dict[str, Callable[[Random], Mapping[str, Any]]]] = {
    "accounts:open": lambda random: {"name": random.choice(_NAMES), "balance": random.randint(0, 20)},
    "accounts:transfer": _transfer,
    "accounts:tryTransfer": _transfer,
    "counting:bump": lambda random: {"name": random.choice(("c", "d"))},
    "counting:bumpAndBreak": lambda random: {"name": "c"},
    "counting:note": _token,
    "counting:flag": lambda random: {"kind": random.choice("aaaaaabbbbbc")},
    "handles:claim": lambda random: {"handle": f"h{random.randrange(6)}", "owner": random.choice(_NAMES)},
    "lists:append": lambda random: {"list": random.choice(_LISTS), "text": _text(random)},
    "lists:put": lambda random: {**_entry(random), "text": _text(random)},
    "lists:take": _entry,
}
_QUERIES: Final[dict[str, Callable[[Random], Mapping[str, Any]]]] = {
    "accounts:total": lambda random: {},
    "accounts:guarded": lambda random: {},
    "accounts:balance": lambda random: {"name": random.choice(_NAMES)},
    "accounts:richest": lambda random: {"limit": random.randint(1, 3)},
    "accounts:report": lambda random: {},
    "counting:count": lambda random: {"name": random.choice(("c", "d", "refused"))},
    "counting:counts": lambda random: {},
    "counting:tokens": lambda random: {},
    "counting:stamps": lambda random: {},
    "counting:flags": lambda random: {},
    "handles:held": lambda random: {},
    "handles:whoAmI": lambda random: {},
    "lists:all": lambda random: {"list": random.choice(_LISTS)},
}


def mutation_without_chance(random: Random) -> Asking:
    """A mutation whose result the model can foretell."""
    path = random.choice([*_MUTATIONS])
    return path, _MUTATIONS[path](random)


def mutation(random: Random) -> Asking:
    if random.random() < 0.1:
        return STAMP, _token(random)
    return mutation_without_chance(random)


def query(random: Random) -> Asking:
    path = random.choice([*_QUERIES])
    return path, _QUERIES[path](random)


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
        pages[client] = PagedList(client, random.choice(_LISTS), random.randint(1, 3))
    elif random.random() < 0.1:
        pages.pop(client).close()
    else:
        pages[client].turn()
