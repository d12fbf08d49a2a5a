"""A backend for tests that are no coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from convexgen.authoring.contexts import MutationCtx, UserIdentity
from convexgen.authoring.functions import ActionFunction, MutationFunction, QueryFunction
from convexgen.testing.backend import ISSUER, Backend
from convexgen.testing.subscriptions import Subscription

P = ParamSpec("P")
R = TypeVar("R")


class SyncBackend:
    """What `Backend` does, each time to its end: no event loop may be running."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def as_user(
        self,
        subject: str,
        *,
        name: str | None = None,
        email: str | None = None,
        issuer: str = ISSUER,
        claims: Mapping[str, Any] | None = None,
    ) -> SyncBackend:
        return SyncBackend(self._backend.as_user(subject, name=name, email=email, issuer=issuer, claims=claims))

    def with_identity(self, identity: UserIdentity | None) -> SyncBackend:
        return SyncBackend(self._backend.with_identity(identity))

    @property
    def now(self) -> datetime:
        return self._backend.now

    def advance(self, by: timedelta) -> None:
        asyncio.run(self._backend.advance(by))

    def query(self, function: QueryFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return asyncio.run(self._backend.query(function, *args, **kwargs))

    def mutation(self, function: MutationFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return asyncio.run(self._backend.mutation(function, *args, **kwargs))

    def action(self, function: ActionFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return asyncio.run(self._backend.action(function, *args, **kwargs))

    def subscribe(self, function: QueryFunction[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Subscription[R]:
        return self._backend.subscribe(function, *args, **kwargs)

    def run(self, work: Callable[[MutationCtx], Coroutine[Any, Any, R]], /) -> R:
        """What a coroutine function of the test gives for the `ctx` of a mutation."""
        return asyncio.run(self._backend.run(work))
