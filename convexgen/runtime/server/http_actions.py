"""HTTP actions: requests that the user's own code answers, on a port by themselves and below `/http` of the other.

A handler runs on the loop of actions, and so does all that its response does to be sent, such as a stream: only the
finished pieces come over to the loop of the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from convexgen.authoring.functions import HttpActionFunction
from convexgen.authoring.http import Route
from convexgen.authoring.unset import Unset
from convexgen.runtime.calls import Disclosure, Failure, Identity, client_message
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.bodies import read_body
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.values import Json, encode, write_json

_SANDBOX: Final = b"sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts"
"""What a page may do without being of the origin that it came from."""
MAXIMUM_BODY: Final = 20 * 2**20
"""Bytes of a request, and of a response."""
PREFIX: Final = "/http"
"""What stands before the paths of routes on the port of the API."""


class HttpProgram(Protocol):
    """The program, as far as requests go."""

    def http_routes(self) -> Sequence[Route] | None:
        """What the router of the program that runs now declares; None without a router."""
        ...

    async def run_http_action(
        self, handler: HttpActionFunction, request: Request, identity: Identity, request_id: str
    ) -> Response | Failure:
        """What the handler answers, on the running event loop."""
        ...


def route_for(routes: Sequence[Route], method: str, path: str) -> Route | None:
    """The route of exactly this path, or else the one with the longest prefix of it. HEAD goes where GET goes."""
    wanted = "GET" if method == "HEAD" else method
    fitting = [each for each in routes if each.method == wanted]
    exact = next((each for each in fitting if each.path == path), None)
    prefixes = (each for each in fitting if each.path.endswith("/*") and path.startswith(each.path[:-1]))
    return exact or max(prefixes, key=lambda each: len(each.path), default=None)


@dataclass(frozen=True, slots=True)
class HttpActionSite:
    """An ASGI application."""

    program: HttpProgram
    access: Access
    runs: FunctionRuns
    disclosure: Disclosure
    new_request_id: Callable[[], str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        routes = self.program.http_routes()
        if routes is None:
            await _no_router(scope, receive, send)
            return
        below = _without_prefix(scope)
        route = route_for(routes, scope["method"], below["path"])
        if route is None:
            await _no_route(scope, receive, send)
            return
        await self._answer(route.handler, Request(below, receive), send)

    async def _answer(self, handler: HttpActionFunction, request: Request, send: Send) -> None:
        body = await read_body(request, MAXIMUM_BODY)
        identity = await self._identity(request)
        request_id = self.new_request_id()
        loop = asyncio.get_running_loop()
        sending = _bounded(_sending_to(loop, send))

        async def answer() -> None:
            replayed = Request(_as_seen(request), _replaying(body, loop, request.receive))
            answered = await self.program.run_http_action(handler, replayed, identity, request_id)
            response = self._failed(answered, request_id) if isinstance(answered, Failure) else answered
            await response(replayed.scope, replayed.receive, sending)

        await self.runs.on_action_loop(answer)

    async def _identity(self, request: Request) -> Identity:
        """Who asks. A header that means nothing to us is no matter until the handler wants to know the user."""
        try:
            return await self.access.of_header(request.headers.get("authorization"))
        except RequestError as error:
            return Identity(key="refused", refusal=error.message)

    def _failed(self, failure: Failure, request_id: str) -> Response:
        said: dict[str, Json] = {"code": client_message(failure, request_id, self.disclosure).replace("\n", ": ", 1)}
        if self.disclosure == "everything":
            said["code"], _, trace = str(said["code"]).partition("\n")
            said["trace"] = trace
        if not isinstance(failure.data, Unset):
            said["data"] = encode(failure.data)
        return Response(write_json(said), 500, media_type="application/json")


def sandboxed(site: ASGIApp) -> ASGIApp:
    """The same site, with pages that are of no origin to browsers: their scripts run, and cannot ask in its name.

    For where something else has that origin that they must not reach.
    """

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"content-security-policy", _SANDBOX)]
                message = {**message, "headers": headers}
            await send(message)

        await site(scope, receive, sending)

    return application


_no_router = PlainTextResponse("This Convex deployment does not have HTTP actions enabled.", 404)
_no_route = PlainTextResponse("No matching routes found", 404)


def _without_prefix(scope: Scope) -> Scope:
    """The scope of a request below `PREFIX` as if there were none."""
    root: str = scope.get("root_path", "")
    raw = scope.get("raw_path") or scope["path"].encode()
    return {
        **scope,
        "path": scope["path"].removeprefix(root),
        "raw_path": raw.removeprefix(root.encode()),
        "root_path": "",
    }


def _as_seen(request: Request) -> Scope:
    """The request's scope as the handler sees it: with the scheme that the client used, before any proxies."""
    forwarded = request.headers.get("x-forwarded-proto", request.url.scheme).partition(",")[0].strip()
    return {**request.scope, "scheme": forwarded if forwarded in ("http", "https") else request.url.scheme}


def _replaying(body: bytes, loop: asyncio.AbstractEventLoop, receive: Receive) -> Receive:
    """Gives a body that has been received, then what else comes on the loop of the server: that the client is gone."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def on_loop() -> Message:
        return await receive()

    async def receiving() -> Message:
        if waiting:
            return waiting.pop()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(on_loop(), loop))

    return receiving


def _sending_to(loop: asyncio.AbstractEventLoop, send: Send) -> Send:
    """Sends from another loop."""

    async def on_loop(message: Message) -> None:
        await send(message)

    async def sending(message: Message) -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(on_loop(message), loop))

    return sending


def _bounded(send: Send) -> Send:
    """Raises `RequestError` when a response becomes too large."""
    size = 0

    async def sending(message: Message) -> None:
        nonlocal size
        announced = Headers(raw=message.get("headers", [])).get("content-length", "0")
        size += len(message.get("body", b""))
        if max(size, int(announced)) > MAXIMUM_BODY:
            raise RequestError(500, "ResponseTooLarge", f"A response may have {MAXIMUM_BODY} bytes at most.")
        await send(message)

    return sending
