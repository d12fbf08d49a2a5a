"""Results as they will be, if all goes well: what mutations under way are expected to do.

An update is a function that changes the results of queries that are followed. It is
run again upon each new result of the server, after those of earlier mutations, until its
own mutation has ended; so there is nothing to undo.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from ..transport import Update
from ..values import UNSET, JsonObject, JsonValue, Unset
from .messages import Outcome, Success
from .queries import QuerySet

_logger = logging.getLogger(__name__)


class LocalResults:
    """What an update sees and changes: results by path and arguments, as encoded JSON."""

    def __init__(self, queries: QuerySet, outcomes: dict[int, Outcome]) -> None:
        self._queries = queries
        self._outcomes = outcomes

    def get(self, path: str, args: JsonObject) -> JsonValue | Unset:
        """The result; `UNSET` while there is none, or nobody follows the query."""
        query = self._queries.find(path, args)
        return UNSET if query is None else self._value(query.query_id)

    def all(self, path: str) -> Iterator[tuple[JsonObject, JsonValue]]:
        """Arguments and results of all queries of one function that have any."""
        for query in self._queries:
            value = self._value(query.query_id)
            if query.path == path and value is not UNSET:
                yield query.args, value

    def set(self, path: str, args: JsonObject, value: JsonValue) -> None:
        """Put `value` in the place of a result, which is not to be changed itself."""
        query = self._queries.find(path, args)
        if query is not None:
            self._outcomes[query.query_id] = Success(value)

    def _value(self, query_id: int) -> JsonValue | Unset:
        outcome = self._outcomes.get(query_id)
        return outcome.value if isinstance(outcome, Success) else UNSET


class Optimism:
    """The updates of the mutations under way, in the order of their requests."""

    def __init__(self) -> None:
        self._updates: dict[int, Update] = {}

    def add(self, request_id: int, update: Update) -> None:
        self._updates[request_id] = update

    def drop(self, request_id: int) -> bool:
        """Forget the update of a mutation. True if it had one."""
        return self._updates.pop(request_id, None) is not None

    def test(self, queries: QuerySet) -> None:
        """Raises what an update raises."""
        outcomes = _outcomes(queries)
        for update in self._updates.values():
            update(LocalResults(queries, outcomes))

    def over(self, queries: QuerySet) -> dict[int, Outcome]:
        """The server's results with all updates done to them.

        An update that raises something is forgotten; the log says so.
        """
        outcomes = _outcomes(queries)
        for request_id, update in list(self._updates.items()):
            before = dict(outcomes)
            try:
                update(LocalResults(queries, outcomes))
            except Exception:
                _logger.exception("an optimistic update failed, and is dropped")
                outcomes = before
                del self._updates[request_id]
        return outcomes


def _outcomes(queries: QuerySet) -> dict[int, Outcome]:
    return {
        query.query_id: query.outcome for query in queries if query.outcome is not None
    }
