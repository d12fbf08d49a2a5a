"""What has been told of queries: only what is another result is told again."""

from __future__ import annotations

from collections.abc import Mapping

from . import messages
from .effects import Changed
from .messages import Outcome, Success


class Shown:
    """The results that were told last, all as of one `timestamp` in nanoseconds."""

    def __init__(self) -> None:
        self.timestamp = 0
        self._outcomes: dict[int, Outcome] = {}

    def get(self, query_id: int) -> Outcome | None:
        return self._outcomes.get(query_id)

    def forget(self, query_id: int) -> None:
        """Nobody is told of a query any more."""
        self._outcomes.pop(query_id, None)

    def show(self, outcomes: Mapping[int, Outcome]) -> Changed | None:
        """What is to be told, if these are all results from now on."""
        changed = {
            query_id: outcome
            for query_id, outcome in outcomes.items()
            if not _is_same(outcome, self._outcomes.get(query_id))
        }
        self._outcomes = dict(outcomes)
        return Changed(self.timestamp, changed) if changed else None


def _is_same(one: Outcome, other: Outcome | None) -> bool:
    """Whether two results tell the same. Of numbers and truth values `==` would not know."""
    if one is other:
        return True
    if isinstance(one, Success) and isinstance(other, Success):
        same = one.value == other.value
        return same and messages.canonical(one.value) == messages.canonical(other.value)
    return one == other
