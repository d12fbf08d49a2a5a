"""Whole answers to requests, good and bad."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest

from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.server.runs import FunctionRuns
from tests.runtime.server.conftest import ADMIN_KEY, REQUEST_ID, Client
from tests.runtime.server.fake_engine import FIRST, FakeEngine

ENCODED = "convex_encoded_json"
ADMIN = {"Authorization": f"Convex {ADMIN_KEY}"}
SERVER_ERROR = f"[Request ID: {REQUEST_ID}] Server Error\n"
NOT_JSON = "not JSON: Expecting value: line 1 column 1 (char 0)"


def asked(path: str, args: Any = None, **more: Any) -> dict[str, Any]:
    return {"path": path, "args": {} if args is None else args, **more}


def error(message: str, **more: Any) -> dict[str, Any]:
    return {"status": "error", "errorMessage": SERVER_ERROR + message, **more}


@pytest.mark.parametrize(
    ("route", "body", "answer"),
    [
        ("query", asked("counter:read"), '{"status":"success","value":0.0}'),
        ("query", asked("counter.js:read", format="json"), '{"status":"success","value":0.0}'),
        ("query", asked("values", [{}]), '{"status":"success","value":"the default"}'),
        ("query", asked("values:echo", [{"n": 5}]), '{"status":"success","value":{"n":5.0}}'),
        (
            "query",
            asked("values:echo", {"n": {"$integer": "BwAAAAAAAAA="}, "b": {"$bytes": "AP8="}}),
            '{"status":"success","value":{"b":"AP8=","n":"7"}}',
        ),
        (
            "query",
            asked("values:echo", {"n": {"$integer": "BwAAAAAAAAA="}}, format=ENCODED),
            '{"status":"success","value":{"n":{"$integer":"BwAAAAAAAAA="}}}',
        ),
        (
            "query",
            asked("values:said"),
            '{"status":"success","value":null,"logLines":["[LOG] \'one\'","[WARN] \'two\'"]}',
        ),
        ("mutation", asked("counter:add", {"by": 2}), '{"status":"success","value":2.0}'),
        ("action", asked("values:act", {"a": []}), '{"status":"success","value":{"a":[]}}'),
    ],
)
def test_functions_are_called(client: Client, route: str, body: dict[str, Any], answer: str) -> None:
    response = client.post(f"/api/{route}", json=body)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.text == answer


@pytest.mark.parametrize(
    ("route", "body", "answer"),
    [
        (
            "mutation",
            asked("values:refuse", format=ENCODED),
            error(
                "Uncaught ConvexError: no",
                errorData={"code": {"$integer": "BwAAAAAAAAA="}},
                logLines=["[LOG] 'about to'"],
            ),
        ),
        (
            "mutation",
            asked("values:refuse"),
            error("Uncaught ConvexError: no", errorData={"code": "7"}, logLines=["[LOG] 'about to'"]),
        ),
        ("action", asked("values:fail"), error("Uncaught ValueError: broke")),
        ("query", asked("no:where"), error("Could not find public function for 'no:where'.")),
        (
            "query",
            asked("deep/down/values:hidden"),
            error("Could not find public function for 'deep/down/values:hidden'."),
        ),
        (
            "query",
            asked("counter:add"),
            error("Trying to execute counter.js:add as Query, but it is defined as Mutation."),
        ),
        (
            "query",
            asked("values:echo", {"a": {"$set": []}}),
            error(
                "Invalid arguments for values.js:echo: Received a Set which is no longer supported as a Convex type."
            ),
        ),
        (
            "action",
            asked("values:act", [{}, {}]),
            error("Invalid arguments for values.js:act: arguments are one object, not several"),
        ),
        ("mutation", asked("counter:add", 5), error("Invalid arguments for counter.js:add: arguments are an object")),
    ],
)
def test_functions_that_fail_are_answers_too(
    client: Client, route: str, body: dict[str, Any], answer: dict[str, Any]
) -> None:
    response = client.post(f"/api/{route}", json=body)
    assert (response.status_code, response.json()) == (200, answer)


@pytest.mark.parametrize(
    ("route", "body", "status", "code", "message"),
    [
        ("query", b"", 400, "BadJsonBody", f"The request cannot be understood: {NOT_JSON}."),
        ("query", b"[]", 400, "BadJsonBody", "The request cannot be understood: it is not an object."),
        ("query", b"{}", 400, "BadJsonBody", "The request cannot be understood: there is no `path`."),
        ("query", b'{"path":"a:b"}', 400, "BadJsonBody", "The request cannot be understood: there is no `args`."),
        (
            "query",
            b'{"path":5,"args":{}}',
            400,
            "BadJsonBody",
            "The request cannot be understood: `path` is not a text.",
        ),
        (
            "mutation",
            b'{"path":"a b","args":{}}',
            400,
            "BadConvexFunctionIdentifier",
            "'a b' is not a path to a function, such as 'messages:list'.",
        ),
        (
            "action",
            b'{"path":"a:b","args":{},"format":"xml"}',
            400,
            "BadFormat",
            "There is no format 'xml'; there are convex_encoded_json, convex_json, json, convex_clean_json, "
            "export_json.",
        ),
        (
            "query",
            b'{"path":"a:b","args":{},"componentPath":"inner"}',
            400,
            "ComponentNotFound",
            "This program has no components.",
        ),
        (
            "query",
            b'{"path":"a:b","args":"\xff"}',
            400,
            "BadJsonBody",
            "The request cannot be understood: not JSON: the text is not Unicode.",
        ),
        (
            "query",
            b'{"path":"a:b","args":"\\ud800"}',
            400,
            "BadJsonBody",
            "The request cannot be understood: not JSON: the text is not Unicode.",
        ),
        ("query_batch", b"{}", 400, "BadJsonBody", "The request cannot be understood: there is no `queries`."),
        (
            "query_batch",
            b'{"queries":{}}',
            400,
            "BadJsonBody",
            "The request cannot be understood: `queries` is not a list.",
        ),
        (
            "query_batch",
            b'{"queries":[1]}',
            400,
            "BadJsonBody",
            "The request cannot be understood: one of `queries` is not an object.",
        ),
        (
            "query_at_ts",
            b'{"path":"a:b","args":{},"ts":"x"}',
            400,
            "BadJsonBody",
            "The request cannot be understood: `ts` is not a timestamp.",
        ),
        (
            "query_at_ts",
            b'{"path":"a:b","args":{},"ts":"AAAAAAAAAAE="}',
            400,
            "InvalidTimestamp",
            "The timestamp `ts` lies in the future.",
        ),
        (
            "run/list",
            b'{"args":{}}',
            400,
            "MissingIdentifier",
            "The URL names a module and a function, such as messages/list.",
        ),
        (
            "function",
            b'{"path":"a:b","args":{}}',
            403,
            "BadDeployKey",
            "Only an administrator may call functions here, with an admin key.",
        ),
        ("nothing", b"{}", 404, "NotFound", "There is nothing at /api/nothing."),
    ],
)
def test_requests_that_cannot_be_understood(
    client: Client, route: str, body: bytes, status: int, code: str, message: str
) -> None:
    response = client.post(f"/api/{route}", content=body)
    assert (response.status_code, response.json()) == (status, {"code": code, "message": message})


def test_a_body_of_brackets_alone_is_refused(client: Client) -> None:
    response = client.post("/api/query", content=b'{"path":"a:b","args":' + b"[" * 100_000)
    assert (response.status_code, response.json()["code"]) == (400, "BadJsonBody")


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    response = client.post("/api/query", content=b" " * (16 * 2**20 + 2001))
    assert (response.status_code, response.json()["code"]) == (413, "RequestTooLarge")


def test_a_body_that_is_too_large_is_refused_though_it_does_not_say_so(client: Client) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * 2**20

    response = client.post("/api/query", content=parts())
    assert (response.status_code, response.json()["code"]) == (413, "RequestTooLarge")


def test_a_query_by_its_url(client: Client) -> None:
    found = client.get("/api/query", params={"path": "values:echo", "args": '{"a":1}', "format": ENCODED})
    assert found.text == '{"status":"success","value":{"a":1.0}}'
    assert client.get("/api/query", params={"path": "values"}).json() == {"status": "success", "value": "the default"}


def test_a_query_by_a_url_that_is_wrong(client: Client) -> None:
    found = client.get("/api/query", params={"path": "values:echo", "args": "{"})
    message = "The parameter args cannot be used: not JSON: Expecting property name enclosed in double quotes: "
    assert found.status_code == 400
    assert found.json() == {"code": "InvalidArgs", "message": f"{message}line 1 column 2 (char 1)."}


def test_a_method_that_a_route_does_not_take(client: Client) -> None:
    found = client.get("/api/mutation")
    assert (found.status_code, found.headers["allow"]) == (405, "POST")
    assert found.json() == {"code": "MethodNotAllowed", "message": "/api/mutation does not take GET."}


def test_queries_at_one_timestamp(client: Client, engine: FakeEngine) -> None:
    stamp = client.post("/api/query_ts").json()
    assert stamp == {"ts": b64encode(FIRST.to_bytes(8, "little")).decode()}
    client.post("/api/mutation", json=asked("counter:add", {"by": 1}))
    found = client.post("/api/query_at_ts", json=asked("values:echo", {"x": True}, **stamp))
    assert found.json() == {"status": "success", "value": {"x": True}}
    assert engine.calls[-1][1] == FIRST


def test_a_batch_is_answered_in_order_at_one_timestamp(client: Client, engine: FakeEngine) -> None:
    queries = [asked("values:echo", {"n": 1}), asked("no:where"), asked("values:echo", {"n": 1}, format=ENCODED)]
    found = client.post("/api/query_batch", json={"queries": queries})
    assert found.json() == {
        "results": [
            {"status": "success", "value": {"n": 1.0}},
            error("Could not find public function for 'no:where'."),
            {"status": "success", "value": {"n": 1.0}},
        ]
    }
    assert {timestamp for _, timestamp in engine.calls} == {FIRST}
    assert client.post("/api/query_batch", json={"queries": []}).json() == {"results": []}


def test_functions_of_any_kind_by_their_url(client: Client) -> None:
    assert client.post("/api/run/values/act", json={"args": {"a": 1}}).json()["value"] == {"a": 1.0}
    assert client.post("/api/run/counter/add", json={"args": {"by": 1}}).json()["value"] == 1.0
    assert client.post("/api/run/deep/down/values/hidden", json={"args": {}}).json() == error(
        "Could not find public function for 'deep/down/values:hidden'."
    )
    assert client.post("/api/run/no/where", json={"args": {}}).json() == error(
        "Could not find function for 'no:where'. Did you forget to run `npx convex dev`?"
    )


def test_an_administrator_calls_functions_of_any_kind_and_visibility(client: Client) -> None:
    for path, value in (("counter:read", 0.0), ("values:act", {}), ("deep/down/values:hidden", "secret")):
        found = client.post("/api/function", json=asked(path, componentPath=""), headers=ADMIN)
        assert found.json() == {"status": "success", "value": value}


@pytest.mark.parametrize("function", ["counter:read", "counter:add"])
@pytest.mark.parametrize(
    ("broken", "status", "code", "message"),
    [
        (
            EngineError("OptimisticConcurrencyControlFailure", "changed"),
            503,
            "OptimisticConcurrencyControlFailure",
            "changed",
        ),
        (
            EngineError("InternalServerError", "what nobody should see"),
            500,
            "InternalServerError",
            "Your request couldn't be completed. Try again later.",
        ),
    ],
)
def test_calls_that_come_to_nothing(
    client: Client, engine: FakeEngine, function: str, broken: EngineError, status: int, code: str, message: str
) -> None:
    engine.broken = broken
    found = client.post("/api/function", json=asked(function), headers=ADMIN)
    assert (found.status_code, found.json()) == (status, {"code": code, "message": message})


def test_a_mistake_of_ours_is_logged_and_not_told(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    found = client.post("/api/query", json=asked("values:crash"))
    assert found.status_code == 500
    assert found.json() == {
        "code": "InternalServerError",
        "message": "Your request couldn't be completed. Try again later.",
    }
    assert [record.message for record in caplog.records] == ["a request came to nothing through a mistake of ours"]
    assert "ZeroDivisionError: a mistake of ours" in caplog.text


def test_more_calls_than_may_wait_are_refused_before_they_begin(client: Client, engine: FakeEngine) -> None:
    found = client.post("/api/query_batch", json={"queries": [asked("counter:read")] * 1001})
    assert (found.status_code, found.json()["code"]) == (503, "TooManyConcurrentRequests")
    assert client.post("/api/query", json=asked("counter:read")).status_code == 200


def test_the_request_id_of_a_client_stands_in_its_errors(client: Client) -> None:
    found = client.post("/api/query", json=asked("no:where"), headers={"Convex-Request-Id": "mine-1"})
    assert found.json()["errorMessage"].startswith("[Request ID: mine-1] Server Error\n")
    found = client.post("/api/query", json=asked("no:where"), headers={"Convex-Request-Id": "a b"})
    assert found.json()["errorMessage"].startswith(SERVER_ERROR)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_server_says_of_itself(client: Client, method: str) -> None:
    if method == "GET":
        assert client.get("/version").text == client.get("/instance_version").text == "convexgen 1.2.3"
        assert client.get("/instance_name").text == "local"
        assert client.get("/").text == "This is convexgen 1.2.3. Clients of Convex connect to this address."
    else:
        echoed = client.post("/echo", content=b"\x00\xff", headers={"Content-Type": "image/x"})
        assert (echoed.content, echoed.headers["content-type"]) == (b"\x00\xff", "image/x")


def test_pages_of_every_origin_may_ask(client: Client) -> None:
    asking = {
        "Origin": "http://localhost:5173",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,convex-client,x-mine",
    }
    allowed = client.options("/api/query", headers=asking)
    assert allowed.status_code == 200
    assert {name: value for name, value in allowed.headers.items() if name.startswith("access-control")} == {
        "access-control-allow-origin": "http://localhost:5173",
        "access-control-allow-methods": "GET, POST, OPTIONS, PATCH, DELETE, PUT",
        "access-control-allow-headers": "authorization,convex-client,x-mine",
        "access-control-allow-credentials": "true",
        "access-control-max-age": "86400",
    }
    for response in (
        client.post("/api/query", json=asked("values"), headers={"Origin": "http://a"}),
        client.post("/api/query", content=b"", headers={"Origin": "http://a"}),
        client.get("/instance_name", headers={"Origin": "http://a"}),
    ):
        assert response.headers["access-control-allow-origin"] == "http://a"
        assert response.headers["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in client.get("/version", headers={"Origin": "http://a"}).headers


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("npm", "InvalidClientVersion"),
        ("npm-", "InvalidClientVersion"),
        ("npm-1.2", "InvalidClientVersion"),
        ("npm-0.19.1", "ClientVersionUnsupported"),
        ("python-0.2.0", "ClientVersionUnsupported"),
        ("npm-1.48.0", None),
        ("npm-cli-0.1.0", None),
        ("python-0.8.1-a.1+b", None),
        ("somebody-0.0.1", None),
    ],
)
def test_clients_that_are_served_and_that_are_not(client: Client, header: str, code: str | None) -> None:
    response = client.post("/api/query", json=asked("values"), headers={"Convex-Client": header})
    assert (response.status_code, response.json().get("code")) == (200 if code is None else 400, code)


def test_a_client_that_is_too_old_is_told_so(client: Client) -> None:
    response = client.post("/api/query_ts", headers={"Convex-Client": "python-0.1.9"})
    message = "The python client 0.1.9 is no longer supported; please update it."
    assert response.json() == {"code": "ClientVersionUnsupported", "message": message}
    assert response.headers["x-convex-deprecation-state"] == "UpgradeRequired"
    assert response.headers["x-convex-deprecation-message"] == message


def acting(user: object) -> dict[str, str]:
    described = b64encode(user if isinstance(user, bytes) else json.dumps(user).encode()).decode()
    return {"Authorization": f"Convex {ADMIN_KEY}:{described}"}


ANN = {"subject": "ann", "issuer": "https://example.com"}


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ({}, [False, None]),
        (ADMIN, [True, None]),
        ({"Authorization": f"convex dev:{ADMIN_KEY}"}, [True, None]),
        ({"Authorization": f"CONVEX prod:{ADMIN_KEY}"}, [True, None]),
        (acting(ANN), [True, "https://example.com|ann"]),
        (acting({**ANN, "tokenIdentifier": "t", "emailVerified": True, "role": "boss"}), [True, "t"]),
    ],
)
def test_who_asks(client: Client, headers: dict[str, str], value: list[Any]) -> None:
    assert client.post("/api/query", json=asked("values:who"), headers=headers).json()["value"] == value


def test_the_key_may_stand_in_the_url(client: Client) -> None:
    found = client.get("/api/query", params={"path": "values:who", "adminKey": ADMIN_KEY})
    assert found.json()["value"] == [True, None]


@pytest.mark.parametrize(
    ("header", "status", "code", "message"),
    [
        ("Convex", 400, "InvalidAuthHeader", "The Authorization header is too short to be one."),
        (
            "Basic abcdef",
            401,
            "InvalidAuthHeader",
            "The Authorization header begins with neither Bearer nor Convex.",
        ),
        ("Convex local|wrong", 401, "BadAdminKey", "The provided admin key was invalid for this instance"),
        ("Convex \xe9|0123abcd", 401, "BadAdminKey", "The provided admin key was invalid for this instance"),
        (
            "Bearer a.b.c",
            401,
            "NoAuthProvider",
            "No auth provider found matching the given token: this program declares none.",
        ),
        (
            f"Convex {ADMIN_KEY}:!!!!",
            400,
            "InvalidIdentity",
            "This is nobody to act as: it is not JSON in base64.",
        ),
        (
            acting([])["Authorization"],
            400,
            "InvalidIdentity",
            "This is nobody to act as: an identity is an object such as "
            "{'subject': 'ann', 'issuer': 'https://example.com'}.",
        ),
        (
            acting({"subject": "ann"})["Authorization"],
            400,
            "InvalidIdentity",
            "This is nobody to act as: an identity has a text as `issuer`.",
        ),
        (
            acting({**ANN, "emailVerified": "yes"})["Authorization"],
            400,
            "InvalidIdentity",
            "This is nobody to act as: `emailVerified` of an identity is true or false.",
        ),
    ],
)
def test_who_may_not_ask(client: Client, header: str, status: int, code: str, message: str) -> None:
    response = client.post("/api/query", json=asked("values:who"), headers={b"Authorization": header.encode("latin-1")})
    assert (response.status_code, response.json()) == (status, {"code": code, "message": message})


def test_nothing_runs_for_those_who_may_not_ask(client: Client, engine: FakeEngine, runs: FunctionRuns) -> None:
    del runs
    for route in ("query", "mutation", "action", "query_at_ts", "query_batch", "run/a/b", "function", "query_ts"):
        assert client.post(f"/api/{route}", json={}, headers={"Authorization": "Convex a|b"}).status_code == 401
    assert engine.calls == []
