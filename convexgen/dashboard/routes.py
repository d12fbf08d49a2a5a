"""The routes below `/dashboard`: the page, the key for those who may have it unasked, and how the backend is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from convexgen.dashboard.callers import refusal
from convexgen.dashboard.files import PAGE, PageFile, page_files
from convexgen.runtime.engine.health import Health
from convexgen.runtime.server.answers import json_response
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.values import write_json

PATH: Final = "/dashboard"

_HEADERS: Final = {
    # Scripts and styles come from files of ours alone, and the page asks nobody else for anything.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Endpoints. `key` is what browsers of this machine are given, None if nobody is given any."""

    access: Access
    key: str | None
    health: Callable[[], Health]
    sockets: Callable[[], int]

    def routes(self) -> list[BaseRoute]:
        return [
            Route(PATH, self._page, methods=["GET"]),
            Route(f"{PATH}/key", self._give_key, methods=["POST"]),
            Route(f"{PATH}/health", self._say_health, methods=["GET"]),
            Route(f"{PATH}/app/{{name}}", self._file, methods=["GET"]),
        ]

    async def _page(self, request: Request) -> Response:
        return _response(request, page_files()[PAGE])

    async def _file(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        file = page_files().get(name)
        if file is None or name == PAGE:
            raise RequestError(404, "NotFound", f"There is nothing at {request.url.path}.")
        return _response(request, file)

    async def _give_key(self, request: Request) -> Response:
        client = request.client.host if request.client else None
        why = "nobody is given any here" if self.key is None else refusal(request.headers, client)
        if why is not None:
            raise RequestError(403, "KeyNeeded", f"This request is not given the admin key: {why}.")
        return _private(json_response(write_json({"key": self.key})))

    async def _say_health(self, request: Request) -> Response:
        await self.access.check_administrator(request)
        return _private(json_response(write_json({**asdict(self.health()), "sockets": self.sockets()})))


def _response(request: Request, file: PageFile) -> Response:
    headers = {**_HEADERS, "ETag": file.tag}
    if request.headers.get("if-none-match") == file.tag:
        return Response(None, 304, headers)
    return Response(file.content, 200, {**headers, "Content-Type": file.media_type})


def _private(response: Response) -> Response:
    """An answer that nobody keeps, and no other page may have."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
