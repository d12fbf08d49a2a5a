"""What the conversation says and does at each event, one table of events and effects after another."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from templates.python.runtime.live.conversation import SILENCE, Conversation
from templates.python.runtime.live.effects import (
    Answered,
    AuthChanged,
    Changed,
    Effect,
    Ended,
    FetchToken,
    Open,
    Send,
    Shut,
)
from templates.python.runtime.live.messages import Failure, Lost, Success, read_timestamp, timestamp_text
from templates.python.runtime.transport import EditableResults
from templates.python.runtime.values import UNSET

NOW = 1_700_000_000.0
ANYTHING: Any = object()


class Subject:
    """A conversation with a clock that is set by hand, and what it did since it was last asked."""

    def __init__(self, random: float = 0.5) -> None:
        self.conversation = Conversation("a-session", lambda: random)
        self.now = NOW

    def did(self) -> list[Any]:
        """Messages as JSON, other effects as they are."""
        return [
            json.loads(effect.text) if isinstance(effect, Send) else effect
            for effect in self.conversation.take_effects()
        ]

    def hear(self, message: object) -> list[Any]:
        self.conversation.received(message if isinstance(message, str) else json.dumps(message), self.now)
        return self.did()

    def connected(self) -> Subject:
        self.conversation.start(self.now)
        self.conversation.opened(self.now)
        self.did()
        return self

    def wait(self, seconds: float) -> list[Any]:
        self.now += seconds
        self.conversation.tick(self.now)
        return self.did()

    def until_deadline(self) -> float:
        """Seconds from now."""
        assert self.conversation.deadline is not None
        return self.conversation.deadline - self.now


def version(query_set: int, identity: int, timestamp: int) -> dict[str, Any]:
    return {"querySet": query_set, "identity": identity, "ts": timestamp_text(timestamp)}


def transition(start: tuple[int, int, int], end: tuple[int, int, int], *modifications: object) -> dict[str, Any]:
    return {
        "type": "Transition",
        "startVersion": version(*start),
        "endVersion": version(*end),
        "modifications": list(modifications),
    }


def updated(query_id: int, value: object, journal: str | None = None) -> dict[str, Any]:
    return {"type": "QueryUpdated", "queryId": query_id, "value": value, "logLines": [], "journal": journal}


def modify(base: int, *modifications: object) -> dict[str, Any]:
    return {
        "type": "ModifyQuerySet",
        "baseVersion": base,
        "newVersion": base + 1,
        "modifications": list(modifications),
    }


def add(query_id: int, path: str = "m:f", **journal: str | None) -> dict[str, Any]:
    return {"type": "Add", "queryId": query_id, "udfPath": path, "args": [{}], **journal}


def connect(count: int, reason: str | None, observed: int | None = None) -> dict[str, Any]:
    message = {
        "type": "Connect",
        "sessionId": "a-session",
        "connectionCount": count,
        "lastCloseReason": reason,
        "clientTs": ANYTHING,
    }
    return message if observed is None else {**message, "maxObservedTimestamp": timestamp_text(observed)}


def without_clock(effects: list[Any]) -> list[Any]:
    return [
        {**each, "clientTs": ANYTHING} if isinstance(each, dict) and "clientTs" in each else each for each in effects
    ]


def request(kind: str, request_id: int, path: str = "m:f") -> dict[str, Any]:
    return {"type": kind, "requestId": request_id, "udfPath": path, "args": [{}]}


def response(kind: str, request_id: int, result: object, timestamp: int | None = None) -> dict[str, Any]:
    message = {"type": f"{kind}Response", "requestId": request_id, "success": True, "result": result, "logLines": []}
    return message if timestamp is None else {**message, "ts": timestamp_text(timestamp)}


def failed(request_id: int, **error_data: object) -> dict[str, Any]:
    return {
        "type": "MutationResponse",
        "requestId": request_id,
        "success": False,
        "result": "no",
        "ts": None,
        "logLines": ["[LOG] 'x'"],
        **error_data,
    }


def token(lifetime: float, issued: float = NOW, name: str = "ada") -> str:
    claims = urlsafe_b64encode(json.dumps({"iat": issued, "exp": issued + lifetime, "sub": name}).encode())
    return f"e30.{claims.decode().rstrip('=')}.c2ln"


def authenticate(base: int, value: str | None) -> dict[str, Any]:
    if value is None:
        return {"type": "Authenticate", "tokenType": "None", "baseVersion": base}
    return {"type": "Authenticate", "tokenType": "User", "value": value, "baseVersion": base}


def auth_error(base: int, *, attempted: bool = True) -> dict[str, Any]:
    return {"type": "AuthError", "error": "expired", "baseVersion": base, "authUpdateAttempted": attempted}


# Connections


def test_what_was_asked_for_before_is_said_with_the_first_words() -> None:
    subject = Subject()
    subject.conversation.follow("m:f", {})
    subject.conversation.act("m:a", {})
    subject.conversation.mutate("m:m", {})
    assert subject.did() == []
    subject.conversation.start(NOW)
    assert subject.did() == [Open()]
    subject.conversation.opened(NOW)
    assert subject.did() == [
        {**connect(0, "InitialConnect"), "clientTs": NOW * 1000},
        modify(0, add(0)),
        request("Action", 0, "m:a"),
        request("Mutation", 1, "m:m"),
    ]


def test_a_new_connection_begins_with_all_that_counts() -> None:
    subject = Subject().connected()
    conversation = subject.conversation
    conversation.set_token("jwt", NOW)
    for path in ("m:one", "m:two", "m:three"):
        conversation.follow(path, {})
    subject.hear(transition((0, 0, 0), (4, 1, 50), updated(0, 1.0, "journal"), updated(1, 2.0)))
    conversation.leave(1)
    conversation.mutate("m:done", {})
    conversation.mutate("m:lost", {})
    conversation.act("m:lost", {})
    subject.hear(response("Mutation", 0, None, 70))
    subject.did()

    conversation.closed("InternalServerError", NOW)
    assert subject.did() == [Answered(2, Lost("Connection lost while action was in flight"))]
    conversation.act("m:later", {})
    assert subject.until_deadline() == 1.0
    assert subject.wait(0.9) == []
    assert subject.wait(0.2) == [Open()]
    conversation.opened(subject.now)
    assert without_clock(subject.did()) == [
        connect(1, "InternalServerError", 70),
        authenticate(0, "jwt"),
        modify(0, add(0, "m:one", journal="journal"), add(2, "m:three")),
        request("Mutation", 0, "m:done"),
        request("Mutation", 1, "m:lost"),
        request("Action", 3, "m:later"),
    ]
    assert subject.hear(transition((0, 0, 0), (1, 1, 70), updated(0, 1.0), updated(2, 3.0))) == [
        Changed(70, {2: Success(3.0)}),
        Answered(0, Success(None)),
    ]


@pytest.mark.parametrize(
    ("reason", "waits"),
    [
        ("closed with code 1006", [1, 2, 4, 8, 16, 16]),
        ("InternalServerError", [1, 2, 4]),
        ("CommitterFullError: later", [3, 6, 12, 16]),
    ],
)
@pytest.mark.parametrize(("random", "factor"), [(0.0, 0.5), (0.5, 1.0), (1.0, 1.5)])
def test_waits_grow_while_connections_fail(reason: str, waits: list[float], random: float, factor: float) -> None:
    subject = Subject(random)
    subject.conversation.start(NOW)
    for wait in waits:
        assert subject.did() == [Open()]
        subject.conversation.closed(reason, subject.now)
        assert subject.until_deadline() == pytest.approx(wait * factor)
        subject.now += wait * factor
        subject.conversation.tick(subject.now + 0.001)


def test_a_connection_is_good_again_when_everything_from_before_is_answered() -> None:
    subject = Subject().connected()
    subject.conversation.follow("m:f", {})
    subject.conversation.mutate("m:m", {})
    for expected in (1, 2):
        subject.conversation.closed("gone", subject.now)
        assert subject.until_deadline() == expected
        subject.wait(expected + 0.001)
        subject.conversation.opened(subject.now)
        subject.hear(transition((0, 0, 0), (1, 0, 5), updated(0, 1.0)))
    subject.hear(response("Mutation", 0, None, 5))
    subject.hear(transition((1, 0, 5), (1, 0, 5)))
    subject.conversation.closed("gone", subject.now)
    assert subject.until_deadline() == 1


def test_silence_is_the_end_of_a_connection() -> None:
    subject = Subject().connected()
    assert subject.wait(SILENCE - 1) == []
    assert subject.hear({"type": "Ping"}) == []
    assert subject.until_deadline() == SILENCE
    assert subject.wait(SILENCE) == [Shut()]
    assert subject.until_deadline() == pytest.approx(0.1)
    assert subject.wait(0.11) == [Open()]
    assert subject.wait(SILENCE) == [Shut()]
    subject.wait(0.3)
    subject.conversation.opened(subject.now)
    assert without_clock(subject.did())[0] == connect(1, "InactiveServer")


@pytest.mark.parametrize(
    "message",
    [
        "no JSON",
        "[]",
        {"type": "Unheard"},
        {"type": "Transition"},
        transition((1, 0, 0), (1, 0, 5)),
        transition((0, 0, 0), (1, 0, 5), {"type": "QueryLost", "queryId": 1}),
        {**transition((0, 0, 0), (0, 0, 0)), "startVersion": {"querySet": 0, "identity": 0, "ts": "AA=="}},
        {"type": "TransitionChunk", "chunk": "{", "partNumber": 1, "totalParts": 2, "transitionId": "t"},
        {"type": "TransitionChunk", "chunk": '{"type":"Ping"}', "partNumber": 0, "totalParts": 1, "transitionId": "t"},
    ],
)
def test_a_server_that_breaks_the_rules_is_asked_anew(message: object) -> None:
    subject = Subject().connected()
    assert subject.hear(message) == [Shut()]
    assert subject.wait(1) == [Open()]
    subject.conversation.opened(subject.now)
    assert without_clock(subject.did())[0] == connect(1, "ProtocolError")


def test_a_fatal_error_is_the_end() -> None:
    subject = Subject().connected()
    subject.conversation.mutate("m:m", {})
    subject.did()
    assert subject.hear({"type": "FatalError", "error": "too old"}) == [
        Shut(),
        Answered(0, Lost("too old")),
        Ended("too old"),
    ]
    assert subject.conversation.is_ended
    assert subject.conversation.deadline is None
    assert subject.hear(transition((0, 0, 0), (0, 0, 5))) == []


# Queries


def test_a_query_is_followed_once_for_all() -> None:
    subject = Subject().connected()
    follow, leave = subject.conversation.follow, subject.conversation.leave
    assert follow("m:f", {"a": 1.0, "b": [{}]}) == 0
    assert [each["type"] for each in subject.did()] == ["ModifyQuerySet"]
    assert follow("m:f", {"b": [{}], "a": 1.0}) == 0
    assert follow("m:f", {}) == 1
    assert subject.did() == [modify(2, add(1))]
    leave(0)
    assert subject.did() == []
    leave(0)
    assert subject.did() == [modify(3, {"type": "Remove", "queryId": 0})]
    assert follow("m:f", {"a": 1.0, "b": [{}]}) == 2


def test_results_of_one_transition_are_told_together_and_only_news() -> None:
    subject = Subject().connected()
    for path in ("m:one", "m:two", "m:three"):
        subject.conversation.follow(path, {})
    failure = {"type": "QueryFailed", "queryId": 1, "errorMessage": "no", "logLines": [], "journal": None}
    subject.did()
    assert subject.hear(transition((0, 0, 0), (3, 0, 5), updated(0, 1.0), failure)) == [
        Changed(5, {0: Success(1.0), 1: Failure("no")})
    ]
    assert subject.hear(transition((3, 0, 5), (3, 0, 6), updated(0, 1.0))) == []
    assert subject.hear(transition((3, 0, 6), (3, 0, 7), updated(0, True), updated(9, 1.0))) == [
        Changed(7, {0: Success(True)})
    ]
    assert subject.conversation.outcome(0) == Success(True)
    assert subject.conversation.outcome(2) is None
    assert subject.conversation.timestamp == 7


def test_a_transition_in_parts() -> None:
    subject = Subject().connected()
    subject.conversation.follow("m:f", {})
    subject.did()
    text = json.dumps(transition((0, 0, 0), (1, 0, 5), updated(0, "x" * 100)))
    parts = [text[:50], text[50:90], text[90:]]
    chunks = [
        {"type": "TransitionChunk", "chunk": part, "partNumber": number, "totalParts": 3, "transitionId": "t"}
        for number, part in enumerate(parts)
    ]
    assert subject.hear(chunks[0]) == []
    assert subject.hear({"type": "Ping"}) == []
    assert subject.hear(chunks[1]) == []
    assert subject.hear(chunks[2]) == [Changed(5, {0: Success("x" * 100)})]


# Requests


def test_a_mutation_has_ended_when_its_effect_is_seen() -> None:
    subject = Subject().connected()
    subject.conversation.follow("m:f", {})
    assert subject.conversation.mutate("m:m", {}) == 0
    subject.did()
    assert subject.hear(response("Mutation", 0, "done", 7)) == []
    assert subject.hear(transition((0, 0, 0), (1, 0, 6), updated(0, 1.0))) == [Changed(6, {0: Success(1.0)})]
    assert subject.hear(transition((1, 0, 6), (1, 0, 7), updated(0, 2.0))) == [
        Changed(7, {0: Success(2.0)}),
        Answered(0, Success("done")),
    ]
    assert subject.hear(response("Mutation", 0, "done", 7)) == []


def test_failures_and_actions_are_answered_at_once() -> None:
    subject = Subject().connected()
    for path in ("m:m", "m:m", "m:m"):
        subject.conversation.mutate(path, {})
    subject.conversation.act("m:a", {})
    subject.did()
    lines = ("[LOG] 'x'",)
    assert subject.hear(failed(0)) == [Answered(0, Failure("no", None, False, lines))]
    assert subject.hear(failed(1, errorData=None)) == [Answered(1, Failure("no", None, True, lines))]
    assert subject.hear(failed(2, errorData={"a": 1})) == [Answered(2, Failure("no", {"a": 1}, True, lines))]
    assert subject.hear(response("Action", 3, [1])) == [Answered(3, Success([1]))]


def test_an_abandoned_request_is_not_sent_again() -> None:
    subject = Subject()
    early = subject.conversation.mutate("m:early", {})
    subject.conversation.abandon(early)
    subject.connected()
    late = subject.conversation.mutate("m:late", {})
    assert subject.did() == [request("Mutation", late, "m:late")]
    subject.conversation.abandon(late)
    assert subject.hear(response("Mutation", late, None, 5)) == []
    subject.conversation.closed("gone", NOW)
    subject.wait(2)
    subject.conversation.opened(subject.now)
    assert [each["type"] for each in subject.did()] == ["Connect", "ModifyQuerySet"]


# Optimistic updates


def adding(number: float) -> Any:
    def update(results: EditableResults) -> None:
        value = results.get("m:f", {})
        if isinstance(value, float):
            results.set("m:f", {}, value + number)

    return update


def test_updates_are_done_anew_on_each_result_in_the_order_of_their_requests() -> None:
    subject = Subject().connected()
    subject.conversation.follow("m:f", {})

    def double(results: EditableResults) -> None:
        ((args, value),) = results.all("m:f")
        assert isinstance(value, float)
        results.set("m:f", args, value * 2)

    subject.hear(transition((0, 0, 0), (1, 0, 5), updated(0, 1.0)))
    subject.conversation.mutate("m:add", {}, adding(10))
    subject.conversation.mutate("m:double", {}, double)
    assert subject.did() == [
        Changed(5, {0: Success(11.0)}),
        request("Mutation", 0, "m:add"),
        Changed(5, {0: Success(22.0)}),
        request("Mutation", 1, "m:double"),
    ]
    assert subject.hear(transition((1, 0, 5), (1, 0, 6), updated(0, 2.0))) == [Changed(6, {0: Success(24.0)})]
    assert subject.hear(response("Mutation", 0, None, 7)) == []
    assert subject.hear(transition((1, 0, 6), (1, 0, 7), updated(0, 12.0))) == [Answered(0, Success(None))]
    assert subject.hear(failed(1)) == [Changed(7, {0: Success(12.0)}), Answered(1, ANY_FAILURE)]


ANY_FAILURE = Failure("no", None, False, ("[LOG] 'x'",))


def test_an_update_that_fails_at_once_keeps_its_mutation_from_being_sent() -> None:
    subject = Subject().connected()

    def broken(results: EditableResults) -> None:
        assert results.get("m:nobody", {}) is UNSET
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        subject.conversation.mutate("m:m", {}, broken)
    assert subject.did() == []
    assert subject.conversation.mutate("m:m", {}, adding(1)) == 1


def test_an_update_that_fails_later_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    subject = Subject().connected()
    subject.conversation.follow("m:f", {})

    def choosy(results: EditableResults) -> None:
        results.set("m:f", {}, "changed")
        if results.get("m:other", {}) is UNSET and results is not None and counted.pop():
            raise ZeroDivisionError

    counted = [True, False, False]
    subject.conversation.mutate("m:m", {}, choosy)
    assert Changed(0, {0: Success("changed")}) in subject.did()
    assert subject.hear(transition((0, 0, 0), (1, 0, 5), updated(0, 1.0))) == [Changed(5, {0: Success(1.0)})]
    assert [record.message for record in caplog.records] == ["an optimistic update failed, and is dropped"]
    assert subject.hear(transition((1, 0, 5), (1, 0, 6), updated(0, 2.0))) == [Changed(6, {0: Success(2.0)})]


# Tokens


def test_a_token_is_told_and_confirmed() -> None:
    subject = Subject().connected()
    subject.conversation.set_token("jwt", NOW)
    assert subject.did() == [authenticate(0, "jwt")]
    assert subject.hear(transition((0, 0, 0), (0, 1, 5))) == [AuthChanged(True)]
    subject.conversation.set_token("other", NOW)
    assert subject.did() == [authenticate(1, "other")]
    assert subject.hear(transition((0, 1, 5), (0, 2, 6))) == [AuthChanged(True)]
    subject.conversation.set_token(None, NOW)
    assert subject.did() == [authenticate(2, None)]
    assert subject.hear(transition((0, 2, 6), (0, 3, 7))) == []


def test_a_fixed_token_that_is_refused_is_dropped() -> None:
    subject = Subject().connected()
    subject.conversation.set_token("jwt", NOW)
    subject.did()
    assert subject.hear(auth_error(0)) == [AuthChanged(False, "expired"), Shut()]
    assert subject.wait(1) == [Open()]
    subject.conversation.opened(subject.now)
    assert [each["type"] for each in subject.did()] == ["Connect", "ModifyQuerySet"]


def test_nothing_is_sent_before_the_first_token() -> None:
    subject = Subject()
    subject.conversation.fetch_tokens()
    subject.conversation.follow("m:f", {})
    subject.conversation.start(NOW)
    subject.conversation.opened(NOW)
    subject.conversation.mutate("m:m", {})
    assert subject.did() == [FetchToken(1, False), Open()]
    subject.conversation.token_fetched(1, None, NOW)
    assert subject.did() == [FetchToken(2, True)]
    subject.conversation.token_fetched(1, "late", NOW)
    assert subject.did() == []
    subject.conversation.token_fetched(2, "jwt", NOW)
    assert without_clock(subject.did()) == [
        connect(0, "InitialConnect"),
        authenticate(0, "jwt"),
        modify(0, add(0)),
        request("Mutation", 0, "m:m"),
    ]


def test_what_is_asked_for_while_a_token_is_fetched_waits() -> None:
    subject = Subject().connected()
    subject.conversation.fetch_tokens()
    subject.conversation.follow("m:f", {})
    subject.conversation.follow("m:g", {})
    subject.conversation.leave(0)
    subject.conversation.mutate("m:m", {})
    assert subject.did() == [FetchToken(1, False)]
    subject.conversation.token_fetched(1, "jwt", NOW)
    assert subject.did() == [authenticate(0, "jwt"), modify(1, add(1, "m:g")), request("Mutation", 0, "m:m")]


def test_without_any_token_one_goes_on_as_nobody() -> None:
    subject = Subject().connected()
    subject.conversation.fetch_tokens()
    subject.conversation.token_fetched(1, None, NOW)
    subject.did()
    subject.conversation.token_fetched(2, None, NOW)
    assert subject.did() == [AuthChanged(False, "there is no fresh token"), authenticate(0, None)]


def signed_in(lifetime: float, age: float = 0.0) -> Subject:
    subject = Subject().connected()
    subject.conversation.fetch_tokens()
    subject.conversation.token_fetched(1, token(lifetime, NOW - age), NOW)
    subject.did()
    assert subject.hear(transition((0, 0, 0), (0, 1, 5))) == [AuthChanged(True)]
    return subject


def test_a_token_is_renewed_before_its_end() -> None:
    subject = signed_in(100, age=60)
    assert subject.until_deadline() == 30
    assert subject.wait(29) == []
    assert subject.wait(1) == [FetchToken(2, True)]
    fresh = token(45, subject.now)
    subject.conversation.token_fetched(2, fresh, subject.now)
    assert subject.did() == [authenticate(1, fresh)]
    assert subject.hear(transition((0, 1, 5), (0, 2, 6))) == []
    assert subject.until_deadline() == 35


@pytest.mark.parametrize("bad", ["jwt", "a.b.c", token(1), "e30.e30.e30"])
def test_a_token_whose_end_is_not_known_is_not_renewed(bad: str) -> None:
    subject = Subject().connected()
    subject.conversation.fetch_tokens()
    subject.conversation.token_fetched(1, bad, NOW)
    subject.did()
    subject.hear(transition((0, 0, 0), (0, 1, 5)))
    assert subject.until_deadline() == SILENCE


def test_a_renewal_that_gives_nothing_new() -> None:
    subject = signed_in(40)
    subject.wait(30)
    subject.conversation.token_fetched(2, token(40), subject.now)
    assert subject.did() == []
    subject = signed_in(40)
    subject.wait(30)
    subject.conversation.token_fetched(2, None, subject.now)
    assert subject.did() == [AuthChanged(False, "there is no fresh token"), authenticate(1, None)]


def test_a_refused_token_is_replaced_while_the_socket_is_closed() -> None:
    subject = signed_in(3600)
    subject.conversation.mutate("m:m", {})
    subject.did()
    assert subject.hear(auth_error(1, attempted=False)) == [Shut(), FetchToken(2, True)]
    subject.conversation.token_fetched(2, "fresh", NOW)
    assert subject.did() == [Open()]
    subject.conversation.opened(NOW)
    assert without_clock(subject.did()) == [
        connect(1, None, 5),
        authenticate(0, "fresh"),
        modify(0),
        request("Mutation", 0, "m:m"),
    ]
    assert subject.hear(transition((0, 0, 0), (1, 1, 6))) == []


def test_three_fresh_tokens_refused_are_enough() -> None:
    subject = signed_in(3600)
    for attempt in (2, 3, 4):
        assert subject.hear(auth_error(0)) == [Shut(), FetchToken(attempt, True)]
        subject.conversation.token_fetched(attempt, f"fresh {attempt}", NOW)
        subject.conversation.opened(NOW)
        subject.did()
    assert subject.hear(auth_error(0)) == [AuthChanged(False, "expired"), Shut()]


def test_the_same_token_again_will_not_do_after_a_refusal() -> None:
    subject = signed_in(3600)
    subject.hear(auth_error(1))
    subject.conversation.token_fetched(2, token(3600), NOW)
    assert subject.did() == [AuthChanged(False, "there is no fresh token"), Open()]


def test_errors_about_earlier_tokens_are_ignored() -> None:
    subject = Subject().connected()
    subject.conversation.fetch_tokens()
    subject.conversation.token_fetched(1, "one", NOW)
    subject.did()
    assert subject.hear(auth_error(0, attempted=False)) == []
    subject.conversation.set_token("two", NOW)
    subject.did()
    assert subject.hear(auth_error(0)) == []


@pytest.mark.parametrize("timestamp", [0, 1, 2**63 - 1])
def test_timestamps(timestamp: int) -> None:
    assert read_timestamp(timestamp_text(timestamp)) == timestamp


def test_effects_are_taken_once() -> None:
    subject = Subject()
    subject.conversation.start(NOW)
    effects: list[Effect] = subject.conversation.take_effects()
    assert effects == [Open()]
    assert subject.conversation.take_effects() == []
