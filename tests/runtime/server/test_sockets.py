"""Real sockets against a real server, with an engine of a few functions behind."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import websockets
from websockets.sync.client import ClientConnection, connect

from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.server import sockets
from convexgen.runtime.server.app import application
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.server.serving import PortTakenError, Serving, Site, take_port
from convexgen.runtime.server.sockets import SyncSockets
from tests.runtime.server.conftest import ABOUT, ADMIN_KEY
from tests.runtime.server.fake_engine import FakeEngine

DEADLINE = 20
IN_THE_KERNEL = 2**16
"""Bytes that a socket holds back, of which the kernel would make many megabytes if it were left to it."""
NOW = 1_000_000.0


class Server:
    """A server on a port of its own."""

    def __init__(self, engine: FakeEngine, runs: FunctionRuns) -> None:
        self.sockets = SyncSockets(engine, Access(ADMIN_KEY), runs, "everything", lambda: NOW)
        listener = take_port("127.0.0.1", 0)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_THE_KERNEL)  # sockets inherit it
        self.port = listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.serving = Serving([Site(application(ABOUT, self.sockets.routes()), listener)], self.sockets.close)
        self.serving.start()
        self._clients = ExitStack()

    def client(
        self, path: str = "/api/sync", headers: dict[str, str] | None = None, reads_ahead: bool = True
    ) -> Client:
        """One that does not read ahead leaves on its way to it what the test has not asked for yet."""
        own = socket.socket()
        if not reads_ahead:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, IN_THE_KERNEL)
        own.connect(("127.0.0.1", self.port))
        opening = connect(
            f"ws://{self.address}{path}",
            sock=own,
            additional_headers=headers,
            open_timeout=DEADLINE,
            max_size=None,
            max_queue=None if reads_ahead else 1,
        )
        return Client(self._clients.enter_context(opening))

    def stop(self) -> None:
        self._clients.close()
        self.serving.stop()


class Client:
    """A client that says only what it is told to."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, kind: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **fields}))

    def hello(self, session: str = "6f6cb00a-9813-4c6a-8ccd-871ec5a6485c") -> Client:
        self.say("Connect", sessionId=session, connectionCount=0, lastCloseReason="InitialConnect")
        return self

    def follow(self, *paths: str) -> None:
        added = [{"type": "Add", "queryId": number, "udfPath": path, "args": [{}]} for number, path in enumerate(paths)]
        self.say("ModifyQuerySet", baseVersion=0, newVersion=1, modifications=added)

    def hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(self.socket.recv(DEADLINE))
        return heard

    def values(self) -> dict[int, Any]:
        """The values that the next message, a transition, brings."""
        heard = self.hear()
        assert heard["type"] == "Transition", heard
        return {each["queryId"]: each["value"] for each in heard["modifications"]}

    def close_code(self) -> int | None:
        """The code of the close frame that comes next."""
        with pytest.raises(websockets.ConnectionClosed) as closed:
            self.socket.recv(DEADLINE)
        return None if closed.value.rcvd is None else closed.value.rcvd.code


@pytest.fixture
def server(engine: FakeEngine, runs: FunctionRuns) -> Iterator[Server]:
    server = Server(engine, runs)
    yield server
    server.stop()


@pytest.fixture
def client(server: Server) -> Client:
    return server.client().hello()


def test_a_query_is_followed(server: Server, client: Client) -> None:
    client.follow("counter:read", "values:who")
    assert client.values() == {0: 0.0, 1: [False, None]}
    other = server.client("/api/1.48.0/sync").hello("00000000-0000-4000-8000-000000000000")
    other.say("Mutation", requestId=0, udfPath="counter:add", args=[{"by": 2}])
    response = other.hear()
    assert (response["type"], response["success"], response["result"]) == ("MutationResponse", True, 2.0)
    assert client.values() == {0: 2.0}
    assert other.values() == {}


def answers(client: Client, number: int) -> list[dict[str, Any]]:
    """The next messages that are no transitions."""
    found: list[dict[str, Any]] = []
    while len(found) < number:
        heard = client.hear()
        if heard["type"] != "Transition":
            found.append(heard)
    return found


def test_mutations_are_done_in_order_and_actions_beside_them(client: Client) -> None:
    for number in range(5):
        client.say("Mutation", requestId=number, udfPath="counter:add", args=[{"by": 1}])
    client.say("Action", requestId=5, udfPath="values:act", args=[{"a": 1}])
    heard = answers(client, 6)
    assert [each["result"] for each in heard if each["type"] == "MutationResponse"] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert [each["result"] for each in heard if each["type"] == "ActionResponse"] == [{"a": 1.0}]


def test_a_mutation_that_comes_twice_is_done_once(server: Server, client: Client, engine: FakeEngine) -> None:
    client.say("Mutation", requestId=7, udfPath="counter:add", args=[{"by": 1}])
    first = answers(client, 1)
    again = server.client().hello()
    again.say("Mutation", requestId=7, udfPath="counter:add", args=[{"by": 1}])
    assert answers(again, 1) == first
    assert engine.number == 1.0


def test_an_administrator_acts_as_a_user(client: Client) -> None:
    user = {"subject": "ann", "issuer": "https://example.com"}
    client.say("Authenticate", baseVersion=0, tokenType="Admin", value=ADMIN_KEY, impersonating=user)
    client.follow("values:who", "deep/down/values:hidden")
    found: dict[int, Any] = {}
    while len(found) < 2:
        found |= client.values()
    assert found == {0: [True, "https://example.com|ann"], 1: "secret"}


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        ({"tokenType": "Admin", "value": "a|b"}, "The provided admin key was invalid for this instance"),
        (
            {"tokenType": "User", "value": "a.b.c"},
            "No auth provider found matching the given token: this program declares none.",
        ),
    ],
)
def test_credentials_that_are_not_good(client: Client, credentials: dict[str, str], message: str) -> None:
    client.say("Authenticate", baseVersion=0, **credentials)
    assert client.hear() == {"type": "AuthError", "error": message, "baseVersion": 0, "authUpdateAttempted": True}
    client.close_code()


def test_what_breaks_the_protocol_ends_the_conversation(client: Client) -> None:
    client.socket.send("{")
    assert client.hear()["type"] == "FatalError"
    client.close_code()


def test_a_binary_frame_ends_the_conversation(client: Client) -> None:
    client.socket.send(b"{}")
    assert client.hear() == {"type": "FatalError", "error": "Received a binary frame; messages are text."}


@pytest.mark.parametrize(
    ("code", "closed"), [("OptimisticConcurrencyControlFailure", 1013), ("InternalServerError", 1011)]
)
def test_a_mutation_without_an_outcome_closes_the_socket(
    client: Client, engine: FakeEngine, code: str, closed: int
) -> None:
    engine.broken = EngineError(code, "")
    client.say("Mutation", requestId=0, udfPath="counter:add", args=[{"by": 1}])
    assert client.close_code() == closed


def test_a_mistake_of_ours_closes_the_socket_and_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.follow("values:crash")
    assert client.close_code() == 1011
    assert "ZeroDivisionError: a mistake of ours" in caplog.text


def test_a_query_without_an_outcome_is_run_again(client: Client, engine: FakeEngine) -> None:
    failures = iter((EngineError("TooManyReads", ""), None))
    run = engine.run_query

    def run_query(*args: Any, **kwargs: Any) -> Any:
        engine.broken = next(failures, None)
        return run(*args, **kwargs)

    engine.run_query = run_query  # type: ignore[method-assign]
    client.follow("counter:read")
    assert client.values() == {0: 0.0}


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/api/next/sync", {}, 400, "InvalidVersion"),
        ("/api/0.1.0/sync", {}, 400, "ClientVersionUnsupported"),
        ("/api/sync", {"Convex-Client": "python"}, 400, "InvalidClientVersion"),
    ],
)
def test_clients_that_are_not_served(
    server: Server, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        server.client(path, headers)
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body or b"")["code"] == code


def test_watches_end_with_their_socket(server: Server, client: Client, engine: FakeEngine) -> None:
    other = server.client().hello()
    other.follow("counter:read", "values:who")
    other.values()
    other.socket.close()
    client.follow("counter:read")
    client.values()
    client.say("Mutation", requestId=0, udfPath="counter:add", args=[{"by": 1}])
    answers(client, 1)
    assert [watch.closed for watch in engine.watches[:2]] == [True, True]


def test_who_does_not_read_is_not_written_to(server: Server, client: Client, engine: FakeEngine) -> None:
    """Nor does anybody wait for them. When they read again they end up at the newest value."""
    rounds = 20
    stuck = server.client(reads_ahead=False).hello("00000000-0000-4000-8000-000000000000")
    stuck.follow("values:large")
    client.follow("values:large")
    assert client.values()[0][0] == 0.0
    for number in range(rounds):
        client.say("Mutation", requestId=number, udfPath="counter:add", args=[{"by": 1}])
        while (heard := client.hear())["type"] != "Transition" or not heard["modifications"]:
            pass
        assert heard["modifications"][0]["value"][0] == number + 1
    for_reader = rounds + 1
    for_stuck = sum(call.path == "values:large" for call, _ in engine.calls) - for_reader
    assert 1 <= for_stuck < rounds / 2
    while stuck.values()[0][0] != rounds:
        pass


def test_who_asks_too_much_at_once_is_read_more_slowly(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "_UNANSWERED", 500)
    for number in range(30):
        client.say("Mutation", requestId=number, udfPath="counter:add", args=[{"by": 1, "of": "x" * 100}])
    assert [each["result"] for each in answers(client, 30)] == [float(number + 1) for number in range(30)]


def test_a_server_that_stops_takes_leave(server: Server, client: Client) -> None:
    client.follow("counter:read")
    client.values()
    server.serving.stop()
    assert client.close_code() == 1001


def test_a_port_is_for_one(server: Server) -> None:
    with pytest.raises(PortTakenError):
        take_port("127.0.0.1", int(server.address.rpartition(":")[2]))
