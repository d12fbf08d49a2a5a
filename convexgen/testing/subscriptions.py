"""What somebody sees who follows a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from convexgen.runtime.engine.contract import QueryResult, Watch

R = TypeVar("R")


class Subscription(Generic[R]):
    """A query that is followed, as a client's page follows it."""

    def __init__(
        self,
        ask: Callable[[str | None], tuple[QueryResult, R]],
        watch: Callable[[QueryResult, Callable[[], None]], Watch],
    ) -> None:
        """`ask` is given the journal of the run before. Raises what the query raises."""
        self._ask = ask
        self._watch = watch
        self._result, self._value = ask(None)
        self._watching = watch(self._result, _nothing)

    @property
    def is_stale(self) -> bool:
        """Whether something that the query has read is not as it was when `value` was last looked at."""
        return self._watching.is_stale

    @property
    def value(self) -> R:
        """What the query gives now; it runs again only when there is news. Raises what it raises."""
        if self._watching.is_stale:
            self._result, self._value = self._ask(self._result.journal)
            self._watching.close()
            self._watching = self._watch(self._result, _nothing)
        return self._value

    def close(self) -> None:
        """Follow it no more. `value` stays as it is."""
        self._watching.close()


def _nothing() -> None:
    """Whoever looks at `value` finds out by itself."""
