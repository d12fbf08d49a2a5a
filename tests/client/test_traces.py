"""What our client says for what is asked of it, beside what the npm client says for the same: word for word.

Both talk to a server that answers everything at once, and hangs up instead when `counters:cut` is called for the first
time. Left out are the `Event`s of the npm client, which are telemetry, and what differs between runs.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from templates.python.runtime.live.connection import Connection
from templates.python.runtime.live.messages import timestamp_text
from templates.python.runtime.transport import Call

CLAIMS = urlsafe_b64encode(json.dumps({"iat": 1_700_000_000, "exp": 4_000_000_000}).encode()).decode().rstrip("=")
TOKEN = f"e30.{CLAIMS}.c2ln"


class Listener:
    """A server that keeps what it hears, one list for each connection."""

    def __init__(self) -> None:
        self.heard: list[list[Any]] = []
        self.port = 0
        self._timestamp = 100
        self._cuts: set[int] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def converse(self, socket: ServerConnection) -> None:
        heard: list[Any] = []
        self.heard.append(heard)
        self._version = {"querySet": 0, "identity": 0, "ts": timestamp_text(0)}
        try:
            for text in socket:
                message = json.loads(text)
                if message["type"] != "Event":
                    heard.append(message)
                    self._answer(socket, message)
        except ConnectionClosed:
            pass

    def _answer(self, socket: ServerConnection, message: Any) -> None:
        match message["type"]:
            case "ModifyQuerySet":
                modifications = [self._modification(each) for each in message["modifications"]]
                self._move(socket, modifications, querySet=message["newVersion"])
            case "Authenticate":
                self._move(socket, [], identity=message["baseVersion"] + 1)
            case "Mutation":
                number = message["requestId"]
                if message["udfPath"] == "counters:cut" and number not in self._cuts:
                    self._cuts.add(number)
                    socket.close(1011, "InternalServerError")
                    return
                self._timestamp += 1
                self._respond(socket, message, ts=timestamp_text(self._timestamp))
                self._move(socket, [])
            case "Action":
                self._respond(socket, message)
                self._move(socket, [])
            case other:
                assert other == "Connect"

    def _modification(self, asked: Any) -> Any:
        if asked["type"] == "Remove":
            return {"type": "QueryRemoved", "queryId": asked["queryId"]}
        journal = "j" if asked["udfPath"] == "counters:one" else None
        return {"type": "QueryUpdated", "queryId": asked["queryId"], "value": 1.0, "logLines": [], "journal": journal}

    def _respond(self, socket: ServerConnection, message: Any, **more: object) -> None:
        kind, number = f"{message['type']}Response", message["requestId"]
        answer = {"type": kind, "requestId": number, "success": True, "result": None, "logLines": [], **more}
        socket.send(json.dumps(answer))

    def _move(self, socket: ServerConnection, modifications: list[Any], **changes: int) -> None:
        start, self._version = self._version, {**self._version, **changes, "ts": timestamp_text(self._timestamp)}
        message = {"type": "Transition", "startVersion": start, "endVersion": self._version}
        socket.send(json.dumps({**message, "modifications": modifications}))


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    with serve(listener.converse, "127.0.0.1", 0) as server:
        listener.port = server.socket.getsockname()[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()


async def ours(url: str) -> None:
    signed_in = asyncio.Event()
    connection = Connection(url, on_auth_change=lambda _: signed_in.set())

    async def follow(path: str, **args: str) -> Any:
        follower = connection.follow((path, dict(args)))
        await follower.next()
        return follower

    async def mutate(name: str, **args: float) -> None:
        await connection.call(Call("mutation", f"counters:{name}", dict(args), 30))

    async def fetch_token(_: bool) -> str:
        return TOKEN

    await follow("counters:one", name="a")
    other = await follow("counters:other")
    await follow("counters:one", name="a")
    other.close()
    await mutate("add", by=2.0)
    await mutate("cut")
    await asyncio.gather(mutate("add", by=1.0), mutate("add", by=3.0))
    await connection.call(Call("action", "counters:act", {"text": "é"}, 30))
    connection.set_auth(fetch_token)
    await signed_in.wait()
    await mutate("cut")
    await follow("counters:third")
    await mutate("end")
    await connection.aclose()


def trace(heard: list[list[Any]]) -> list[list[Any]]:
    """What was heard, without what differs from run to run; each session id is one, and a proper one."""
    session_ids = {connection[0]["sessionId"] for connection in heard}
    assert len(session_ids) == 1
    assert UUID(session_ids.pop()).version == 4
    return [
        [{key: value for key, value in message.items() if key not in ("sessionId", "clientTs")} for message in each]
        for each in heard
    ]


def test_the_same_words_as_the_npm_client(node_modules: Path) -> None:
    with listening() as to_official:
        command = ("node", Path(__file__).with_name("official.mjs"), to_official.url, node_modules / "convex", TOKEN)
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with listening() as to_ours:
        asyncio.run(ours(to_ours.url))

    assert trace(to_ours.heard) == trace(to_official.heard)
    assert [[message["type"] for message in connection] for connection in to_ours.heard] == [
        ["Connect", "ModifyQuerySet", "ModifyQuerySet", "ModifyQuerySet", "Mutation", "Mutation"],
        ["Connect", "ModifyQuerySet", "Mutation", "Mutation", "Mutation", "Action", "Authenticate", "Mutation"],
        ["Connect", "Authenticate", "ModifyQuerySet", "Mutation", "ModifyQuerySet", "Mutation"],
    ]
