"""The queries that are followed: each once, however many ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..values import JsonObject, JsonValue
from . import messages
from .messages import Outcome, QueryResult, Transition


@dataclass(slots=True, eq=False)
class FollowedQuery:
    """A query by its path and arguments. Its id is never given to another one."""

    query_id: int
    path: str
    args: JsonObject
    followers: int = 1
    journal: JsonObject = field(default_factory=dict[str, JsonValue])
    """Empty until the server has answered."""
    outcome: Outcome | None = None
    """The server's last answer, from an earlier connection if need be."""

    @property
    def key(self) -> str:
        return key_of(self.path, self.args)

    def added(self) -> JsonObject:
        return messages.add_query(self.query_id, self.path, self.args) | self.journal


def key_of(path: str, args: JsonObject) -> str:
    """What two calls have in common if they are the same query."""
    return f"{path}\n{messages.canonical(args)}"


class QuerySet:
    """What is followed, and how far the server knows of it.

    What changes is noted in `take_message`'s next message; a new connection begins with
    `restarted`, which says everything.
    """

    def __init__(self) -> None:
        self._by_key: dict[str, FollowedQuery] = {}
        self._by_id: dict[int, FollowedQuery] = {}
        self._ids = 0
        self._version = 0
        self._unsaid: dict[int, JsonObject] = {}
        self._unanswered: set[int] = set()

    def __iter__(self) -> Iterator[FollowedQuery]:
        return iter(self._by_id.values())

    def get(self, query_id: int) -> FollowedQuery | None:
        return self._by_id.get(query_id)

    def find(self, path: str, args: JsonObject) -> FollowedQuery | None:
        return self._by_key.get(key_of(path, args))

    @property
    def is_caught_up(self) -> bool:
        """Whether the server has answered all that was asked before it connected last."""
        return not self._unanswered

    def follow(self, path: str, args: JsonObject) -> int:
        """One more who follows a query: its id."""
        query = self.find(path, args)
        if query is not None:
            query.followers += 1
            return query.query_id
        query = FollowedQuery(self._ids, path, args)
        self._ids += 1
        self._by_key[query.key] = self._by_id[query.query_id] = query
        self._unsaid[query.query_id] = query.added()
        return query.query_id

    def leave(self, query_id: int) -> bool:
        """One less who follows a query. True if it was the last one."""
        query = self._by_id[query_id]
        query.followers -= 1
        if query.followers:
            return False
        del self._by_id[query_id], self._by_key[query.key]
        self._unanswered.discard(query_id)
        if self._unsaid.pop(query_id, None) is None:
            self._unsaid[query_id] = messages.remove_query(query_id)
        return True

    def take_message(self) -> str | None:
        """What the server does not know of yet; it does once this is sent."""
        if not self._unsaid:
            return None
        text = messages.modify_query_set(self._version, self._unsaid.values())
        self._version += 1
        self._unsaid.clear()
        return text

    def restarted(self) -> str:
        """All that is followed, for a server that knows of nothing."""
        self._unsaid.clear()
        self._version = 1
        self._unanswered = set(self._by_id)
        return messages.modify_query_set(0, [query.added() for query in self])

    def apply(self, transition: Transition) -> set[int]:
        """Take over what a transition says: the ids of the queries that it is about."""
        changed: set[int] = set()
        for modification in transition.modifications:
            self._unanswered.discard(modification.query_id)
            query = self._by_id.get(modification.query_id)
            if query is not None and isinstance(modification, QueryResult):
                query.journal = {"journal": modification.journal}
                query.outcome = modification.outcome
                changed.add(query.query_id)
        return changed
