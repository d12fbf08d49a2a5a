"""The application: which path leads where, how every refusal looks, which pages of the web may ask.

An endpoint answers or raises `RequestError`; nothing else gets out. Mistakes of ours are logged here and nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.server.bodies import read_body
from convexgen.runtime.server.problems import RequestError, internal_error, of_engine

logger = logging.getLogger("convexgen.server")

_METHODS: Final = ("GET", "POST", "OPTIONS", "PATCH", "DELETE", "PUT")
_ONE_DAY: Final = 86400
_WITHOUT_CORS: Final = ("/version", "/http/", "/dashboard")


@dataclass(frozen=True, slots=True)
class About:
    """What the server says of itself. `build` answers `GET /version`, by which its readiness is known."""

    build: str
    instance: str


def application(about: About, routes: Sequence[BaseRoute]) -> ASGIApp:
    """Serves `routes`, and says what it is."""
    app = Starlette(
        routes=[*_own_routes(about), *routes],
        middleware=[Middleware(_Refusals)],
        exception_handlers={HTTPException: _without_route},
    )
    return _CrossOrigin(app)


def _own_routes(about: About) -> list[BaseRoute]:
    def text(path: str, said: str) -> Route:
        async def answer(request: Request) -> Response:
            del request
            return PlainTextResponse(said)

        return Route(path, answer)

    async def echo(request: Request) -> Response:
        return Response(await read_body(request), media_type=request.headers.get("content-type"))

    return [
        text("/", f"This is {about.build}. Clients of Convex connect to this address."),
        text("/version", about.build),
        text("/instance_version", about.build),
        text("/instance_name", about.instance),
        Route("/echo", echo, methods=["POST"]),
    ]


async def _without_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and _is_command_line(request):
        refusal = RequestError(400, "NotSupported", f"This backend has no {request.url.path}: it runs Python.")
    elif error.status_code == 405:
        refusal = RequestError(405, "MethodNotAllowed", f"{request.url.path} does not take {request.method}.")
    else:
        refusal = RequestError(error.status_code, "NotFound", f"There is nothing at {request.url.path}.")
    refusal.headers = error.headers or {}
    return refusal.response()


def _is_command_line(request: Request) -> bool:
    """Whether it is the official one that asks, which takes 404 for a reason to try again and again."""
    return request.headers.get("convex-client", "").startswith("npm-cli-")


def with_refusals(app: ASGIApp) -> ASGIApp:
    """An application by itself whose refusals look like everybody's."""
    return _Refusals(app)


class _Refusals:
    """Turns errors into answers, unless part of an answer is on its way already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            refusal = _refusal(error)
            if not begun:
                await refusal.response()(scope, receive, send)


def _refusal(error: Exception) -> RequestError:
    if isinstance(error, RequestError):
        return error
    if isinstance(error, EngineError):
        return of_engine(error)
    logger.error("a request came to nothing through a mistake of ours", exc_info=error)
    return internal_error()


class _CrossOrigin:
    """Lets pages of every origin ask, except what users answer for themselves, and the dashboard."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origin_regex=".*",
            allow_methods=_METHODS,
            allow_headers=["*"],
            allow_credentials=True,
            max_age=_ONE_DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        closed = scope["type"] != "http" or scope["path"].startswith(_WITHOUT_CORS)
        await (self._app if closed else self._open)(scope, receive, send)
