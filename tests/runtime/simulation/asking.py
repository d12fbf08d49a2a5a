"""What clients ask for, drawn at random from little, so that they are in one another's way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from convexgen.runtime.values import Value, decode

Asking = tuple[str, Mapping[str, Any]]

_NAMES: Final = ("ann", "bob", "cy", "dee")
LISTS: Final = ("x", "y")
STAMP: Final = "counting:stamp"
"""The mutation whose result is chance."""


FIRST: Final[tuple[Asking, ...]] = (
    ("accounts:open", {"name": "ann", "balance": 10}),
    ("accounts:open", {"name": "bob", "balance": 20}),
    *(("lists:put", {"list": "x", "place": place, "text": str(place)}) for place in (2, 4, 6, 8, 10)),
)
"""What is there at the beginning."""


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
    return {"list": random.choice(LISTS), "place": random.randrange(12)}


def _searched(random: Random) -> Mapping[str, Any]:
    return {"list": random.choice(LISTS), "word": f"{random.randrange(16):x}"}


def _text(random: Random) -> str:
    return f"{random.getrandbits(20):05x}"


_MUTATIONS: Final[dict[str, Callable[[Random], Mapping[str, Any]]]] = {
    "accounts:open": lambda random: {"name": random.choice(_NAMES), "balance": random.randint(0, 20)},
    "accounts:transfer": _transfer,
    "accounts:tryTransfer": _transfer,
    "counting:bump": lambda random: {"name": random.choice(("c", "d"))},
    "counting:bumpAndBreak": lambda random: {"name": "c"},
    "counting:note": _token,
    "counting:flag": lambda random: {"kind": random.choice("abc")},
    "counting:unflag": lambda random: {"kind": "c"},
    "handles:claim": lambda random: {"handle": f"h{random.randrange(6)}", "owner": random.choice(_NAMES)},
    "lists:clear": _searched,
    "lists:append": lambda random: {"list": random.choice(LISTS), "text": _text(random)},
    "lists:put": lambda random: {**_entry(random), "text": _text(random)},
    "lists:take": _entry,
}
_OFTEN: Final = ("lists:append", "lists:put", "lists:take", "counting:unflag")
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
    "lists:all": lambda random: {"list": random.choice(LISTS)},
    "lists:search": _searched,
}


def mutation_without_chance(random: Random) -> Asking:
    """A mutation whose result the model can foretell."""
    path = random.choice([*_MUTATIONS, *_OFTEN])
    return path, _MUTATIONS[path](random)


def mutation(random: Random) -> Asking:
    if random.random() < 0.1:
        return STAMP, _token(random)
    return mutation_without_chance(random)


def query(random: Random) -> Asking:
    path = random.choice([*_QUERIES])
    return path, _QUERIES[path](random)


def query_of_nobody(random: Random) -> Asking:
    """A query that gives the same to everybody."""
    path = random.choice([path for path in _QUERIES if path != "handles:whoAmI"])
    return path, _QUERIES[path](random)
