"""What was committed, in the order of timestamps, and what the model says that it should have done."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from convexgen.runtime.calls import SessionRequest
from tests.runtime.simulation.model import Refused, State


class WrongError(AssertionError):
    """What a server must never do."""


class Asked(NamedTuple):
    """A mutation as it is being run. `connection` is the number of the socket that it came through."""

    path: str
    arguments: Mapping[str, Any]
    request: SessionRequest | None
    connection: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A commit: of a mutation, with the result it should have, or, without one, of a deployment."""

    timestamp: int
    asked: Asked | None
    result: Any


class History:
    """`states` are those after each entry; before the first there is an empty one at 0."""

    def __init__(self) -> None:
        self.timestamps = [0]
        self.states = [State()]
        self.entries: list[Entry | None] = [None]
        self.by_request: dict[SessionRequest, Entry] = {}

    @property
    def latest(self) -> State:
        return self.states[-1]

    @property
    def latest_place(self) -> int:
        """How much has been committed."""
        return len(self.states) - 1

    def at(self, timestamp: int) -> State:
        """What is true at a snapshot."""
        return self.states[bisect_right(self.timestamps, timestamp) - 1]

    def mutation(self, timestamp: int, asked: Asked, seen: Any) -> None:
        """A mutation was committed. `seen` is its result if that is known. Raises `WrongError` if it must not be."""
        result, state = self.latest.mutate(asked.path, asked.arguments, seen)
        if isinstance(result, Refused):
            raise WrongError(f"{asked} was committed, and should have failed with {result}")
        if asked.request is not None:
            if asked.request in self.by_request:
                raise WrongError(f"{asked} was committed twice")
            if seen != result:
                raise WrongError(f"{asked} gave {seen!r}, and should have given {result!r}")
        entry = Entry(timestamp, asked, result)
        if asked.request is not None:
            self.by_request[asked.request] = entry
        self._add(entry, state)

    def deployment(self, timestamp: int, variant: str) -> None:
        """A schema went live."""
        self._add(Entry(timestamp, None, None), replace(self.latest, variant=variant))

    def _add(self, entry: Entry, state: State) -> None:
        if entry.timestamp <= self.timestamps[-1]:
            raise WrongError(f"a commit at {entry.timestamp} follows one at {self.timestamps[-1]}")
        self.timestamps.append(entry.timestamp)
        self.states.append(state)
        self.entries.append(entry)

    def check_failure(self, asked: Asked, since: int, data: Any) -> None:
        """A mutation has failed: it does, with this data, after `since` entries or later. Raises `WrongError`."""
        for state in self.states[since:]:
            result, _ = state.mutate(asked.path, asked.arguments)
            if isinstance(result, Refused) and result.data == data:
                return
        raise WrongError(f"{asked} failed with {data!r}")

    def check_query(self, path: str, arguments: Mapping[str, Any], timestamp: int, seen: object) -> None:
        """A query gave `seen` at a snapshot. Raises `WrongError`."""
        expected = self.at(timestamp).query(path, arguments)
        if expected != seen:
            raise WrongError(f"{path} {arguments} gives {seen!r} at {timestamp}, and should give {expected!r}")

    def check_result(self, asked: Asked, timestamp: int, seen: object) -> None:
        """A mutation gave `seen`, which can be seen at a timestamp. Raises `WrongError`."""
        if asked.request is None:
            expected, _ = self._before(timestamp, asked).mutate(asked.path, asked.arguments)
        else:
            entry = self.by_request.get(asked.request)
            if entry is None or entry.timestamp > timestamp:
                raise WrongError(f"{asked} is said to be committed at {timestamp}, and there is {entry}")
            expected = entry.result
        if expected != seen:
            raise WrongError(f"{asked} gave {seen!r} at {timestamp}, and should have given {expected!r}")

    def _before(self, timestamp: int, asked: Asked) -> State:
        """What a mutation found that could be seen at `timestamp`: it has been committed then, or wrote nothing."""
        place = bisect_right(self.timestamps, timestamp) - 1
        entry = self.entries[place]
        mine = entry is not None and entry.timestamp == timestamp and entry.asked is asked
        return self.states[place - 1 if mine else place]
