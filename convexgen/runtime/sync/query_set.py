"""The queries that a client follows: what it asked for, what it was last told of each, and what has gone stale.

Two versions live here: `version`, to which the client has asked to go, and the one that the queries in force are of.
The latter follows with each transition, so that a transition works on a set that does not change under it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from convexgen.runtime.calls import Call, Disclosure, Failure, Identity, Outcome, disclosed_to
from convexgen.runtime.sync.client_messages import Add, ModifyQuerySet, Remove
from convexgen.runtime.sync.effects import ComputedQuery, ComputeTransition, LiveCall
from convexgen.runtime.sync.server_messages import query_changed, query_removed, shown
from convexgen.runtime.sync.targets import resolved


class BaseVersionError(ValueError):
    """A change of a query set that is not the one there is. Its text is for clients to see."""


class UnknownQueryError(ValueError):
    """A query is added that is there, or removed that is not."""


@dataclass(slots=True)
class _LiveQuery:
    """`run_at` is the snapshot of the last run, `stale_at` the last one of which the result is known to be outdated.

    `digest` stands for what the client was told last, None for nothing yet; `run_for` is the version of the identity
    that it was run for last.
    """

    call: Call | Failure
    journal: str | None
    digest: bytes | None = None
    run_for: int = -1
    run_at: int = -1
    stale_at: int = -1

    @property
    def is_stale(self) -> bool:
        return 0 <= self.run_at <= self.stale_at


class _Addition(NamedTuple):
    query_id: int
    query: _LiveQuery


class QuerySet:
    """What one client follows. Goes with its socket."""

    def __init__(self, disclosure: Disclosure) -> None:
        self.version = 0
        self._disclosure = self._disclosed = disclosure
        self._asked_for: set[int] = set()
        self._waiting: list[_Addition | Remove] = []
        self._live: dict[int, _LiveQuery] = {}
        self._removed: tuple[int, ...] = ()
        self._to_run: frozenset[int] = frozenset()
        self._identity_version = 0

    def modify(self, message: ModifyQuerySet, identity: Identity) -> None:
        """Take note of a change, for the next transition. Raises `BaseVersionError` and `UnknownQueryError`."""
        if message.base_version != self.version or message.new_version <= message.base_version:
            raise BaseVersionError(
                f"BaseVersionMismatch: the query set is at version {self.version} and cannot go "
                f"from {message.base_version} to {message.new_version}."
            )
        for each in message.modifications:
            if (each.query_id in self._asked_for) == isinstance(each, Add):
                raise UnknownQueryError
            if isinstance(each, Add):
                self._asked_for.add(each.query_id)
                call = resolved(each.target, "query", identity, "")
                self._waiting.append(_Addition(each.query_id, _LiveQuery(call, each.journal)))
            else:
                self._asked_for.remove(each.query_id)
                self._waiting.append(each)
        self.version = message.new_version

    def went_stale(self, query_id: int, run_at: int) -> None:
        """Take note that the result of a query, from the snapshot `run_at`, is outdated; it may be gone already."""
        if query := self._live.get(query_id):
            query.stale_at = max(query.stale_at, run_at)

    @property
    def is_stale(self) -> bool:
        """Whether a result is known to be outdated."""
        return any(query.is_stale for query in self._live.values())

    def begin(self, identity: Identity, identity_version: int, request_id: str) -> ComputeTransition:
        """Bring what the client asked for into force; and what has to be found out about it.

        What was run for another identity has to be run again.
        """
        self._removed = self._apply_changes()
        self._identity_version = identity_version
        self._disclosed = disclosed_to(identity, self._disclosure)
        to_run: list[LiveCall] = []
        watched: list[LiveCall] = []
        for query_id, query in self._live.items():
            if isinstance(query.call, Failure):
                continue
            call = Call(query.call.path, query.call.arguments, "query", identity, request_id)
            must_run = query.run_for != identity_version or query.is_stale
            (to_run if must_run else watched).append(LiveCall(query_id, call, query.journal))
        self._to_run = frozenset(each.query_id for each in to_run)
        return ComputeTransition(self._removed, tuple(to_run), tuple(watched))

    def _apply_changes(self) -> tuple[int, ...]:
        """The queries that were removed, each once; one may have been added again since."""
        removed: dict[int, None] = {}
        for change in self._waiting:
            if isinstance(change, Remove):
                removed[change.query_id] = None
                del self._live[change.query_id]
            else:
                self._live[change.query_id] = change.query
        self._waiting.clear()
        return tuple(removed)

    def finish(self, timestamp: int, results: Mapping[int, ComputedQuery], request_id: str) -> Iterator[str]:
        """The modifications that results from the snapshot `timestamp` make, as texts.

        Raises `ValueError` if one is missing that was asked for.
        """
        yield from map(query_removed, self._removed)
        for query_id, query in self._live.items():
            result = results.get(query_id)
            if isinstance(query.call, Failure):
                if query.digest is None:
                    yield from self._news(query_id, query, query.call, request_id)
            elif result is not None:
                query.journal, query.run_at, query.run_for = result.journal, timestamp, self._identity_version
                yield from self._news(query_id, query, result.outcome, request_id)
            elif query_id in self._to_run:
                raise ValueError(f"query {query_id} was not run")

    def _news(self, query_id: int, query: _LiveQuery, outcome: Outcome, request_id: str) -> Iterator[str]:
        result = shown(outcome, request_id, self._disclosed)
        if result.digest != query.digest:
            query.digest = result.digest
            yield query_changed(query_id, result, query.journal)
