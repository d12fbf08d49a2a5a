"""A server of a few functions, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from convexgen import Int64
from convexgen.runtime.calls import Call, Failure, Success
from convexgen.runtime.server.app import About, application
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.http_api import HttpApi
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.values import Value
from tests.runtime.server.fake_engine import FakeEngine, FakeFunction

ADMIN_KEY = "local|0123abcd"
LARGE = 3 * 2**20
REQUEST_ID = "00112233aabbccdd"
ABOUT = About("convexgen 1.2.3", "local")


def _who(call: Call, number: float) -> Value:
    del number
    user = call.identity.user
    return [call.identity.is_admin, None if user is None else user.token_identifier]


def _refuse(call: Call, number: float) -> Failure:
    del call, number
    return Failure("Uncaught ConvexError: no", ("[LOG] 'about to'",), {"code": Int64(7)})


def _crash(call: Call, number: float) -> Value:
    del call, number
    raise ZeroDivisionError("a mistake of ours")


FUNCTIONS = {
    "counter:read": FakeFunction("query", lambda _, number: number),
    "counter:add": FakeFunction("mutation", lambda call, number: number + float(call.arguments["by"])),  # type: ignore[arg-type]
    "values:echo": FakeFunction("query", lambda call, _: dict(call.arguments)),
    "values:default": FakeFunction("query", lambda call, _: "the default"),
    "values:who": FakeFunction("query", _who),
    "values:said": FakeFunction("query", lambda call, _: Success(None, ("[LOG] 'one'", "[WARN] 'two'"))),
    "values:refuse": FakeFunction("mutation", _refuse),
    "values:fail": FakeFunction("action", lambda call, _: Failure("Uncaught ValueError: broke")),
    "values:act": FakeFunction("action", lambda call, _: dict(call.arguments)),
    "values:large": FakeFunction("query", lambda _, number: [number, "x" * LARGE]),
    "values:crash": FakeFunction("query", _crash),
    "deep/down/values:hidden": FakeFunction("query", lambda call, _: "secret", internal=True),
}


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(FUNCTIONS)


@pytest.fixture
def runs() -> Iterator[FunctionRuns]:
    runs = FunctionRuns(workers=2)
    yield runs
    runs.close()


class Client:
    """Asks an application, one request at a time. Errors that get out of it are errors of the test."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)

    def options(self, path: str, **more: Any) -> httpx.Response:
        return self.request("OPTIONS", path, **more)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3210") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())


@pytest.fixture
def client(engine: FakeEngine, runs: FunctionRuns) -> Client:
    api = HttpApi(engine, Access(ADMIN_KEY), runs, "everything", lambda: REQUEST_ID)
    return Client(application(ABOUT, api.routes()))
