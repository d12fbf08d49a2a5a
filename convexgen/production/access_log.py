"""A line for every request that was answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked and answered. `status` is 101 for a socket, 499 where the client went away before an answer.

    `path` is without the query, which may hold secrets.
    """

    client: str
    method: str
    path: str
    status: int
    size: int
    seconds: float

    @property
    def line(self) -> str:
        return f"{self.client} {self.method} {self.path!a} {self.status} {self.size} {self.seconds * 1000:.0f} ms"


class AccessLog:
    """An application that tells of every request to the one behind it, when its answer is at its end."""

    def __init__(self, app: ASGIApp, tell: Callable[[Answered], None]) -> None:
        self._app = app
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status, size = 499, 0

        async def sending(message: Message) -> None:
            nonlocal status, size
            match message["type"]:
                case "http.response.start":
                    status = message["status"]
                case "websocket.accept":
                    status = 101
                case "http.response.body" | "websocket.send":
                    size += len(message.get("body") or message.get("bytes") or message.get("text") or "")
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            client = scope.get("client") or ("-", 0)
            method = scope["method"] if scope["type"] == "http" else "SOCKET"
            seconds = time.perf_counter() - began
            self._tell(Answered(client[0], method, scope["path"], status, size, seconds))
