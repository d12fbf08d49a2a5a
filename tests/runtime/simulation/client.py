"""A client as the npm package has it, on a wire of its own, checking each message that it gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from convexgen.runtime.calls import SessionRequest
from convexgen.runtime.sync import read_timestamp, timestamp_text
from tests.runtime.simulation.history import WrongError
from tests.runtime.simulation.model import Refused


class Wire(Protocol):
    """The client's end of a socket."""

    number: int

    def say(self, frame: str) -> None: ...


NOTHING: Final[Any] = object()
"""What is known of a query before the server has said anything."""


class Version(NamedTuple):
    query_set: int
    identity: int
    timestamp: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Version:
        return cls(told["querySet"], told["identity"], read_timestamp(told["ts"]))


@dataclass
class Subscription:
    """A query that the client follows. `result` is a value, `Refused`, or `NOTHING` yet on this socket."""

    path: str
    arguments: Mapping[str, Any]
    journal: str | None = None
    result: Any = NOTHING


@dataclass
class Request:
    """A mutation whose end the client waits for. `since`: how much had been committed when it was first asked for."""

    path: str
    arguments: Mapping[str, Any]
    since: int
    done_at: int | None = None
    result: Any = None


class Told(NamedTuple):
    """What a client knows after a transition."""

    timestamp: int
    identity: str | None
    results: Mapping[int, Subscription]


class Judging(Protocol):
    """Who knows what is right."""

    def may_see(self, client: Client, told: Told) -> None: ...
    def may_be_done(self, client: Client, request_id: int, request: Request) -> None: ...
    def may_fail(self, client: Client, request_id: int, request: Request, data: Any) -> None: ...
    def may_have_acted(self, request: Request, result: Any) -> None: ...
    def committed_through(self, wire: int, request: SessionRequest) -> int | None: ...


class Client:
    """`say` methods of the wire may only be called while there is one."""

    def __init__(self, random: Random, judge: Judging) -> None:
        self.session_id = str(UUID(int=random.getrandbits(128), version=4))
        self.wire: Wire | None = None
        self.queries: dict[int, Subscription] = {}
        self.requests: dict[int, Request] = {}
        self.actions: dict[int, Request] = {}
        self.identity: str | None = None
        self._judge = judge
        self._next_query = 0
        self._next_request = 0
        self._connections = 0
        self._observed = 0
        self._forget_the_wire()

    def _forget_the_wire(self) -> None:
        self.wire = None
        self.actions.clear()  # nobody knows what became of them
        self._version = Version(0, 0, 0)
        self._query_set = 0
        self._identities: list[str | None] = [None]
        self._answered = 0
        self._awaited: set[int] = set()
        self._chunks: list[str] = []

    def connect(self, wire: Wire) -> None:
        """Say again, on a new socket, all that is still to be said."""
        self._forget_the_wire()
        self.wire = wire
        for query in self.queries.values():
            query.result = NOTHING
        self._say(
            "Connect",
            sessionId=self.session_id,
            connectionCount=self._connections,
            lastCloseReason="InitialConnect",
            maxObservedTimestamp=timestamp_text(self._observed) if self._observed else None,
            clientTs=0,
        )
        self._connections += 1
        if self.identity is not None:
            self._say_who()
        self._modify([self._added(query_id) for query_id in self.queries])
        for request_id in self.requests:
            self._request(request_id)

    def disconnected(self) -> None:
        self._forget_the_wire()

    def subscribe(self, path: str, arguments: Mapping[str, Any]) -> int:
        query_id = self._next_query
        self._next_query += 1
        self.queries[query_id] = Subscription(path, arguments)
        if self.wire is not None:
            self._modify([self._added(query_id)])
        return query_id

    def unsubscribe(self, query_id: int) -> None:
        del self.queries[query_id]
        if self.wire is not None:
            self._modify([{"type": "Remove", "queryId": query_id}])

    def mutate(self, path: str, arguments: Mapping[str, Any], since: int) -> None:
        request_id = self._next_request
        self._next_request += 1
        self.requests[request_id] = Request(path, arguments, since)
        if self.wire is not None:
            self._request(request_id)

    def act(self, path: str, arguments: Mapping[str, Any], since: int) -> None:
        """Ask for an action, if there is anybody to ask: it is never asked for twice."""
        if self.wire is None:
            return
        request_id = self._next_request
        self._next_request += 1
        self.actions[request_id] = Request(path, arguments, since)
        self._say("Action", requestId=request_id, udfPath=path, args=[arguments])

    def log_in(self, name: str | None) -> None:
        self.identity = name
        if self.wire is not None:
            self._say_who()

    # Saying

    def _say(self, kind: str, **fields: Any) -> None:
        assert self.wire is not None
        self.wire.say(json.dumps({"type": kind, **fields}))

    def _say_who(self) -> None:
        base = len(self._identities) - 1
        self._identities.append(self.identity)
        if self.identity is None:
            self._say("Authenticate", baseVersion=base, tokenType="None")
        else:
            self._say("Authenticate", baseVersion=base, tokenType="User", value=self.identity)

    def _modify(self, modifications: list[Any]) -> None:
        self._query_set += 1
        self._say(
            "ModifyQuerySet",
            baseVersion=self._query_set - 1,
            newVersion=self._query_set,
            modifications=modifications,
        )

    def _added(self, query_id: int) -> Any:
        query = self.queries[query_id]
        return {
            "type": "Add",
            "queryId": query_id,
            "udfPath": query.path,
            "args": [query.arguments],
            "journal": query.journal,
        }

    def _request(self, request_id: int) -> None:
        request = self.requests[request_id]
        self._awaited.add(request_id)
        self._say("Mutation", requestId=request_id, udfPath=request.path, args=[request.arguments])

    # Hearing

    def hear(self, frame: str) -> None:
        message = json.loads(frame)
        hearers: dict[str, Callable[[Any], None]] = {
            "Transition": self._transition,
            "TransitionChunk": self._chunk,
            "MutationResponse": self._answer,
            "ActionResponse": self._action_answer,
            "AuthError": self._refused,
            "Ping": lambda _: None,
        }
        if message["type"] not in hearers:
            raise WrongError(f"the client is told {message}")
        hearers[message["type"]](message)

    def _chunk(self, message: Any) -> None:
        if message["partNumber"] != len(self._chunks):
            raise WrongError("a piece of a transition is missing")
        self._chunks.append(message["chunk"])
        if len(self._chunks) == message["totalParts"]:
            text = "".join(self._chunks)
            self._chunks.clear()
            self._transition(json.loads(text))

    def _transition(self, message: Any) -> None:
        start, end = Version.of(message["startVersion"]), Version.of(message["endVersion"])
        if self._chunks:
            raise WrongError("the pieces of a transition do not stay together")
        if start != self._version or any(old > new for old, new in zip(start, end, strict=True)):
            raise WrongError(f"a transition from {start} to {end} at {self._version}")
        if end.timestamp < max(self._observed, self._answered):
            raise WrongError(f"at {end.timestamp}, after {self._observed} and an answer of {self._answered}")
        self._no_effect_before_its_answer(end.timestamp)
        self._version = end
        self._observed = end.timestamp
        for each in message["modifications"]:
            self._apply(each)
        missing = [query_id for query_id, query in self.queries.items() if query.result is NOTHING]
        if end.query_set == self._query_set and missing:
            raise WrongError(f"nothing was said of the queries {missing}")
        self._judge.may_see(self, Told(end.timestamp, self._identities[end.identity], self.queries))
        for request_id, request in list(self.requests.items()):
            if request.done_at is not None and request.done_at <= end.timestamp:
                del self.requests[request_id]
                self._judge.may_be_done(self, request_id, request)

    def _no_effect_before_its_answer(self, timestamp: int) -> None:
        assert self.wire is not None
        for request_id in self._awaited:
            wanted = SessionRequest(self.session_id, request_id)
            committed = self._judge.committed_through(self.wire.number, wanted)
            if committed is not None and committed <= timestamp:
                raise WrongError(f"the effect of request {request_id} comes before its answer")

    def _apply(self, modification: Any) -> None:
        query = self.queries.get(modification["queryId"])
        if query is None:  # removed, which the server does not know yet
            return
        if modification["type"] == "QueryUpdated":
            query.result = modification["value"]
        elif modification["type"] == "QueryFailed":
            query.result = Refused(modification.get("errorData"))
        else:
            raise WrongError(f"the client is told {modification}")
        query.journal = modification["journal"]

    def _answer(self, message: Any) -> None:
        request_id = message["requestId"]
        if request_id not in self._awaited:
            raise WrongError(f"an answer to {request_id}, which nobody waits for")
        self._awaited.remove(request_id)
        request = self.requests.get(request_id)
        if request is None:  # it was done through another socket already
            return
        if message["success"]:
            request.done_at, request.result = read_timestamp(message["ts"]), message["result"]
            self._answered = max(self._answered, request.done_at)
        else:
            del self.requests[request_id]
            self._judge.may_fail(self, request_id, request, message.get("errorData"))

    def _action_answer(self, message: Any) -> None:
        request = self.actions.pop(message["requestId"], None)
        if request is None:
            raise WrongError(f"an answer to the action {message['requestId']}, which nobody waits for")
        if not message["success"] and "disk is full" not in message["result"]:
            raise WrongError(f"{request} failed: {message}")
        if message["success"]:
            self._judge.may_have_acted(request, message["result"])

    def _refused(self, message: Any) -> None:
        self.identity = None
