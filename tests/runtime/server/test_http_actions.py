"""Requests that users' code answers, whole answers to good and bad ones."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount

from convexgen import ActionCtx, HttpRouter, http_action
from convexgen.authoring.functions import HttpActionFunction
from convexgen.authoring.http import Route
from convexgen.runtime.calls import Failure, Identity
from convexgen.runtime.server.app import application, with_refusals
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.http_actions import PREFIX, HttpActionSite, route_for, sandboxed
from convexgen.runtime.server.runs import FunctionRuns
from tests.runtime.server.conftest import ABOUT, ADMIN_KEY, REQUEST_ID, Client


@http_action
async def told(ctx: ActionCtx, request: Request) -> Response:
    del ctx
    body = await request.body()
    said = f"{request.method} {request.url} {body.decode()} {threading.current_thread().name}"
    return Response(said, 201, {"x-y": "z"})


@http_action
async def streamed(ctx: ActionCtx, request: Request) -> Response:
    del ctx, request

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3):
            await asyncio.sleep(0)
            yield f"{number} {threading.current_thread().name}\n".encode()

    return StreamingResponse(pieces())


@http_action
async def large(ctx: ActionCtx, request: Request) -> Response:
    del ctx, request
    return Response(b" " * (20 * 2**20 + 1))


@http_action
async def broken(ctx: ActionCtx, request: Request) -> Response:
    raise NotImplementedError


router = HttpRouter()
router.route(path="/told", method="GET", handler=told)
router.route(path="/told", method="POST", handler=told)
router.route(path_prefix="/streamed/", method="GET", handler=streamed)
router.route(path_prefix="/streamed/not/", method="GET", handler=told)
router.route(path="/streamed/not/either", method="GET", handler=streamed)
router.route(path="/large", method="GET", handler=large)
router.route(path="/broken", method="GET", handler=broken)


@dataclass
class FakeProgram:
    """Runs handlers without a context."""

    routes: Sequence[Route] | None
    identities: list[Identity] = field(default_factory=list)

    def http_routes(self) -> Sequence[Route] | None:
        return self.routes

    async def run_http_action(
        self, handler: HttpActionFunction, request: Request, identity: Identity, request_id: str
    ) -> Response | Failure:
        assert request_id == REQUEST_ID
        self.identities.append(identity)
        if handler is broken:
            return Failure("Uncaught ConvexError: no\n    at broken (../backend/http.py:3)", (), {"code": 1.0})
        return await handler.handler(None, request)  # type: ignore[arg-type]


@pytest.fixture
def program() -> FakeProgram:
    return FakeProgram(router.routes)


@pytest.fixture
def site(program: FakeProgram, runs: FunctionRuns) -> Client:
    served = HttpActionSite(program, Access(ADMIN_KEY), runs, "everything", lambda: REQUEST_ID)
    return Client(with_refusals(served))


ON_ACTIONS = "convexgen actions"


def test_a_handler_answers(site: Client, program: FakeProgram) -> None:
    found = site.post("/told?a=1", content=b"body")
    assert (found.status_code, found.headers["x-y"]) == (201, "z")
    assert found.text == f"POST http://127.0.0.1:3210/told?a=1 body {ON_ACTIONS}"
    assert program.identities == [Identity()]


def test_a_request_below_the_prefix_looks_as_if_there_were_none(program: FakeProgram, runs: FunctionRuns) -> None:
    served = HttpActionSite(program, Access(ADMIN_KEY), runs, "everything", lambda: REQUEST_ID)
    client = Client(application(ABOUT, [Mount(PREFIX, served)]))
    assert client.get("/http/told").text == f"GET http://127.0.0.1:3210/told  {ON_ACTIONS}"
    assert client.get("/http/nowhere").text == "No matching routes found"
    found = client.get("/http/told", headers={"Origin": "http://a"})
    assert "access-control-allow-origin" not in found.headers


def test_a_page_in_a_sandbox_is_the_same_page(program: FakeProgram, runs: FunctionRuns) -> None:
    served = with_refusals(HttpActionSite(program, Access(ADMIN_KEY), runs, "everything", lambda: REQUEST_ID))
    apart = Client(sandboxed(served))
    found, alone = apart.get("/told"), Client(served).get("/told")
    assert (found.status_code, found.text, found.headers["x-y"]) == (201, alone.text, "z")
    kept = found.headers["content-security-policy"].split()
    assert kept[0] == "sandbox"
    assert "allow-scripts" in kept
    assert "allow-same-origin" not in kept
    assert "content-security-policy" not in alone.headers
    assert apart.get("/nowhere").headers["content-security-policy"].startswith("sandbox ")


def test_handlers_see_the_scheme_before_proxies(site: Client) -> None:
    found = site.get("/told", headers={"X-Forwarded-Proto": "https", "Host": "example.com"})
    assert found.text == f"GET https://example.com/told  {ON_ACTIONS}"


def test_a_response_may_come_in_pieces(site: Client) -> None:
    assert site.get("/streamed/x").text == "".join(f"{number} {ON_ACTIONS}\n" for number in range(3))


@pytest.mark.parametrize(
    ("method", "path", "handler"),
    [
        ("GET", "/told", told),
        ("HEAD", "/told", told),
        ("PUT", "/told", None),
        ("OPTIONS", "/told", None),
        ("GET", "/told/", None),
        ("GET", "/streamed", None),
        ("GET", "/streamed/", streamed),
        ("GET", "/streamed/not/at/all", told),
        ("GET", "/streamed/not/either", streamed),
    ],
)
def test_the_route_is_the_exact_one_or_the_longest_prefix(
    method: str, path: str, handler: HttpActionFunction | None
) -> None:
    found = route_for(router.routes, method, path)
    assert (None if found is None else found.handler) is handler


def test_nothing_is_there(site: Client, program: FakeProgram) -> None:
    found = site.get("/nowhere")
    assert (found.status_code, found.text) == (404, "No matching routes found")
    program.routes = None
    found = site.get("/told")
    assert (found.status_code, found.text) == (404, "This Convex deployment does not have HTTP actions enabled.")


def test_a_handler_fails(site: Client) -> None:
    found = site.get("/broken")
    assert found.status_code == 500
    assert found.json() == {
        "code": f"[Request ID: {REQUEST_ID}] Server Error: Uncaught ConvexError: no",
        "trace": "    at broken (../backend/http.py:3)",
        "data": {"code": 1.0},
    }


def test_a_handler_fails_where_nobody_should_learn_why(program: FakeProgram, runs: FunctionRuns) -> None:
    site = Client(HttpActionSite(program, Access(ADMIN_KEY), runs, "data", lambda: REQUEST_ID))
    assert site.get("/broken").json() == {"code": f"[Request ID: {REQUEST_ID}] Server Error", "data": {"code": 1.0}}


def test_too_much_is_refused_both_ways(site: Client) -> None:
    found = site.post("/told", content=b" " * (20 * 2**20 + 1))
    assert (found.status_code, found.json()["code"]) == (413, "RequestTooLarge")
    found = site.get("/large")
    assert (found.status_code, found.json()["code"]) == (500, "ResponseTooLarge")


def test_who_asks(site: Client, program: FakeProgram) -> None:
    for header in (f"Convex {ADMIN_KEY}", "Basic abcdefgh", "x", "Bearer a.b.c"):
        site.get("/told", headers={"Authorization": header})
    assert [each.is_admin for each in program.identities] == [True, False, False, False]
