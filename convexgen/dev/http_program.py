"""The HTTP actions of the program that is live, for the server."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response

from convexgen.authoring.functions import HttpActionFunction
from convexgen.authoring.http import HttpRouter, Route
from convexgen.dev.told_engine import FinishedCall
from convexgen.runtime.calls import Failure, Identity, Success
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.engine.http_actions import run_http_action_in


class HttpActions:
    """Fulfils `server.http_actions.HttpProgram`. `router` is that of the program that is live, None if it has none."""

    def __init__(self, engine: Engine, limit: float, tell: Callable[[FinishedCall], None]) -> None:
        self.router: HttpRouter | None = None
        self._engine = engine
        self._limit = limit
        self._tell = tell

    def http_routes(self) -> Sequence[Route] | None:
        return None if self.router is None else self.router.routes

    async def run_http_action(
        self, handler: HttpActionFunction, request: Request, identity: Identity, request_id: str
    ) -> Response | Failure:
        began = time.perf_counter()
        answer, lines = await run_http_action_in(
            self._engine, self._engine.live(), handler, request, identity, request_id, self._limit
        )
        outcome = answer if isinstance(answer, Failure) else Success(None, lines)
        path = f"{request.method} {request.url.path}"
        self._tell(FinishedCall(path, "http action", outcome, time.perf_counter() - began, request_id))
        return answer
