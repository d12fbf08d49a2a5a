"""Clients that write as fast as they can until the server is gone, and remember what they were told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from uuid import uuid4

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from convexgen.runtime.sync import read_timestamp, timestamp_text

_AT_ONCE: Final = 5
"""Mutations that a client has under way."""
_TIMEOUT: Final = 60


@dataclass
class Ledger:
    """What the clients know of one batch: tokens they asked to be written, and those they were told are."""

    asked: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)


class SyncWriter:
    """A client with a socket, which says again after a reconnect what was not answered, and some of what was."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.wrong: list[str] = []
        self.ended_with = "nothing"
        """What ended the last conversation."""
        self.ledgers: dict[int, Ledger] = {}
        self._session_id = str(uuid4())
        self._pending: dict[int, tuple[int, str]] = {}
        self._answers: dict[int, Any] = {}
        self._next = 0
        self._connections = 0
        self._observed = 0
        self._counted = 0

    @property
    def has_all_answers(self) -> bool:
        return not self._pending

    def write(self, port: int, batch: int, acknowledged: Callable[[], object], more: bool = True) -> None:
        """Connect and write until the server is gone, or, without `more`, until everything is answered."""
        try:
            with connect(f"ws://127.0.0.1:{port}/api/1.48.0/sync", open_timeout=_TIMEOUT) as socket:
                self._converse(socket, batch, acknowledged, more)
        except (WebSocketException, OSError) as error:
            self.ended_with = repr(error)
            if isinstance(error, ConnectionClosed) and error.rcvd is not None:
                self.wrong.append(f"{self.name}: the server hangs up: {error.rcvd}")

    def _converse(self, socket: ClientConnection, batch: int, acknowledged: Callable[[], object], more: bool) -> None:
        self._begin(socket)
        self._ask_more(socket, batch, more)
        while more or self._pending:
            message = json.loads(socket.recv(_TIMEOUT))
            if message["type"] == "MutationResponse":
                self._answered(message)
                acknowledged()
                self._ask_more(socket, batch, more)
            elif message["type"] == "Transition":
                self._transition(message)

    def _begin(self, socket: ClientConnection) -> None:
        self._version: dict[str, Any] = {"querySet": 0, "identity": 0, "ts": timestamp_text(0)}
        hello = {
            "type": "Connect",
            "sessionId": self._session_id,
            "connectionCount": self._connections,
            "lastCloseReason": None,
            "maxObservedTimestamp": timestamp_text(self._observed),
        }
        self._connections += 1
        query = {"type": "Add", "queryId": 0, "udfPath": "entries:count", "args": [{"name": self.name}]}
        follow = {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [query]}
        socket.send(json.dumps(hello))
        socket.send(json.dumps(follow))
        known = sorted(self._answers)[-_AT_ONCE:]
        for request_id in sorted({*known, *self._pending}):
            self._say(socket, request_id)

    def _ask_more(self, socket: ClientConnection, batch: int, more: bool) -> None:
        while more and len(self._pending) < _AT_ONCE:
            self._ask(socket, batch)

    def _ask(self, socket: ClientConnection, batch: int) -> None:
        request_id, self._next = self._next, self._next + 1
        token = f"{self.name} {request_id}"
        self._pending[request_id] = batch, token
        self.ledgers.setdefault(batch, Ledger()).asked.add(token)
        self._say(socket, request_id)

    def _say(self, socket: ClientConnection, request_id: int) -> None:
        batch, token = self._pending[request_id] if request_id in self._pending else self._answers[request_id][:2]
        arguments = {"batch": batch, "token": token, "writer": self.name}
        said = {"type": "Mutation", "requestId": request_id, "udfPath": "entries:write", "args": [arguments]}
        socket.send(json.dumps(said))

    def _answered(self, message: Any) -> None:
        request_id, result = message["requestId"], message["result"]
        if not message["success"]:
            self.wrong.append(f"{self.name}: {message}")
        elif request_id in self._answers:
            if self._answers[request_id][2] != result:
                self.wrong.append(f"{self.name}: {message}, but it was {self._answers[request_id]}")
        else:
            batch, token = self._pending.pop(request_id)
            self._answers[request_id] = batch, token, result
            self.ledgers[batch].acknowledged.add(token)
            # Mutations of one client happen in their order, so it can count along.
            if result != request_id + 1:
                self.wrong.append(f"{self.name}: {message}, which is not the number {request_id + 1}")

    def _transition(self, message: Any) -> None:
        if message["startVersion"] != self._version:
            self.wrong.append(f"{self.name}: at {self._version} comes {message}")
        self._version = message["endVersion"]
        timestamp = read_timestamp(self._version["ts"])
        if timestamp < self._observed:
            self.wrong.append(f"{self.name}: {timestamp} after {self._observed}")
        self._observed = timestamp
        for each in message["modifications"]:
            if each["type"] != "QueryUpdated" or each["value"] < self._counted:
                self.wrong.append(f"{self.name}: {each} after {self._counted}")
            else:
                self._counted = each["value"]


class HttpWriter:
    """A client of the HTTP API, which asks once and does not know what came of what was not answered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.wrong: list[str] = []
        self.ledgers: dict[int, Ledger] = {}
        self._next = 0

    def write(self, port: int, batch: int, acknowledged: Callable[[], object], more: bool = True) -> None:
        with suppress(HTTPException, OSError):
            for token in self._tokens(batch) if more else ():
                answer = mutation(port, batch, token, self.name)
                if answer["status"] != "success":
                    self.wrong.append(f"{self.name}: {answer}")
                self.ledgers[batch].acknowledged.add(token)
                acknowledged()

    def _tokens(self, batch: int) -> Iterator[str]:
        while True:
            token = f"{self.name} {self._next}"
            self._next += 1
            self.ledgers.setdefault(batch, Ledger()).asked.add(token)
            yield token


def mutation(port: int, batch: int, token: str, writer: str) -> Any:
    return _asked(port, "mutation", "entries:write", {"batch": batch, "token": token, "writer": writer})


def query(port: int, path: str, arguments: object) -> Any:
    """What a query gives. Raises `KeyError` if it fails."""
    return _asked(port, "query", path, arguments)["value"]


def _asked(port: int, kind: str, path: str, arguments: object) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        body = json.dumps({"path": path, "args": arguments, "format": "json"})
        connection.request("POST", f"/api/{kind}", body, {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


class Crowd:
    """Some of each, writing side by side."""

    def __init__(self, sockets: int, others: int) -> None:
        self.writers: list[SyncWriter | HttpWriter] = [
            *(SyncWriter(f"socket {number}") for number in range(sockets)),
            *(HttpWriter(f"http {number}") for number in range(others)),
        ]

    def begin(self, port: int, batch: int, acknowledged: Callable[[], object], more: bool = True) -> Crowd:
        self._threads = [
            threading.Thread(target=writer.write, args=(port, batch, acknowledged, more), daemon=True)
            for writer in self.writers
        ]
        for thread in self._threads:
            thread.start()
        return self

    def end(self) -> None:
        """Wait until nobody writes any more."""
        for thread in self._threads:
            thread.join(_TIMEOUT)
            assert not thread.is_alive(), "a client waits for ever"

    @property
    def unanswered(self) -> list[str]:
        """Who still waits for answers, and why there were no more."""
        waiting = [each for each in self.writers if isinstance(each, SyncWriter) and not each.has_all_answers]
        return [f"{writer.name}: {writer.ended_with}" for writer in waiting]

    @property
    def wrong(self) -> list[str]:
        return [each for writer in self.writers for each in writer.wrong]

    def ledgers(self, batch: int) -> list[Ledger]:
        return [writer.ledgers[batch] for writer in self.writers if batch in writer.ledgers]
