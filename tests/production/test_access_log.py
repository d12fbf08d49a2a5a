"""What is told of requests."""

from __future__ import annotations

import asyncio

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from convexgen.production.access_log import AccessLog, Answered


async def _hello(request: Request) -> Response:
    return PlainTextResponse("hello", 201)


async def _fails(request: Request) -> Response:
    raise RuntimeError


async def _talks(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hi")
    await socket.close()


def _app(told: list[Answered]) -> AccessLog:
    routes = [
        Route("/hello/{name}", _hello, methods=["GET"]),
        Route("/fails", _fails),
        WebSocketRoute("/talks", _talks),
    ]
    return AccessLog(Starlette(routes=routes), told.append)


def _ask(told: list[Answered], method: str, path: str) -> None:
    async def ask() -> None:
        transport = httpx.ASGITransport(_app(told), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            await client.request(method, path)

    asyncio.run(ask())


def _shown(told: list[Answered]) -> list[str]:
    return [request.line.rsplit(" ", 2)[0] for request in told]


def test_every_answer_is_told_without_what_was_asked_behind_the_question_mark() -> None:
    told: list[Answered] = []

    _ask(told, "GET", "/hello/you?token=secret")
    _ask(told, "POST", "/nowhere")
    _ask(told, "GET", "/fails")

    assert _shown(told) == [
        "127.0.0.1 GET '/hello/you' 201 5",
        "127.0.0.1 POST '/nowhere' 404 9",
        "127.0.0.1 GET '/fails' 500 21",
    ]


def test_a_line_stays_one_line_whatever_the_path_is() -> None:
    told: list[Answered] = []

    _ask(told, "GET", "/hello/a%0Ab%1B[31m")

    assert _shown(told) == ["127.0.0.1 GET '/hello/a\\nb\\x1b[31m' 201 5"]


def test_a_socket_is_told_when_it_has_ended() -> None:
    told: list[Answered] = []
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/talks", "headers": [], "query_string": b"", "client": ("10.0.0.1", 1)}
    asyncio.run(_app(told)(scope, receive, send))

    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert _shown(told) == ["10.0.0.1 SOCKET '/talks' 101 2"]
