"""Every rule of the protocol, as a conversation: what a client says, what is to be done, and the texts it is told."""

from __future__ import annotations

import pytest

from convexgen.runtime.calls import ANONYMOUS, Call, Failure, Identity, SessionRequest, Success
from convexgen.runtime.sync import (
    AdminKey,
    Authenticate,
    ClientVersion,
    Close,
    ComputedQuery,
    ComputeTransition,
    Effect,
    Limits,
    RunAction,
    RunMutation,
    Send,
    Session,
    UserToken,
    timestamp_text,
)
from convexgen.runtime.values import Json, read_json, write_json
from tests.runtime.sync.client import (
    CONNECT,
    NOW,
    NPM,
    SESSION_ID,
    Client,
    add,
    answered,
    asked,
    following,
    log_in,
    modify,
    remove,
    request,
    run,
    transition,
    updated,
)

ANN = Identity(key="ann")
ADMIN = Identity(key="admin", is_admin=True)
INTERNAL = Close(1011, "InternalServerError")


def fatal(message: str) -> list[Effect]:
    return [Send(f'{{"type":"FatalError","error":{write_json(message)}}}'), Close()]


def test_the_captured_session() -> None:
    """Section 1.12 of the reference, byte by byte but for the timestamps."""
    session = Session(NPM, disclosure="everything", now=1795352544941.0)
    frames = [
        '{"connectionCount":0,"lastCloseReason":"InitialConnect","clientTs":1795352545044,"type":"Connect",'
        '"sessionId":"6f6cb00a-9813-4c6a-8ccd-871ec5a6485c"}',
        '{"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[{"type":"Add","queryId":0,'
        '"udfPath":"counter:counter","args":[{}]}]}',
        '{"type":"Mutation","requestId":0,"udfPath":"counter:increment","args":[{"by":2}]}',
        '{"type":"Mutation","requestId":1,"udfPath":"counter:fail","args":[{}]}',
    ]
    assert session.receive(frames[0], now=1795352544940.0, latest=7) == []
    (compute,) = session.receive(frames[1], now=1795352544940.0, latest=7)
    assert asked(compute) == ((), [0], [])
    assert isinstance(compute, ComputeTransition)
    assert compute.to_run[0].call.path == "counter:counter"
    (told,) = session.computed(
        1795352544940954779 // 2**32 * 2**32, {0: ComputedQuery(Success(22.0))}, now=1795352544940.954
    )
    first = timestamp_text(1795352544940954779 // 2**32 * 2**32)
    assert told == Send(
        '{"type":"Transition","startVersion":{"querySet":0,"identity":0,"ts":"AAAAAAAAAAA="},'
        f'"endVersion":{{"querySet":1,"identity":0,"ts":"{first}"}},"modifications":[{{"type":"QueryUpdated",'
        '"queryId":0,"value":22.0,"logLines":[],"journal":null}],"clientClockSkew":104,'
        '"serverTs":1795352544940954000}',
        ends_transition=True,
    )
    assert isinstance(told, Send)
    assert session.sent(told, now=1795352544941.0) == []

    wanted = SessionRequest(SESSION_ID, 0)
    assert session.receive(frames[2], now=1795352545000.0, latest=7) == [
        RunMutation(Call("counter:increment", {"by": 2.0}, "mutation", ANONYMOUS, wanted.digest), wanted)
    ]
    increment = 1795352545238157378
    second = timestamp_text(increment)
    answer, compute = session.mutation_finished(
        0, Success(24.0, ("[LOG] 'incrementing'",)), increment, now=1795352545238.0
    )
    assert answer == Send(
        f'{{"type":"MutationResponse","requestId":0,"success":true,"result":24.0,"ts":"{second}",'
        '"logLines":["[LOG] \'incrementing\'"]}'
    )
    assert asked(compute) == ((), [], [0])
    (told,) = session.computed(increment, {0: ComputedQuery(Success(24.0))}, now=1795352545238.0)
    assert told == Send(
        f'{{"type":"Transition","startVersion":{{"querySet":1,"identity":0,"ts":"{first}"}},'
        f'"endVersion":{{"querySet":1,"identity":0,"ts":"{second}"}},"modifications":[{{"type":"QueryUpdated",'
        '"queryId":0,"value":24.0,"logLines":[],"journal":null}],"clientClockSkew":104,'
        '"serverTs":1795352545238000000}',
        ends_transition=True,
    )
    session.receive(frames[3], now=1795352545300.0, latest=7)
    failure = Failure("Uncaught ConvexError: ..", data={"n": 7.0, "code": "nope"})
    answer, compute = session.mutation_finished(1, failure, None, now=1795352545300.0)
    assert answer == Send(
        '{"type":"MutationResponse","requestId":1,"success":false,"result":"[Request ID: 286a9850ce234e91] '
        'Server Error\\nUncaught ConvexError: ..","ts":null,"logLines":[],"errorData":{"code":"nope","n":7.0}}'
    )
    (told,) = session.computed(increment, {}, now=1795352545300.0)
    assert told == Send(
        f'{{"type":"Transition","startVersion":{{"querySet":1,"identity":0,"ts":"{second}"}},'
        f'"endVersion":{{"querySet":1,"identity":0,"ts":"{second}"}},"modifications":[],"clientClockSkew":104,'
        '"serverTs":1795352545300000000}',
        ends_transition=True,
    )


# Query sets


def test_versions_form_a_chain_and_what_is_removed_in_the_batch_that_added_it_is_only_removed() -> None:
    client = Client()
    (compute,) = client.say(modify(0, add(0), add(1), add(2), remove(1)))
    assert asked(compute) == ((1,), [0, 2], [])
    assert client.computed(5, q0=Success(1.0), q2=Success(None)) == [
        transition((0, 0, 0), (1, 0, 5), '{"type":"QueryRemoved","queryId":1}', updated(0, "1.0"), updated(2, "null"))
    ]
    (compute,) = client.say(modify(1))
    assert asked(compute) == ((), [], [0, 2])
    assert client.computed(5) == [transition((1, 0, 5), (2, 0, 5))]


def test_what_is_asked_for_while_a_transition_is_worked_out_waits_for_the_next() -> None:
    client = Client()
    client.say(modify(0, add(0)))
    assert client.say(modify(1, add(1), remove(0))) == []
    assert client.say(modify(2, add(2))) == []
    told, compute = client.computed(5, q0=Success(1.0))
    assert told == transition((0, 0, 0), (1, 0, 5), updated(0, "1.0"))
    assert asked(compute) == ((0,), [1, 2], [])


def test_a_query_that_is_removed_and_added_again_starts_anew() -> None:
    client = following(0)
    (compute,) = client.say(modify(1, remove(0), add(0)))
    assert asked(compute) == ((0,), [0], [])
    assert client.computed(10, q0=Success(1.0)) == [
        transition((1, 0, 10), (2, 0, 10), '{"type":"QueryRemoved","queryId":0}', updated(0, "1.0"))
    ]


@pytest.mark.parametrize("frame", [modify(1, add(0)), modify(0).replace('"newVersion":1', '"newVersion":0')])
def test_a_change_of_another_query_set_than_there_is_ends_it_all(frame: str) -> None:
    base, new = (1, 2) if '"baseVersion":1' in frame else (0, 0)
    assert Client().say(frame) == fatal(
        f"BaseVersionMismatch: the query set is at version 0 and cannot go from {base} to {new}."
    )


@pytest.mark.parametrize("modifications", [[add(0), add(0)], [remove(7)], [add(0), remove(0), remove(0)]])
def test_an_id_twice_or_an_unknown_one_is_an_internal_error(modifications: list[Json]) -> None:
    assert Client().say(modify(0, *modifications)) == [INTERNAL]


def test_equal_results_are_not_told_again_whatever_their_request_id() -> None:
    client = Client()
    client.say(modify(0, add(0), add(1), add(2)))
    failure = Failure("Uncaught ValueError: no", ("[LOG] 1",))
    (first,) = client.computed(5, q0=Success({"b": 1.0, "a": 0.0}), q1=failure, q2=Success(1.0, ("[LOG] 1",)))
    (compute,) = client.passed(client.session.query_went_stale(0, 5, now=NOW))
    assert asked(compute) == ((), [0], [1, 2])
    assert client.computed(6, q0=Success({"a": 0.0, "b": 1.0}), q1=failure, q2=Success(1.0, ("[LOG] 2",))) == [
        transition((1, 0, 5), (1, 0, 6), updated(2, "1.0").replace('"logLines":[]', '"logLines":["[LOG] 2"]'))
    ]
    assert isinstance(first, Send)
    assert '{"type":"QueryFailed","queryId":1,"errorMessage":"[Request ID: ' in first.text
    assert ' Server Error\\nUncaught ValueError: no","logLines":["[LOG] 1"],"journal":null}' in first.text


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Failure("Uncaught X", ("[LOG] 1",)), ""),
        (Failure("Uncaught X", ("[LOG] 1",), None), ',"errorData":null'),
        (Failure("Uncaught X", ("[LOG] 1",), [-0.0]), ',"errorData":[{"$float":"AAAAAAAAAIA="}]'),
    ],
)
def test_in_production_only_the_data_of_errors_is_told(failure: Failure, told: str) -> None:
    client = Client(disclosure="data")
    client.say(request("Mutation", 0))
    digest = SessionRequest(SESSION_ID, 0).digest
    answer, _ = client.mutated(0, failure, None)
    assert answer == Send(
        f'{{"type":"MutationResponse","requestId":0,"success":false,"result":"[Request ID: {digest}] Server Error",'
        f'"ts":null,"logLines":[]{told}}}'
    )


def test_administrators_are_told_everything_in_production_too() -> None:
    client = Client(disclosure="data")
    failure = Failure("Uncaught X", ("[LOG] 1",))
    client.say(log_in(0, value="key"))
    client.say(modify(0, add(0)))
    client.session.authenticated(ADMIN, now=NOW)

    (news,) = client.computed(5, q0=failure)
    assert isinstance(news, Send)
    assert ' Server Error\\nUncaught X","logLines":["[LOG] 1"]' in news.text

    client.say(request("Mutation", 0))
    answer, *_ = client.mutated(0, failure, None)
    assert isinstance(answer, Send)
    assert ' Server Error\\nUncaught X","ts":null,"logLines":["[LOG] 1"]' in answer.text


def test_journals_come_with_the_query_go_along_with_each_run_and_are_told() -> None:
    client = Client()
    (compute,) = client.say(modify(0, add(0, journal="a")))
    assert isinstance(compute, ComputeTransition)
    assert [each.journal for each in compute.to_run] == ["a"]
    assert client.computed(5, q0=ComputedQuery(Success(1.0), 'b"')) == [
        transition((0, 0, 0), (1, 0, 5), updated(0, "1.0", '"b\\""'))
    ]
    (compute,) = client.say(modify(1))
    assert isinstance(compute, ComputeTransition)
    assert [each.journal for each in compute.watched] == ['b"']


# News


def test_old_news_of_a_query_is_none() -> None:
    client = following(0)
    session = client.session
    assert session.query_went_stale(0, 9, now=NOW) == []
    assert session.query_went_stale(1, 10, now=NOW) == []
    assert len(session.query_went_stale(0, 10, now=NOW)) == 1
    assert session.query_went_stale(0, 10, now=NOW) == []  # the same news once more, while it is seen to
    assert len(client.computed(11, q0=Success(1.0))) == 1
    assert session.query_went_stale(0, 10, now=NOW) == []


def test_a_result_may_go_stale_before_the_session_has_it() -> None:
    client = Client()
    client.say(modify(0, add(0)))
    assert client.session.query_went_stale(0, 5, now=NOW) == []
    _, compute = client.computed(5, q0=Success(1.0))
    assert asked(compute) == ((), [0], [])


def test_a_result_may_go_stale_while_a_transition_is_worked_out_that_it_is_no_part_of() -> None:
    client = following(0)
    client.say(modify(1))
    assert client.session.query_went_stale(0, 10, now=NOW) == []
    told, compute = client.computed(11)
    assert told == transition((1, 0, 10), (2, 0, 11))
    assert asked(compute) == ((), [0], [])


def test_late_news_of_an_old_result_does_not_hide_that_of_a_newer_one() -> None:
    client = following(0)
    client.session.query_went_stale(0, 10, now=NOW)
    client.session.query_went_stale(0, 11, now=NOW)
    client.session.query_went_stale(0, 10, now=NOW)
    _, compute = client.computed(11, q0=Success(2.0))
    assert asked(compute) == ((), [0], [])


def test_a_slow_client_has_two_transitions_under_way() -> None:
    client = Client(slow=True)
    client.say(modify(0, add(0)))
    first, *_ = client.computed(5, q0=Success(1.0))
    client.say(modify(1))
    second, *_ = client.computed(6)
    assert client.say(modify(2, add(1))) == []
    assert client.say(modify(3, add(2))) == []
    assert isinstance(first, Send)
    (compute,) = client.session.sent(first, now=NOW)
    assert asked(compute) == ((), [1, 2], [0])
    assert client.computed(7, q1=Success(1.0), q2=Success(2.0)) == [
        transition((2, 0, 6), (4, 0, 7), updated(1, "1.0"), updated(2, "2.0"))
    ]
    assert isinstance(second, Send)
    assert client.session.sent(second, now=NOW) == []


# Mutations


def test_mutations_run_one_at_a_time_and_a_transition_follows_each() -> None:
    client = following(0)
    assert client.say(request("Mutation", 0)) == [run(0)]
    assert client.say(request("Mutation", 1)) == []
    answer, compute, begun = client.mutated(0, Success(2.0), 20)
    assert (answer, asked(compute), begun) == (answered(0, "2.0", 20), ((), [], [0]), run(1))
    assert client.mutated(1, Success(3.0), 30) == []  # it waits for the transition that is older than it
    told, answer, compute = client.computed(25, q0=Success(2.0))
    assert told == transition((1, 0, 10), (1, 0, 25), updated(0, "2.0"))
    assert (answer, asked(compute)) == (answered(1, "3.0", 30), ((), [], [0]))
    assert client.computed(30, q0=Success(3.0)) == [transition((1, 0, 25), (1, 0, 30), updated(0, "3.0"))]


def test_no_transition_is_begun_while_a_mutation_runs() -> None:
    client = following(0)
    client.say(request("Mutation", 0))
    assert client.session.query_went_stale(0, 10, now=NOW) == []
    assert client.say(modify(1, add(1))) == []
    _, compute = client.mutated(0, Success(None), 12)
    assert asked(compute) == ((), [0, 1], [])


def test_a_transition_follows_a_mutation_that_fails_too() -> None:
    client = following(0)
    client.say(request("Mutation", 0))
    answer, compute = client.mutated(0, Failure("Uncaught X: x"), None)
    assert isinstance(answer, Send)
    assert '"success":false' in answer.text
    assert asked(compute) == ((), [], [0])
    assert client.computed(10) == [transition((1, 0, 10), (1, 0, 10))]


def test_a_client_that_does_not_read_gets_no_more_mutations_run() -> None:
    client = Client(slow=True, limits=Limits(unsent_messages=1))
    client.say(request("Mutation", 0))
    client.say(request("Mutation", 1))
    answer, _ = client.mutated(0, Success(None), 5)
    assert isinstance(answer, Send)
    assert client.session.sent(answer, now=NOW) == [run(1)]


def test_too_many_mutations_or_actions_are_refused_for_now() -> None:
    for kind, code in (("Mutation", "TooManyConcurrentMutations"), ("Action", "TooManyConcurrentActions")):
        client = Client(limits=Limits(pending=2))
        client.say(request(kind, 0))
        client.say(request(kind, 1))
        assert client.say(request(kind, 2)) == [Close(1013, code)]


def test_a_request_id_is_not_used_twice_at_a_time() -> None:
    client = Client()
    client.say(request("Mutation", 0))
    assert client.say(request("Action", 0)) == fatal("The request 0 is under way already.")


@pytest.mark.parametrize(
    ("code", "close"),
    [
        ("OptimisticConcurrencyControlFailure", Close(1013, "OptimisticConcurrencyControlFailure")),
        ("InternalServerError", INTERNAL),
    ],
)
def test_what_the_engine_cannot_answer_ends_the_socket_without_a_message(code: str, close: Close) -> None:
    client = Client()
    client.say(request("Mutation", 0))
    client.say(request("Mutation", 1))
    assert client.session.engine_failed(code, now=NOW) == [close]
    assert client.session.is_closed
    assert client.mutated(0, Success(None), 5) == []
    assert client.say(modify(0)) == []


# Actions


def test_actions_run_beside_one_another_and_are_answered_at_once() -> None:
    client = following(0)
    first, second = (Call("m:f", {}, "action", ANONYMOUS, SessionRequest(SESSION_ID, n).digest) for n in (0, 1))
    assert client.say(request("Action", 0)) == [RunAction(first, 0)]
    assert client.say(request("Action", 1)) == [RunAction(second, 1)]
    answer, compute = client.acted(1, Success(2.0, ("[LOG] 1",)))
    assert answer == Send('{"type":"ActionResponse","requestId":1,"success":true,"result":2.0,"logLines":["[LOG] 1"]}')
    assert asked(compute) == ((), [], [0])
    assert client.acted(0, Failure("Uncaught X", data="d")) == [
        Send(
            f'{{"type":"ActionResponse","requestId":0,"success":false,"result":"[Request ID: {first.request_id}] '
            'Server Error\\nUncaught X","logLines":[],"errorData":"d"}'
        )
    ]
    _, compute = client.computed(10)
    assert asked(compute) == ((), [], [0])


# What cannot be called

NOT_ONE_OBJECT = "Invalid arguments for m.js:f: a function takes one object, which holds its arguments by their names"


@pytest.mark.parametrize(
    ("path", "arguments", "message"),
    [
        ("m:f", [{"$integer": 1}], "Invalid arguments for m.js:f: Malformed $integer field: it should hold a string"),
        ("m", [{"$a": 1}], "Invalid arguments for m.js:default: Field name $a starts with '$', which is reserved."),
        ("m:f", [1], NOT_ONE_OBJECT),
        ("m:f", [{}, {}], NOT_ONE_OBJECT),
        ("no path", [{}], "Could not find public function for 'no path'."),
        ("", [{}], "Could not find public function for ''."),
    ],
)  # fmt: skip
def test_what_cannot_be_called_fails_like_a_function(path: str, arguments: list[Json], message: str) -> None:
    target: dict[str, Json] = {"udfPath": path, "args": arguments}
    client = Client()
    text = write_json(message)[1:-1]
    digest = SessionRequest(SESSION_ID, 5).digest
    answer, compute = client.say(write_json({"type": "Mutation", "requestId": 5, **target}))
    assert answer == Send(
        f'{{"type":"MutationResponse","requestId":5,"success":false,"result":"[Request ID: {digest}] '
        f'Server Error\\n{text}","ts":null,"logLines":[]}}'
    )
    assert asked(compute) == ((), [], [])
    assert client.say(write_json({"type": "Action", "requestId": 5, **target})) == [
        Send(
            f'{{"type":"ActionResponse","requestId":5,"success":false,"result":"[Request ID: {digest}] '
            f'Server Error\\n{text}","logLines":[]}}'
        )
    ]
    client.say(modify(0, {"type": "Add", "queryId": 0, **target}))
    client.computed(5)
    (told,) = client.computed(6)
    assert isinstance(told, Send)
    assert told.text.count("QueryFailed") == 1
    assert f'Server Error\\n{text}"' in told.text
    client.say(modify(1))
    assert client.computed(7) == [transition((1, 0, 6), (2, 0, 7))]


def test_no_arguments_at_all_are_an_empty_object() -> None:
    client = Client()
    assert client.say('{"type":"Mutation","requestId":0,"udfPath":"m.js:f","args":[],"componentPath":""}') == [run(0)]


def test_components_are_for_administrators_and_there_are_none() -> None:
    frame = '{"type":"Mutation","requestId":0,"udfPath":"m:f","args":[{}],"componentPath":"c"}'
    added: Json = {"type": "Add", "queryId": 0, "udfPath": "m:f", "args": [{}], "componentPath": "c"}
    refusal = fatal("Only an administrator may call functions of components.")
    assert Client().say(frame) == refusal
    assert Client().say(modify(0, added)) == refusal
    client = Client()
    client.say(log_in(0, "Admin", value="key"))
    client.session.authenticated(ADMIN, now=NOW)
    client.computed(5)
    answer, _ = client.say(frame)
    assert isinstance(answer, Send)
    assert "Could not find a component at 'c'." in answer.text


# Identities


def test_what_is_said_while_credentials_are_looked_at_waits_and_is_of_the_new_identity() -> None:
    client = Client()
    assert client.say(log_in(0, value="jwt")) == [Authenticate(UserToken("jwt"))]
    assert client.say(modify(0, add(0))) == []
    assert client.say(request("Mutation", 0)) == []
    compute, begun = client.session.authenticated(ANN, now=NOW)
    assert asked(compute) == ((), [0], [])
    assert isinstance(compute, ComputeTransition)
    assert compute.to_run[0].call.identity is ANN
    assert begun == run(0, identity=ANN)
    assert client.computed(5, q0=Success(1.0)) == [transition((0, 0, 0), (1, 1, 5), updated(0, "1.0"))]


def test_a_second_log_in_waits_for_the_first() -> None:
    client = Client()
    client.say(log_in(0, value="first"))
    assert client.say(log_in(1, value="second")) == []
    assert client.say(request("Mutation", 0)) == []
    assert client.session.authenticated(ANN, now=NOW) == [Authenticate(UserToken("second"))]
    bob = Identity(key="bob")
    compute, begun = client.session.authenticated(bob, now=NOW)
    assert (asked(compute), begun) == (((), [], []), run(0, identity=bob))
    assert client.computed(5) == [transition((0, 0, 0), (0, 2, 5))]


def test_more_than_can_wait_for_credentials_is_refused_for_now() -> None:
    client = Client(limits=Limits(pending=1))
    client.say(log_in(0, value="jwt"))
    assert client.say(modify(0)) == []
    assert client.say(modify(1)) == [Close(1013, "TooManyConcurrentMutations")]


def test_an_expired_identity_does_no_harm_while_a_new_one_is_looked_at() -> None:
    client = Client()
    client.say(modify(0, add(0)))
    client.computed(5, q0=Success(1.0))
    client.say(log_in(0, value="old"))
    client.session.authenticated(Identity(key="ann", expires_at=NOW + 5), now=NOW)
    client.computed(5, q0=Success(1.0))
    client.say(log_in(1, value="new"))
    client.now = NOW + 5
    assert client.session.tick(now=client.now) == []
    assert client.session.query_went_stale(0, 5, now=client.now) == []
    (compute,) = client.session.authenticated(ANN, now=client.now)
    assert asked(compute) == ((), [0], [])


def test_a_new_identity_has_every_query_run_again() -> None:
    client = following(0, 1)
    client.say(log_in(0, value="jwt"))
    (compute,) = client.session.authenticated(ANN, now=NOW)
    assert asked(compute) == ((), [0, 1], [])
    assert client.computed(10, q0=Success(1.0), q1=Success(2.0)) == [
        transition((1, 0, 10), (1, 1, 10), updated(1, "2.0"))
    ]
    (compute,) = client.say(log_in(1, "None"))
    assert asked(compute) == ((), [0, 1], [])
    assert client.computed(10, q0=Success(1.0), q1=Success(2.0)) == [transition((1, 1, 10), (1, 2, 10))]


def test_a_mutation_keeps_the_identity_in_force_when_it_came() -> None:
    client = Client()
    client.say(request("Mutation", 0))
    client.say(request("Mutation", 1))
    client.say(log_in(0, value="jwt"))
    client.session.authenticated(ANN, now=NOW)
    *_, begun = client.mutated(0, Success(None), 5)
    assert begun == run(1)


def test_a_result_of_the_old_identity_is_told_under_its_version() -> None:
    client = Client()
    client.say(modify(0, add(0)))
    client.say(log_in(0, value="jwt"))
    assert client.session.authenticated(ANN, now=NOW) == []
    told, compute = client.computed(5, q0=Success(1.0))
    assert told == transition((0, 0, 0), (1, 0, 5), updated(0, "1.0"))
    assert asked(compute) == ((), [0], [])


def test_an_administrator_may_act_as_somebody() -> None:
    for key in ("impersonating", "acting_as"):
        frame = log_in(0, "Admin", value="key", impersonating={"subject": "ann"}).replace("impersonating", key)
        assert Client().say(frame) == [Authenticate(AdminKey("key", {"subject": "ann"}))]


def test_a_token_that_is_no_good() -> None:
    client = Client()
    client.say(log_in(0, value="jwt"))
    assert client.session.authentication_failed("Could not verify ..", now=NOW) == [
        Send('{"type":"AuthError","error":"Could not verify ..","baseVersion":0,"authUpdateAttempted":true}'),
        Close(),
    ]


def test_an_identity_of_another_version_is_an_internal_error() -> None:
    assert Client().say(log_in(1, value="jwt")) == [INTERNAL]


@pytest.mark.parametrize("what", ["mutation", "action", "transition", "tick"])
def test_an_identity_may_expire(what: str) -> None:
    client = Client()
    client.say(log_in(0, value="jwt"))
    client.session.authenticated(Identity(key="ann", expires_at=NOW + 5), now=NOW)
    client.computed(5)
    assert client.session.tick(now=NOW + 4) == []
    client.now = NOW + 5
    effects = {
        "mutation": lambda: client.say(request("Mutation", 0)),
        "action": lambda: client.say(request("Action", 0)),
        "transition": lambda: client.say(modify(0)),
        "tick": lambda: client.session.tick(now=client.now),
    }[what]()
    error = '"error":"Convex token identity expired","baseVersion":1,"authUpdateAttempted":false'
    assert effects == [Send(f'{{"type":"AuthError",{error}}}'), Close()]


# The envelope


def test_a_client_that_has_seen_a_future_that_is_not_ours() -> None:
    frame = CONNECT[:-1] + f',"maxObservedTimestamp":"{timestamp_text(8)}"}}'
    client = Client(connected=False)
    client.latest = 7
    assert client.say(frame) == [INTERNAL]
    client = Client(connected=False)
    client.latest = 8
    assert client.say(frame) == []


def test_connect_comes_first_and_once() -> None:
    assert Client(connected=False).say(modify(0)) == fatal("The first message of a client is Connect.")
    assert Client().say(CONNECT) == fatal("A client connects once on each socket.")


def test_events_are_of_no_interest() -> None:
    assert Client().say('{"type":"Event","eventType":"Whatever","event":{"a":[1]}}') == []


MALFORMED: list[tuple[str | bytes, str]] = [
    (b"{}", "Received a binary frame; messages are text."),
    ("[]", "Received an invalid message: it should be an object."),
    (
        "{}",
        "Received an invalid message: a message has a `type` of Connect, ModifyQuerySet, Mutation, Action, "
        "Authenticate, Event.",
    ),
    (
        modify(0, {"type": "Change"}),
        "Received an invalid message: a modification has a `type` of Add, Remove.",
    ),
    (modify(0, 1), "Received an invalid message: `modifications` should be objects."),
    (
        modify(0).replace(":0", ":0.0"),
        "Received an invalid message: `baseVersion` should be an integer of 32 bits, without a sign.",
    ),
    (
        modify(0).replace(":0", ":true"),
        "Received an invalid message: `baseVersion` should be an integer of 32 bits, without a sign.",
    ),
    (
        request("Mutation", 2**32),
        "Received an invalid message: `requestId` should be an integer of 32 bits, without a sign.",
    ),
    (
        request("Mutation", -1),
        "Received an invalid message: `requestId` should be an integer of 32 bits, without a sign.",
    ),
    ('{"type":"Mutation","requestId":1,"udfPath":"m:f"}', "Received an invalid message: `args` should be an array."),
    (
        '{"type":"Mutation","requestId":1,"udfPath":"m:f","args":{}}',
        "Received an invalid message: `args` should be an array.",
    ),
    ('{"type":"Mutation","requestId":1,"args":[]}', "Received an invalid message: `udfPath` should be a text."),
    (
        modify(0, add(0, journal="j")).replace('"j"', "1"),
        "Received an invalid message: `journal` should be a text.",
    ),
    (log_in(0, "Other"), 'Received an invalid message: `tokenType` should be "User", "Admin" or "None".'),
    (log_in(0), "Received an invalid message: `value` should be a text."),
    (
        request("Mutation", 0, arguments={"a": "X"}).replace("X", "\\ud800"),
        "Received an invalid message: not JSON: the text is not Unicode",
    ),
]


@pytest.mark.parametrize(("frame", "message"), MALFORMED)
def test_what_is_no_message_is_fatal(frame: str | bytes, message: str) -> None:
    assert Client().say(frame) == fatal(message)


NO_TIMESTAMP = "`maxObservedTimestamp` should be a timestamp: eight bytes in base64."


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SESSION_ID, "x", "`sessionId` should be a UUID."),
        ('"InitialConnect"', "1", "`lastCloseReason` should be a text."),
        ('"type"', '"maxObservedTimestamp":"AAA=","type"', NO_TIMESTAMP),
        ('"type"', '"maxObservedTimestamp":"//////////8=","type"', NO_TIMESTAMP),
        ('"type"', '"maxObservedTimestamp":"é","type"', NO_TIMESTAMP),
        ('"type"', '"clientTs":1e999,"type"', "`clientTs` should be milliseconds since the epoch."),
        ('"type"', '"clientTs":true,"type"', "`clientTs` should be milliseconds since the epoch."),
    ],
)  # fmt: skip
def test_who_connects_has_to_say_so_properly(old: str, new: str, message: str) -> None:
    frame = CONNECT.replace(old, new)
    assert Client(connected=False).say(frame) == fatal(f"Received an invalid message: {message}")


# Chunks


@pytest.mark.parametrize(
    ("client", "in_pieces"),
    [
        (ClientVersion("npm", (1, 28, 0)), True),
        (ClientVersion("npm", (1, 27, 9)), False),
        (ClientVersion("python", (1, 48, 0)), False),
        (None, False),
    ],
)
def test_large_transitions_come_in_pieces_to_those_who_know_them(client: ClientVersion | None, in_pieces: bool) -> None:
    talk = Client(client=client, limits=Limits(frame_bytes=64), slow=True)
    talk.say(modify(0, add(0)))
    effects = talk.computed(5, q0=Success("é€𐀀" * 30))
    frames = [read_json(effect.text) for effect in effects if isinstance(effect, Send)]
    whole = transition((0, 0, 0), (1, 0, 5), updated(0, '"' + "é€𐀀" * 30 + '"'))
    if not in_pieces:
        assert effects == [whole]
        return
    pieces = [frame for frame in frames if isinstance(frame, dict)]
    assert "".join(str(piece["chunk"]) for piece in pieces) == whole.text
    assert all(len(str(piece["chunk"]).encode()) <= 64 for piece in pieces)
    assert [piece["partNumber"] for piece in pieces] == list(range(len(pieces)))
    assert {(piece["type"], piece["totalParts"]) for piece in pieces} == {("TransitionChunk", len(pieces))}
    assert len({piece["transitionId"] for piece in pieces}) == 1
    assert [effect.ends_transition for effect in effects if isinstance(effect, Send)] == [False] * (len(pieces) - 1) + [
        True
    ]


# Liveness


def test_a_ping_after_fifteen_seconds_without_a_message() -> None:
    client = Client()
    assert client.session.tick(now=NOW + 14_999) == []
    assert client.passed(client.session.tick(now=NOW + 15_000)) == [Send('{"type":"Ping"}')]
    client.now = NOW + 20_000
    client.say(modify(0))
    client.computed(5)
    assert client.session.tick(now=NOW + 34_999) == []
    assert client.session.tick(now=NOW + 35_000) == [Send('{"type":"Ping"}')]
    assert client.session.tick(now=NOW + 55_000) == []  # the last one has not left yet


def test_a_client_that_is_silent_for_two_minutes_is_gone() -> None:
    session = Client(limits=Limits(ping_after=1e9)).session
    assert session.tick(now=NOW + 119_999) == []
    assert session.heard(now=NOW + 119_999) == []
    assert session.tick(now=NOW + 239_998) == []
    assert session.tick(now=NOW + 239_999) == [Close()]
    others = Client(limits=Limits(ping_after=1e9, silence=None)).session
    assert others.tick(now=NOW + 1e8) == []


# Text that is no Unicode can come from a program


def test_half_a_surrogate_pair_is_replaced() -> None:
    client = Client()
    client.say(request("Action", 0))
    (answer, _) = client.acted(0, Failure("\ud800", ("[LOG] '\udc00'",)))
    assert isinstance(answer, Send)
    assert answer.text.endswith('Server Error\\n?","logLines":["[LOG] \'?\'"]}')


# Shells that break the contract


def test_a_shell_that_breaks_the_contract_is_told() -> None:
    client = following(0)
    with pytest.raises(ValueError, match="nobody has asked for a transition"):
        client.computed(11)
    with pytest.raises(ValueError, match="mutation 3 is not running"):
        client.mutated(3, Success(None), 4)
    with pytest.raises(ValueError, match="action 3 is not running"):
        client.acted(3, Success(None))
    with pytest.raises(ValueError, match="nobody has asked to be authenticated"):
        client.session.authenticated(ANN, now=NOW)
    with pytest.raises(ValueError, match="nobody has asked to be authenticated"):
        client.session.authentication_failed("", now=NOW)
    client.say(modify(1, add(1)))
    with pytest.raises(ValueError, match="the snapshot 9 lies before what the client knows of"):
        client.computed(9, q1=Success(None))
    with pytest.raises(ValueError, match="query 1 was not run"):
        client.computed(10)
    client = following(0)
    client.say(request("Mutation", 0))
    with pytest.raises(ValueError, match="mutation 0 has a timestamp if and only if it succeeds"):
        client.mutated(0, Success(None), None)
    client = following(0)
    client.say(request("Mutation", 0))
    client.mutated(0, Success(None), 12)
    with pytest.raises(ValueError, match="the snapshot 11 lies before what the client knows of"):
        client.computed(11)
