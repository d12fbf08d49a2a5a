"""What the functions of `backend` do, one after another: the truth that a simulation is held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.runtime.simulation.backend.accounts import LIMIT
from tests.runtime.simulation.variants import KNOWS_NO_C, PLAIN

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A function that fails. `data` is that of its `ConvexError`, None for any other error."""

    data: Any = None


@dataclass(frozen=True, slots=True)
class State:
    """All documents, and the schema that is live. Never changed: a mutation makes another."""

    variant: str = PLAIN
    accounts: Mapping[str, int] = field(default_factory=dict)
    handles: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[tuple[str, int], str] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    stamps: Mapping[str, list[float]] = field(default_factory=dict)
    tokens: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def query(self, path: str, arguments: Arguments) -> Any:
        """What a query gives, or `Refused`."""
        return _QUERIES[path](self, arguments)

    def mutate(self, path: str, arguments: Arguments, seen: Any = None) -> tuple[Any, State]:
        """What a mutation gives, or `Refused`, and what is then. `seen`: what it did give, where that is chance."""
        if path == "counting:stamp":
            return seen, replace(self, stamps={**self.stamps, arguments["token"]: seen})
        return _MUTATIONS[path](self, arguments)

    def list(self, name: str) -> list[str]:
        return [self.entries[key] for key in sorted(self.entries) if key[0] == name]


def _open(state: State, arguments: Arguments) -> tuple[Any, State]:
    if arguments["name"] in state.accounts:
        return False, state
    return True, replace(state, accounts={**state.accounts, arguments["name"]: arguments["balance"]})


def _transfer(state: State, arguments: Arguments) -> tuple[Any, State]:
    accounts = dict(state.accounts)
    balances = []
    for name, amount in ((arguments["source"], -arguments["amount"]), (arguments["target"], arguments["amount"])):
        if name not in accounts:
            return Refused({"code": "nobody", "name": name}), state
        if accounts[name] + amount < 0:
            return Refused({"code": "poor", "balance": accounts[name]}), state
        accounts[name] += amount
        balances.append(accounts[name])
    return balances, replace(state, accounts=accounts)


def _try_transfer(state: State, arguments: Arguments) -> tuple[Any, State]:
    result, after = _transfer(state, arguments)
    if isinstance(result, Refused):
        return False, _counted(state, "refused")
    return True, after


def _counted(state: State, name: str) -> State:
    return replace(state, counters={**state.counters, name: state.counters.get(name, 0) + 1})


def _bump(state: State, arguments: Arguments) -> tuple[Any, State]:
    after = _counted(state, arguments["name"])
    return after.counters[arguments["name"]], after


def _flag(state: State, arguments: Arguments) -> tuple[Any, State]:
    if arguments["kind"] == "c" and state.variant == KNOWS_NO_C:
        return Refused(), state
    return None, replace(state, flags=tuple(sorted((*state.flags, arguments["kind"]))))


def _unflag(state: State, arguments: Arguments) -> tuple[Any, State]:
    left = tuple(kind for kind in state.flags if kind != arguments["kind"])
    return len(state.flags) - len(left), replace(state, flags=left)


def _claim(state: State, arguments: Arguments) -> tuple[Any, State]:
    after = replace(state, handles={arguments["handle"]: arguments["owner"], **state.handles})
    return after.handles[arguments["handle"]], after


def _append(state: State, arguments: Arguments) -> tuple[Any, State]:
    name = arguments["list"]
    place = max((place for list_, place in state.entries if list_ == name), default=-1) + 1
    return place, replace(state, entries={**state.entries, (name, place): arguments["text"]})


def _put(state: State, arguments: Arguments) -> tuple[Any, State]:
    key = (arguments["list"], arguments["place"])
    return state.entries.get(key), replace(state, entries={**state.entries, key: arguments["text"]})


def _take(state: State, arguments: Arguments) -> tuple[Any, State]:
    entries = dict(state.entries)
    return entries.pop((arguments["list"], arguments["place"]), None), replace(state, entries=entries)


def _found(state: State, arguments: Arguments) -> dict[tuple[str, int], str]:
    name, word = arguments["list"], arguments["word"]
    return {key: text for key, text in state.entries.items() if key[0] == name and text.startswith(word)}


def _clear(state: State, arguments: Arguments) -> tuple[Any, State]:
    found = _found(state, arguments)
    return len(found), replace(state, entries={key: text for key, text in state.entries.items() if key not in found})


_MUTATIONS: Final[dict[str, Callable[[State, Arguments], tuple[Any, State]]]] = {
    "accounts:open": _open,
    "accounts:transfer": _transfer,
    "accounts:tryTransfer": _try_transfer,
    "counting:bump": _bump,
    "counting:bumpAndBreak": lambda state, _: (Refused(), state),
    "counting:note": lambda state, a: (None, replace(state, tokens=tuple(sorted((*state.tokens, a["token"]))))),
    "counting:flag": _flag,
    "counting:unflag": _unflag,
    "handles:claim": _claim,
    "lists:append": _append,
    "lists:clear": _clear,
    "lists:put": _put,
    "lists:take": _take,
}


def _total(state: State) -> int:
    return sum(state.accounts.values())


def _guarded(state: State, _: Arguments) -> Any:
    total = _total(state)
    return Refused({"code": "rich", "total": total}) if total > LIMIT else total


def _richest(state: State, limit: int) -> list[int]:
    return sorted(state.accounts.values(), reverse=True)[:limit]


_QUERIES: Final[dict[str, Callable[[State, Arguments], Any]]] = {
    "accounts:total": lambda state, _: _total(state),
    "accounts:guarded": _guarded,
    "accounts:balance": lambda state, a: state.accounts.get(a["name"]),
    "accounts:richest": lambda state, a: _richest(state, a["limit"]),
    "accounts:report": lambda state, _: [_total(state), _total(state), *_richest(state, 1)],
    "counting:count": lambda state, a: state.counters.get(a["name"], 0),
    "counting:counts": lambda state, _: dict(state.counters),
    "counting:tokens": lambda state, _: list(state.tokens),
    "counting:stamps": lambda state, _: [state.stamps[token] for token in sorted(state.stamps)],
    "counting:flags": lambda state, _: list(state.flags),
    "handles:held": lambda state, _: [[handle, state.handles[handle]] for handle in sorted(state.handles)],
    "lists:all": lambda state, a: state.list(a["list"]),
    "lists:search": lambda state, a: sorted(_found(state, a).values()),
}
EVERYTHING: Final[tuple[tuple[str, Arguments], ...]] = (
    ("accounts:report", {}),
    ("counting:counts", {}),
    ("counting:tokens", {}),
    ("counting:stamps", {}),
    ("counting:flags", {}),
    ("handles:held", {}),
    ("lists:all", {"list": "x"}),
    ("lists:all", {"list": "y"}),
)
"""Queries that together read all documents, but for the names of accounts."""
