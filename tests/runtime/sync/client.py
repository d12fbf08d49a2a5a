"""A client to write conversations with: what it says, and the texts that a server should answer with."""

from __future__ import annotations

from collections.abc import Sequence

from convexgen.runtime.calls import ANONYMOUS, Call, Disclosure, Identity, Outcome, SessionRequest, Success
from convexgen.runtime.sync import (
    ClientVersion,
    ComputedQuery,
    ComputeTransition,
    Effect,
    Limits,
    LiveCall,
    RunMutation,
    Send,
    Session,
    timestamp_text,
)
from convexgen.runtime.values import Json, write_json

SESSION_ID = "6f6cb00a-9813-4c6a-8ccd-871ec5a6485c"
NPM = ClientVersion("npm", (1, 48, 0))
NOW = 1_000_000.0
CONNECT = write_json(
    {"connectionCount": 0, "lastCloseReason": "InitialConnect", "type": "Connect", "sessionId": SESSION_ID}
)


def add(query_id: int, path: str = "m:f", journal: str | None = None, arguments: Json = None) -> Json:
    sent: list[Json] = [{} if arguments is None else arguments]
    return {"type": "Add", "queryId": query_id, "udfPath": path, "args": sent, "journal": journal}


def remove(query_id: int) -> Json:
    return {"type": "Remove", "queryId": query_id}


def modify(base: int, *modifications: Json) -> str:
    return write_json(
        {
            "type": "ModifyQuerySet",
            "baseVersion": base,
            "newVersion": base + 1,
            "modifications": list(modifications),
        }
    )


def request(kind: str, request_id: int, path: str = "m:f", arguments: Json = None) -> str:
    sent: list[Json] = [{} if arguments is None else arguments]
    return write_json({"type": kind, "requestId": request_id, "udfPath": path, "args": sent})


def log_in(base: int, token_type: str = "User", **more: Json) -> str:
    return write_json({"type": "Authenticate", "baseVersion": base, "tokenType": token_type, **more})


def transition(start: tuple[int, int, int], end: tuple[int, int, int], *modifications: str) -> Send:
    """The message of a client that has not told its clock."""

    def version(of: tuple[int, int, int]) -> str:
        return f'{{"querySet":{of[0]},"identity":{of[1]},"ts":"{timestamp_text(of[2])}"}}'

    return Send(
        f'{{"type":"Transition","startVersion":{version(start)},"endVersion":{version(end)},'
        f'"modifications":[{",".join(modifications)}]}}',
        ends_transition=True,
    )


def updated(query_id: int, value: str, journal: str = "null") -> str:
    return f'{{"type":"QueryUpdated","queryId":{query_id},"value":{value},"logLines":[],"journal":{journal}}}'


def answered(request_id: int, result: str, timestamp: int) -> Send:
    return Send(
        f'{{"type":"MutationResponse","requestId":{request_id},"success":true,"result":{result},'
        f'"ts":"{timestamp_text(timestamp)}","logLines":[]}}'
    )


def run(request_id: int, path: str = "m:f", identity: Identity = ANONYMOUS) -> RunMutation:
    wanted = SessionRequest(SESSION_ID, request_id)
    return RunMutation(Call(path, {}, "mutation", identity, wanted.digest), wanted)


class Client:
    """A session at a standing clock; what leaves it is taken for sent at once, unless `slow`."""

    def __init__(
        self,
        *,
        disclosure: Disclosure = "everything",
        limits: Limits | None = None,
        client: ClientVersion | None = NPM,
        slow: bool = False,
        connected: bool = True,
    ) -> None:
        self.session = Session(client, disclosure=disclosure, now=NOW, limits=limits or Limits())
        self.now = NOW
        self.latest = 0
        self.slow = slow
        if connected:
            assert self.say(CONNECT) == []

    def say(self, frame: str | bytes) -> list[Effect]:
        return self.passed(self.session.receive(frame, now=self.now, latest=self.latest))

    def computed(self, timestamp: int, **results: Outcome | ComputedQuery) -> list[Effect]:
        """`computed(5, q0=Success(1.0))`."""
        found = {
            int(name[1:]): result if isinstance(result, ComputedQuery) else ComputedQuery(result)
            for name, result in results.items()
        }
        return self.passed(self.session.computed(timestamp, found, now=self.now))

    def mutated(self, request_id: int, outcome: Outcome, timestamp: int | None) -> list[Effect]:
        return self.passed(self.session.mutation_finished(request_id, outcome, timestamp, now=self.now))

    def acted(self, request_id: int, outcome: Outcome) -> list[Effect]:
        return self.passed(self.session.action_finished(request_id, outcome, now=self.now))

    def passed(self, effects: Sequence[Effect]) -> list[Effect]:
        for effect in effects:
            if isinstance(effect, Send) and not self.slow:
                assert self.session.sent(effect, now=self.now) == []
        return list(effects)


def asked(effect: Effect) -> tuple[tuple[int, ...], list[int], list[int]]:
    """The ids of what a transition is to be worked out of: removed, to run, watched."""
    assert isinstance(effect, ComputeTransition)

    def ids(calls: Sequence[LiveCall]) -> list[int]:
        return [each.query_id for each in calls]

    return effect.removed, ids(effect.to_run), ids(effect.watched)


def following(*query_ids: int) -> Client:
    """A client that follows queries, and has been told at the timestamp 10 that each is 1."""
    client = Client()
    client.say(modify(0, *(add(each) for each in query_ids)))
    client.computed(10, **{f"q{each}": Success(1.0) for each in query_ids})
    return client
