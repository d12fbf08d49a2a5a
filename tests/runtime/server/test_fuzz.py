"""Whatever comes over the wire: an answer or a clean close, never a mistake of ours, never a server that is stuck."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convexgen.runtime.server.app import application
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.http_api import HttpApi
from convexgen.runtime.server.runs import FunctionRuns
from tests.runtime.server.conftest import ABOUT, ADMIN_KEY, FUNCTIONS, REQUEST_ID, Client
from tests.runtime.server.fake_engine import FakeEngine
from tests.runtime.server.test_sockets import Server

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from(["counter:read", "counter:add", "values:act", "values:refuse", "values:fail", "a b", ""])
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "path": PATHS | JSON,
        "args": JSON | st.just([{"by": 1}]) | st.just({"by": {"$integer": "x"}}),
        "format": JSON | st.sampled_from(["json", "export_json"]),
        "ts": JSON | st.text(),
        "queries": JSON,
        "componentPath": JSON,
    },
)
BODIES = REQUESTS.map(json.dumps).map(str.encode) | JSON.map(json.dumps).map(str.encode) | st.binary(max_size=40)
ROUTES = st.sampled_from(
    [
        "query",
        "mutation",
        "action",
        "query_ts",
        "query_at_ts",
        "query_batch",
        "run/values/act",
        "run/x",
        "function",
        "x",
    ]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        b"authorization": st.binary(max_size=20).map(lambda text: b"Convex " + text)
        | st.just(f"Convex {ADMIN_KEY}".encode())
        | st.binary(max_size=20),
        b"convex-client": st.binary(max_size=12),
        b"convex-request-id": st.binary(max_size=12),
        b"content-length": st.just(b"1") | st.binary(max_size=3),
    },
)


@pytest.fixture
def api(runs: FunctionRuns) -> Client:
    api = HttpApi(FakeEngine(FUNCTIONS), Access(ADMIN_KEY), runs, "everything", lambda: REQUEST_ID)
    return Client(application(ABOUT, api.routes()))


@FEW
@given(route=ROUTES, body=BODIES, headers=HEADERS)
def test_requests(api: Client, route: str, body: bytes, headers: dict[bytes, bytes]) -> None:
    found = api.post(f"/api/{route}", content=body, headers=headers)
    said = found.json()
    if found.status_code == 200:
        assert {"status", "results", "ts"} & said.keys()
    else:
        assert 400 <= found.status_code < 500, said
        assert said.keys() == {"code", "message"}


@FEW
@given(query=st.dictionaries(st.sampled_from(["path", "args", "format", "adminKey"]) | st.text(), st.text()))
def test_urls(api: Client, query: dict[str, str]) -> None:
    found = api.get("/api/query", params=query)
    assert found.status_code in (200, 400, 401)


MESSAGES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": st.sampled_from(["Connect", "ModifyQuerySet", "Mutation", "Action", "Authenticate", "Event"]) | JSON},
    optional={
        "sessionId": JSON | st.just("6f6cb00a-9813-4c6a-8ccd-871ec5a6485c"),
        "connectionCount": st.integers(0, 3) | JSON,
        "baseVersion": st.integers(0, 2) | JSON,
        "newVersion": st.integers(0, 2) | JSON,
        "requestId": st.integers(0, 9) | JSON,
        "udfPath": PATHS | JSON,
        "args": st.just([{}]) | st.just([{"by": 1}]) | JSON,
        "tokenType": st.sampled_from(["Admin", "User", "None"]) | JSON,
        "value": st.just(ADMIN_KEY) | JSON,
        "impersonating": JSON,
        "modifications": JSON
        | st.lists(
            st.fixed_dictionaries(
                {"type": st.sampled_from(["Add", "Remove"]), "queryId": st.integers(0, 2)},
                optional={"udfPath": PATHS, "args": st.just([{}]) | JSON, "journal": JSON},
            ),
            max_size=3,
        ),
        "eventType": JSON,
    },
)
FRAMES = st.lists(MESSAGES.map(json.dumps) | st.text(max_size=10) | st.binary(max_size=10), min_size=1, max_size=6)


@pytest.fixture
def server(engine: FakeEngine, runs: FunctionRuns) -> Iterator[Server]:
    server = Server(engine, runs)
    yield server
    server.stop()


@FEW
@given(connects=st.booleans(), frames=FRAMES)
def test_frames(server: Server, caplog: pytest.LogCaptureFixture, connects: bool, frames: list[str | bytes]) -> None:
    client = server.client()
    if connects:
        client.hello()
    try:
        for frame in frames:
            client.socket.send(frame)
        # What makes no sense comes last, so every conversation ends; and the server takes the next.
        client.socket.send("{")
        heard: list[Any] = []
        while True:
            heard.append(client.hear())
    except websockets.ConnectionClosed:
        pass
    client.socket.close()
    assert caplog.records == []
