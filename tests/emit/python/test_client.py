"""The generated client over HTTP, against a real server: bodies to the byte, results, errors, time-outs."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from tests.emit.python.server import Deployment

MESSAGE = {
    "_id": "m1",
    "_creationTime": 1700000000000.5,
    "author": "u1",
    "text": "Hello",
    "likes": 5.0,
    "replyTo": None,
}
ATTACHMENT = {
    "data": {"$bytes": "AAH/"},
    "big": {"$integer": "BwAAAAAAAAA="},
    "count": 5.0,
    "number": {"$float": "AAAAAAAA8H8="},
    "moment": 1500.25,
    "day": "2026-01-31",
    "key": "12345678-1234-5678-1234-567812345678",
    "price": "1.10",
    "payload": {"snake_case": 1, "n": {"$integer": "//////////8="}, "list": [2.5, None, True]},
    "byName": {"user_id": 3, "Ünknown".encode().hex(): 4.0},
    "gitHubUrl": "https://example.org",
    "mode": 3.0,
}
EVERY_KIND: dict[str, Any] = {
    "text": "é",
    "flag": True,
    "data": b"\x00\x01\xff",
    "anything": {"snake_case": [1, 2.5, None, b"x"]},
    "number": 5,
    "count": 7,
    "big": 2**53 + 1,
    "moment": datetime(1970, 1, 1, 1, 0, 1, 500250, tzinfo=timezone(timedelta(hours=1))),
    "day": date(2026, 1, 31),
    "key": UUID("12345678-1234-5678-1234-567812345678"),
    "price": Decimal("1.10"),
    "mode": 3,
    "tags": ("a", "b"),
    "by_name": {"user_id": 3},
    "maybe": None,
}


def over_http(client: Any, transport: Any, url: str, **options: Any) -> Any:
    """A client that makes a request for each call: this module is about what is sent and received, not how."""
    return client(transport(url), **options)


@pytest.fixture
def client(chat: ModuleType, deployment: Deployment) -> Any:
    with over_http(chat.Client, chat.HttpTransport, deployment.url) as client:
        yield client


def test_a_query_without_arguments_given(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    deployment.succeed([MESSAGE | {"editedAt": 0.0, "addedByANewerServer": 1.0}])
    messages = client.messages.list()
    assert deployment.last.address == "/api/query"
    assert deployment.last.body == '{"path":"messages:list","args":{},"format":"convex_encoded_json"}'
    assert messages == [
        chat.models.Message(
            id="m1",
            creation_time=1700000000000.5,
            author="u1",
            text="Hello",
            likes=5,
            edited_at=datetime(1970, 1, 1, tzinfo=UTC),
            reply_to=None,
        )
    ]
    assert type(messages[0].likes) is int
    assert isinstance(messages[0].author, chat.Id)


def test_what_the_server_leaves_out(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    deployment.succeed([{key: value for key, value in MESSAGE.items() if key != "likes"}])
    (message,) = client.messages.list(limit=1)
    assert message.likes == 0
    assert message.edited_at is chat.UNSET
    assert not message.edited_at
    assert message.model_dump(by_alias=True) == MESSAGE | {"likes": 0}


def test_every_kind_of_argument(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    deployment.succeed(ATTACHMENT)
    client.messages.every_kind(**EVERY_KIND, status=chat.models.Status.DONE, extra=chat.UNSET)
    assert deployment.last.body == (
        '{"path":"messages:everyKind","args":{"text":"é","flag":true,"data":{"$bytes":"AAH/"},'
        '"anything":{"snake_case":[1.0,2.5,null,{"$bytes":"eA=="}]},"number":5.0,"count":7.0,'
        '"big":{"$integer":"AQAAAAAAIAA="},"moment":1500.25,"day":"2026-01-31",'
        '"key":"12345678-1234-5678-1234-567812345678","price":"1.10","mode":3.0,"tags":["a","b"],'
        '"byName":{"user_id":3.0},"status":"done","maybe":null},"format":"convex_encoded_json"}'
    )


def test_every_kind_of_result(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    deployment.succeed(ATTACHMENT)
    result = client.messages.every_kind(**EVERY_KIND, status="open")
    assert result.model_dump() == {
        "data": b"\x00\x01\xff",
        "big": 7,
        "count": 5,
        "number": float("inf"),
        "moment": datetime(1970, 1, 1, 0, 0, 1, 500250, tzinfo=UTC),
        "day": date(2026, 1, 31),
        "key": UUID("12345678-1234-5678-1234-567812345678"),
        "price": Decimal("1.10"),
        "payload": {"snake_case": 1.0, "n": -1, "list": [2.5, None, True]},
        "by_name": {"user_id": 3, "c39c6e6b6e6f776e": 4},
        "url": "https://example.org",
        "mode": 3,
    }
    assert isinstance(result.payload["n"], chat.Int64)
    assert type(result.payload["snake_case"]) is float


@pytest.mark.parametrize(
    ("argument", "value", "problem"),
    [
        ("text", 1, "text: Input should be a valid string"),
        ("text", "\ud800", "not valid Unicode: '\\ud800'"),
        ("flag", 1, "flag: Input should be a valid boolean"),
        ("data", "x", "data: Input should be a valid bytes"),
        ("anything", {"$x": 1}, "not printable ASCII without a leading $ as a key: '$x'"),
        ("anything", {1: 1}, "not printable ASCII without a leading $ as a key: 1"),
        ("anything", 2**53 + 1, "9007199254740993 is beyond ±2**53 and would lose digits as a number"),
        ("anything", {1}, "a set is not a Convex value: {1}"),
        ("number", "1", "number: Input should be a valid number"),
        ("count", 5.5, "count: Input should be an integer"),
        ("count", True, "count: Input should be an integer"),
        ("count", 2**53 + 1, "count: Input should be an integer within ±2**53"),
        ("big", 2**63, "big: Input should be an integer of 64 bits"),
        ("big", 1.0, "big: Input should be a 64-bit integer"),
        ("moment", datetime(2026, 1, 1), "moment: Input should be a datetime with a time zone"),
        ("day", datetime(2026, 1, 1, tzinfo=UTC), "day: Input should be a date such as 2026-01-31"),
        ("key", "x", "key: Input should be a UUID"),
        ("price", 1.5, "price: Input should be a decimal number in a string"),
        ("mode", "c", "mode: Input should be one of 'a', 'b', 3"),
        ("mode", True, "mode: Input should be one of 'a', 'b', 3"),
        ("tags", "abc", "tags: 'str' instances are not allowed as a Sequence value"),
        ("tags", ["a", 1], "tags.1: Input should be a valid string"),
        ("by_name", {"a": "b"}, "byName.a: Input should be an integer"),
        ("status", "closed", "status: Input should be one of 'open', 'done', 'title'"),
        ("maybe", 1, "maybe: Input should be a valid string"),
    ],
)
def test_arguments_refused_here(
    client: Any, chat: ModuleType, deployment: Deployment, argument: str, value: object, problem: str
) -> None:
    with pytest.raises(chat.InvalidArguments) as caught:
        client.messages.every_kind(**(EVERY_KIND | {"status": "open", argument: value}))
    assert str(caught.value) == f"messages:everyKind: {problem}"
    assert isinstance(caught.value, (chat.ConvexClientError, ValueError))
    assert deployment.received == []


def test_constraints_and_unknown_fields_of_what_is_sent(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    with pytest.raises(ValueError, match="of length 20 or less"):
        chat.models.DraftInput(author="u1", text="x" * 21)
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        chat.models.DraftInput(author="u1", text="x", likse=1)
    draft = chat.models.DraftInput(author="u1", text="x")
    draft.text = "x" * 21
    with pytest.raises(chat.InvalidArguments, match=r"draft\.text: Input should be of length 20 or less"):
        client.messages.send(draft=draft)
    assert deployment.received == []
    deployment.succeed("m2")
    assert client.messages.send(draft=chat.models.DraftInput(author="u1", text="x")) == "m2"
    assert deployment.last.address == "/api/mutation"
    assert deployment.last.args == {"draft": {"author": "u1", "text": "x"}}


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("count", 5.5, "result.count: Input should be an integer"),
        ("count", {"$integer": "BwAAAAAAAAA="}, "result.count: Input should be an integer"),
        ("big", 5.0, "result.big: Input should be a 64-bit integer"),
        ("moment", 1e300, "result.moment: Input should be a datetime, in milliseconds since the epoch"),
        ("gitHubUrl", None, "result.gitHubUrl: Input should be a valid string"),
        ("mode", None, "result.mode: Input should be one of 'a', 'b', 3"),
        ("payload", {"$set": []}, "not an encoded value: {'$set': []}"),
        ("payload", {"$integer": "AA=="}, "not 8 bytes: 'AA=='"),
        ("payload", {"$bytes": "?"}, "not base64: '?'"),
    ],
)
def test_results_that_are_not_understood(
    client: Any, chat: ModuleType, deployment: Deployment, field: str, value: object, problem: str
) -> None:
    deployment.succeed(ATTACHMENT | {field: value})
    with pytest.raises(chat.ProtocolError) as caught:
        client.messages.every_kind(**EVERY_KIND, status="open")
    assert str(caught.value) == f"messages:everyKind: {problem}"


def test_members_that_are_newer_than_the_client(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    user = {"_id": "u1", "_creationTime": 1.0, "name": "Ada", "status": "archived", "priority": 9.0}
    deployment.succeed(user)
    received = client.admin.users.get(user="u1")
    assert isinstance(received.status, chat.models.Status)
    assert received.status == "archived"
    assert received.status not in list(chat.models.Status)
    assert isinstance(received.priority, chat.models.Priority)
    assert received.priority.value == 9
    deployment.succeed(ATTACHMENT | {"mode": "c"})
    assert client.messages.every_kind(**EVERY_KIND, status=received.status).mode == "c"
    assert deployment.last.args["status"] == "archived"


def test_known_members_are_the_members(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    deployment.succeed({"_id": "u1", "_creationTime": 1.0, "name": "Ada", "status": "title", "priority": 1.0})
    received = client.admin.users.get(user="u1")
    assert received.status is chat.models.Status.title_
    assert received.priority is chat.models.Priority.LOW


def test_variants_of_a_table(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    system = {"_id": "s1", "_creationTime": 1.0}
    deployment.succeed([system | {"kind": "square", "side": 2.0}, system | {"kind": "circle", "radius": 1.0}])
    square, circle = client.messages.shapes()
    assert square == chat.models.Square(id="s1", creation_time=1, kind="square", side=2)
    assert isinstance(circle, chat.models.Circle)


def test_pages(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    deployment.succeed({"page": [MESSAGE], "isDone": False, "continueCursor": "c1", "pageStatus": None})
    page = client.messages.page(pagination_opts=chat.PaginationOptions(num_items=1))
    assert deployment.last.args == {"paginationOpts": {"numItems": 1.0, "cursor": None}}
    assert [message.text for message in page.page] == ["Hello"]
    assert (page.is_done, page.continue_cursor, page.page_status, page.split_cursor) == (False, "c1", None, chat.UNSET)


def test_headers(client: Any, deployment: Deployment) -> None:
    deployment.succeed("done")
    assert client.messages.summarize() == "done"
    assert deployment.last.address == "/api/action"
    assert deployment.last.headers["Convex-Client"] == "python-convexgen-1.0.0"
    assert deployment.last.headers["Content-Type"] == "application/json"
    assert "Authorization" not in deployment.last.headers
    client.set_auth("token-1")
    client.messages.summarize()
    assert deployment.last.headers["Authorization"] == "Bearer token-1"
    client.set_auth(None)
    client.messages.summarize()
    assert "Authorization" not in deployment.last.headers


def test_a_token_from_the_start_and_a_url_with_a_path(chat: ModuleType, deployment: Deployment) -> None:
    deployment.succeed("done")
    with over_http(chat.Client, chat.HttpTransport, f"{deployment.url}/base/", token="token-2") as client:
        client.messages.summarize()
    assert deployment.last.address == "/base/api/action"
    assert deployment.last.headers["Authorization"] == "Bearer token-2"


def test_errors_of_functions(client: Any, chat: ModuleType, deployment: Deployment) -> None:
    text = "[Request ID: 00] Server Error\nUncaught ConvexError: no"
    deployment.fail(text, errorData={"code": "nope", "n": {"$integer": "BwAAAAAAAAA="}}, logLines=["[LOG] 'x'"])
    with pytest.raises(chat.ConvexError) as convex_error:
        client.messages.summarize()
    assert convex_error.value.data == {"code": "nope", "n": 7}
    assert convex_error.value.log_lines == ("[LOG] 'x'",)
    assert str(convex_error.value) == f"messages:summarize: {text}"

    deployment.fail(text, errorData=None)
    with pytest.raises(chat.ConvexError) as without_data:
        client.messages.summarize()
    assert without_data.value.data is None

    deployment.fail("[Request ID: 00] Server Error")
    with pytest.raises(chat.FunctionError) as plain:
        client.messages.summarize()
    assert type(plain.value) is chat.FunctionError
    assert (plain.value.path, plain.value.message) == ("messages:summarize", "[Request ID: 00] Server Error")

    deployment.fail("[Request ID: 00] Server Error\nCould not find public function for 'messages:summarize'.")
    with pytest.raises(chat.NotFound):
        client.messages.summarize()


@pytest.mark.parametrize(
    ("status", "answer", "code", "message"),
    [
        (401, '{"code":"Unauthenticated","message":"Bad token"}', "Unauthenticated", "Bad token"),
        (503, '{"code":"Overloaded","message":"Later"}', "Overloaded", "Later"),
        (500, "<html>", "", "<html>"),
        (404, "[]", "", "[]"),
    ],
)
def test_requests_refused_by_the_server(
    client: Any, chat: ModuleType, deployment: Deployment, status: int, answer: str, code: str, message: str
) -> None:
    deployment.refuse(status, answer)
    with pytest.raises(chat.RequestRejected) as caught:
        client.messages.summarize()
    error = caught.value
    assert (error.status, error.code, error.message) == (status, code, message)


@pytest.mark.parametrize("answer", ["", "null", "[]", '{"status":"success"}', '{"status":"error"}', "{"])
def test_answers_that_are_none(client: Any, chat: ModuleType, deployment: Deployment, answer: str) -> None:
    deployment.refuse(200, answer)
    with pytest.raises(chat.ProtocolError):
        client.messages.summarize()


@pytest.mark.parametrize("timeout_of", [lambda client: client, lambda client: client.with_timeout(0.05)])
def test_a_server_that_never_answers(
    chat: ModuleType, deployment: Deployment, timeout_of: Callable[[Any], Any]
) -> None:
    deployment.answering.clear()
    with over_http(chat.Client, chat.HttpTransport, deployment.url, timeout=0.05) as client:
        with pytest.raises(chat.Timeout) as caught:
            timeout_of(client).messages.summarize()
        assert isinstance(caught.value, TimeoutError)
        assert str(caught.value) == "messages:summarize: no answer within 0.05 s"


def test_nobody_listens(chat: ModuleType) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with (
            over_http(chat.Client, chat.HttpTransport, f"http://127.0.0.1:{port}") as client,
            pytest.raises(chat.ConnectionFailed) as caught,
        ):
            client.messages.summarize()
        assert isinstance(caught.value, ConnectionError)
    with over_http(chat.Client, chat.HttpTransport, "no-url") as client, pytest.raises(chat.ConnectionFailed):
        client.messages.summarize()


def test_threads_share_a_client(client: Any, deployment: Deployment) -> None:
    deployment.together = threading.Barrier(4)
    deployment.succeed("done")
    with ThreadPoolExecutor(4) as pool:
        results = [future.result() for future in [pool.submit(client.messages.summarize) for _ in range(4)]]
    assert results == ["done"] * 4


def test_tasks_share_an_async_client(chat: ModuleType, deployment: Deployment) -> None:
    deployment.together = threading.Barrier(4)
    deployment.succeed([MESSAGE])

    async def calls() -> list[Any]:
        async with over_http(chat.AsyncClient, chat.AsyncHttpTransport, deployment.url, token="t") as client:
            return await asyncio.gather(*[client.messages.list(limit=limit) for limit in range(4)])

    results = asyncio.run(calls())
    assert [[message.text for message in result] for result in results] == [["Hello"]] * 4
    assert sorted(request.args["limit"] for request in deployment.received) == [0.0, 1.0, 2.0, 3.0]
    assert {request.headers["Authorization"] for request in deployment.received} == {"Bearer t"}


def test_waiting_for_a_server_leaves_the_loop_free(chat: ModuleType, deployment: Deployment) -> None:
    deployment.answering.clear()
    deployment.succeed("done")

    async def calls() -> str:
        async with over_http(chat.AsyncClient, chat.AsyncHttpTransport, deployment.url) as client:
            waiting = asyncio.create_task(client.messages.summarize())
            with pytest.raises(chat.Timeout):
                await client.with_timeout(0.05).messages.summarize()
            assert not waiting.done()
            deployment.answering.set()
            result: str = await waiting
            return result

    assert asyncio.run(calls()) == "done"


def test_async_errors(chat: ModuleType, deployment: Deployment) -> None:
    async def call() -> None:
        async with over_http(chat.AsyncClient, chat.AsyncHttpTransport, deployment.url) as client:
            with pytest.raises(chat.InvalidArguments):
                await client.messages.list(limit="x")
            deployment.fail("no", errorData=1)
            with pytest.raises(chat.ConvexError):
                await client.messages.summarize()

    asyncio.run(call())


def test_a_transport_of_ones_own(chat: ModuleType) -> None:
    class Recorded:
        def __init__(self) -> None:
            self.calls: list[Any] = []
            self.token: str | None = None
            self.closed = False

        def call(self, call: Any) -> Any:
            self.calls.append(call)
            return "done"

        def set_auth(self, token: str | None) -> None:
            self.token = token

        def close(self) -> None:
            self.closed = True

    transport = Recorded()
    with chat.Client(transport, token="t", timeout=None) as client:
        assert client.messages.summarize() == "done"
        assert not transport.closed
    assert transport.calls == [chat.Call("action", "messages:summarize", {}, None)]
    assert (transport.token, transport.closed) == ("t", True)


def test_a_deprecated_function_says_so(client: Any, deployment: Deployment) -> None:
    with pytest.warns(DeprecationWarning, match="Use undo"):
        client.messages.delete(message="m1")
    assert deployment.last.args == {"message": "m1"}


def test_internal_functions_are_not_shown(client: Any) -> None:
    assert not hasattr(client.messages, "sweep")
