"""The whole backend, from the socket to the file, under conversations that go wrong somewhere and under noise."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.sync.client import connect

from convexgen.dev.backend import Backend
from convexgen.dev.data_folder import DataFolder
from convexgen.runtime.calls import Call, Outcome, SessionRequest
from convexgen.runtime.engine import transaction_loop
from convexgen.runtime.engine.contract import MutationResult, QueryResult
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.server.serving import take_port
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.sync import Close, Send, Session
from tests.runtime.server import writers
from tests.runtime.simulation.connection import Connection

CLOSES: Final = {None, 1000, 1005, 1011, 1013}
"""How the server may end a conversation; None and 1005 are closes that say nothing."""
DEADLINE: Final = 30
SESSION: Final = "6f6cb00a-9813-4c6a-8ccd-871ec5a6485c"
FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

Message = dict[str, Any]


def writing(request_id: int, token: str) -> Message:
    arguments = {"batch": 1, "token": token, "writer": "somebody"}
    return {"type": "Mutation", "requestId": request_id, "udfPath": "entries:write", "args": [arguments]}


def following(query_id: int, path: str, arguments: object) -> Message:
    return {"type": "Add", "queryId": query_id, "udfPath": path, "args": [arguments], "journal": None}


CONVERSATION: Final[tuple[Message, ...]] = (
    {"type": "Connect", "sessionId": SESSION, "connectionCount": 0, "lastCloseReason": None, "clientTs": 5},
    {
        "type": "ModifyQuerySet",
        "baseVersion": 0,
        "newVersion": 1,
        "modifications": [following(0, "entries:count", {"name": "somebody"}), following(1, "entries:none", {})],
    },
    writing(0, "a"),
    {"type": "Authenticate", "baseVersion": 0, "tokenType": "None"},
    {"type": "Action", "requestId": 1, "udfPath": "entries:none", "args": [{}]},
    writing(2, "b"),
    {
        "type": "ModifyQuerySet",
        "baseVersion": 1,
        "newVersion": 2,
        "modifications": [{"type": "Remove", "queryId": 0}, following(2, "entries:tokens", {"batch": 1})],
    },
    {"type": "Event", "eventType": "ClientConnect", "event": None},
)
ODD: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([{"$integer": "AAAAAAAAAAA="}, {"$float": ""}, {"$bytes": "?"}, {"$x": 1}, 2**32, -1, "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def broken(draw: st.DrawFn) -> Message:
    """A message of the conversation with one thing in it that is not as it should be."""
    message = json.loads(json.dumps(draw(st.sampled_from(CONVERSATION))))
    place = message
    while True:
        key = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], (dict, list)) or not place[key] or draw(st.booleans()):
            break
        place = place[key]
    if draw(st.booleans()):
        place[key] = draw(ODD)
    else:
        del place[key]
    return message  # type: ignore[no-any-return]


FRAMES: Final = st.lists(
    st.sampled_from(CONVERSATION).map(json.dumps)
    | broken().map(json.dumps)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.binary(max_size=20)
    | st.tuples(broken().map(json.dumps), st.integers(0, 200)).map(lambda cut: cut[0][: cut[1]]),
    max_size=8,
)


class Serving:
    """A backend of the functions in `ledger`."""

    def __init__(self, folder: Path) -> None:
        self._backend = Backend(DataFolder(folder), "a test", lambda finished: None)
        program = load_program("tests.runtime.server.ledger", ("entries", "schema"), "camel")
        self._backend.go_live(program, None, lambda progress: None)
        listener = take_port("127.0.0.1", 0)
        self.port: int = listener.getsockname()[1]
        self._backend.serve(listener, take_port("127.0.0.1", 0))
        self._writes = 0

    def close(self) -> None:
        self._backend.close()

    def check_that_it_serves(self) -> None:
        """Somebody who behaves is served as ever."""
        self._writes += 1
        answer = writers.mutation(self.port, 0, f"{self._writes}", "well-behaved")
        assert answer == {"status": "success", "value": self._writes}
        with connect(f"ws://127.0.0.1:{self.port}/api/1.48.0/sync") as client:
            client.send(json.dumps(CONVERSATION[0]))
            query = following(0, "entries:count", {"name": "well-behaved"})
            asked = {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [query]}
            client.send(json.dumps(asked))
            told = json.loads(client.recv(DEADLINE))
        assert [each["value"] for each in told["modifications"]] == [self._writes]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    serving = Serving(tmp_path_factory.mktemp("fuzzed"))
    yield serving
    serving.close()


def mistakes(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What the server says of itself beside "Invalid HTTP request received."; clients say things too."""
    return [
        record
        for record in caplog.records
        if record.name.partition(".")[0] in ("asyncio", "convexgen", "uvicorn")
        and (record.exc_info or record.levelno > logging.WARNING)
    ]


@FEW
@given(frames=FRAMES, in_order=st.integers(0, len(CONVERSATION)))
def test_conversations(
    serving: Serving, caplog: pytest.LogCaptureFixture, frames: list[str | bytes], in_order: int
) -> None:
    """Some of a conversation as it should be, then what should not be."""
    with connect(f"ws://127.0.0.1:{serving.port}/api/1.48.0/sync", max_size=None) as client:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            for frame in (*map(json.dumps, CONVERSATION[:in_order]), *frames, "no message"):
                client.send(frame)
            while True:
                assert json.loads(client.recv(DEADLINE))["type"]
        assert (closed.value.rcvd.code if closed.value.rcvd else None) in CLOSES
    serving.check_that_it_serves()
    assert mistakes(caplog) == []


REQUEST: Final = (
    b"POST /api/mutation HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b'Content-Length: 42\r\n\r\n{"path":"entries:count","args":{"name":1}}'
)
UPGRADE: Final = (
    b"GET /api/1.48.0/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@st.composite
def noise(draw: st.DrawFn) -> bytes:
    """A request in which some bytes are others, or are missing; frames that are none; or nothing that was ever good."""
    data = bytearray(draw(st.sampled_from([REQUEST, UPGRADE, b""])) + draw(st.binary(max_size=30)))
    for _ in range(draw(st.integers(0, 3)) if data else 0):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.integers(0, 5))] = draw(st.binary(max_size=5))
        data = data or bytearray(b"?")
    return bytes(data)


@FEW
@given(sent=noise())
def test_noise(serving: Serving, caplog: pytest.LogCaptureFixture, sent: bytes) -> None:
    """Whatever comes over the wire, the server answers or hangs up, as soon as nothing more will come."""
    with socket.create_connection(("127.0.0.1", serving.port), DEADLINE) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass
    serving.check_that_it_serves()
    assert mistakes(caplog) == []


class Alone:
    """An engine in the thread of the test."""

    milliseconds = 1_000_000.0

    def __init__(self) -> None:
        self.engine = Engine(MemoryStore(), clock=lambda: 10**15, ids=Random(0))
        for _ in self.engine.deploy(load_program("tests.runtime.server.ledger", ("entries", "schema"), "camel")):
            pass

    def run_mutation(self, call: Call, request: SessionRequest | None, connection: int | None) -> MutationResult:
        return self.engine.run_mutation(call, request)

    def run_action(self, call: Call) -> Outcome:
        return transaction_loop.run(self.engine.run_action(call))

    def run_query(self, call: Call, journal: str | None, timestamp: int) -> QueryResult:
        return self.engine.run_query(call, journal=journal, timestamp=timestamp)


@pytest.fixture(scope="module")
def alone() -> Alone:
    return Alone()


@settings(FEW, max_examples=80)
@given(frames=FRAMES, in_order=st.integers(0, len(CONVERSATION)), late=st.booleans())
def test_sessions(alone: Alone, frames: list[str | bytes], in_order: int, late: bool) -> None:
    """The same without a network. `late`: nothing that a frame asks for is done before all have come."""
    session = Session(None, disclosure="everything", now=alone.milliseconds)
    connection = Connection(alone, session, 0)
    for frame in (*map(json.dumps, CONVERSATION[:in_order]), *frames):
        connection.from_client.append(frame)
        connection.receive()
        if not late:
            _finish(connection)
    _finish(connection)
    said = list(connection.to_client)
    closes = [message for message in said if isinstance(message, Close)]
    assert closes == (said[-1:] if session.is_closed else [])
    assert {close.code for close in closes} <= CLOSES
    assert all(json.loads(message.text)["type"] for message in said if isinstance(message, Send))
    connection.lose()


def _finish(connection: Connection) -> None:
    while connection.tasks or connection.buffer or connection.news:
        if connection.buffer:
            connection.send()
        elif connection.tasks:
            connection.go_on(connection.tasks[0])
        else:
            connection.tell_news()
