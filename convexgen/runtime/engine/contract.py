"""What the engine offers to whoever speaks to clients. `Engine` in `engine` is the one there is.

**Threads.** What is no coroutine may be called from any thread. `run_query` and `run_mutation` block for as long as the
function runs, so an event loop leaves them to threads; all else returns at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, Outcome, SessionRequest
from convexgen.runtime.reads import Reads


class EngineError(Exception):
    """A call that no outcome can be told of, through no fault of the function; the caller may try again.

    `code` is short and for programs: `OptimisticConcurrencyControlFailure`, `InternalServerError` …
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query gives at the snapshot `timestamp`, and for as long as nothing of `reads` changes.

    `journal` says where a page ended that the function read; the next run of the same subscription is given it.
    `deployment` is the number of the one whose program ran, `error` what it raised, for callers in this process.
    """

    outcome: Outcome
    timestamp: int
    journal: str | None
    reads: Reads
    deployment: int = 0
    error: BaseException | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class MutationResult:
    """`timestamp` is one at which the commit can be seen, None if there was none.

    `repeated`: the request had been answered before, and this is the answer again. Its timestamp may be a later one.
    """

    outcome: Outcome
    timestamp: int | None
    repeated: bool = False


class Watch(Protocol):
    """Waits for news of what was read. It goes by commits: when `latest` has passed one, `is_stale` tells of it."""

    @property
    def is_stale(self) -> bool: ...

    def close(self) -> None:
        """Stop waiting. Twice does no harm."""
        ...


class Engine(Protocol):
    """One program running over one store."""

    @property
    def latest(self) -> int:
        """The newest snapshot, in nanoseconds since the epoch."""
        ...

    def kind(self, path: str) -> FunctionKind | None:
        """What the function at a canonical path is, whoever may call it; None if there is none."""
        ...

    def cached_query(self, call: Call, *, journal: str | None, timestamp: int) -> QueryResult | None:
        """The result of a query at a snapshot, if it is known without running anything."""
        ...

    def run_query(self, call: Call, *, journal: str | None = None, timestamp: int | None = None) -> QueryResult:
        """Run a query at a snapshot, the latest one unless told otherwise. Raises `EngineError`."""
        ...

    def run_mutation(self, call: Call, request: SessionRequest | None = None) -> MutationResult:
        """Run a mutation and commit it, once for each `request`, however often it comes. Raises `EngineError`."""
        ...

    async def run_action(self, call: Call) -> Outcome:
        """Run an action, on the running event loop. Cancelling this cancels it. Raises `EngineError`."""
        ...

    def watch(self, result: QueryResult, on_stale: Callable[[], None]) -> Watch:
        """Call `on_stale`, once and in whatever thread, when a result is no longer true; at once if it is not now."""
        ...
