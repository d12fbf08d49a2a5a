"""Whatever clients say and in whatever order things end: what they rely on holds, and nothing raises."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen.runtime.calls import Failure, Identity, Success
from convexgen.runtime.sync import (
    Authenticate,
    Close,
    ComputedQuery,
    ComputeTransition,
    Effect,
    LiveCall,
    RunAction,
    RunMutation,
    Send,
    Session,
    read_timestamp,
)
from tests.runtime.sync.client import CONNECT, NOW, NPM, add, log_in, modify, remove, request
from tests.runtime.values.strategies import JSON

ROLLS = st.lists(st.integers(0, 2**16), max_size=80)


class World:
    """An engine, a socket and a client, moved by numbers: each decides which of the things that may happen does."""

    def __init__(self) -> None:
        self.session = Session(NPM, disclosure="everything", now=NOW)
        self.latest = 1
        self.under_way: list[Callable[[int], list[Effect]]] = []
        self.buffer: list[Send] = []
        self.closed = False
        self.told: Any = {"querySet": 0, "identity": 0, "ts": 0}
        self.values: dict[int, Any] = {}
        self.truth: dict[int, float] = {}
        self.asked_for: set[int] = set()
        self.requested: list[int] = []
        self.answers: dict[int, int] = {}
        self.awaited = self.actions = 0
        self.query_set = self.identity = 0
        self.run_at: dict[int, int] = {}
        self.changed_at: dict[int, int] = {}
        self.mutating = self.computing = False
        self.carry_out(self.session.receive(CONNECT, now=NOW, latest=1))

    def carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            assert not self.closed, "an effect after Close"
            match effect:
                case Send():
                    self.buffer.append(effect)
                    assert sum(each.ends_transition for each in self.buffer) <= 2
                    self.hear(json.loads(effect.text))
                case Close():
                    self.closed = True
                case RunMutation():
                    assert not self.mutating
                    self.mutating = True
                    self.under_way.append(self.mutation(effect))
                case RunAction():
                    self.under_way.append(self.action(effect.request_id))
                case Authenticate():
                    self.under_way.append(lambda _: self.session.authenticated(Identity(key="ann"), now=NOW))
                case ComputeTransition():
                    assert not self.computing
                    self.computing = True
                    self.under_way.append(self.transition(effect))

    def action(self, request_id: int) -> Callable[[int], list[Effect]]:
        return lambda _: self.session.action_finished(request_id, Success(1.0), now=NOW)

    def mutation(self, effect: RunMutation) -> Callable[[int], list[Effect]]:
        def finish(roll: int) -> list[Effect]:
            self.mutating = False
            number = effect.request.request_id
            if roll % 4 == 0:
                return self.session.mutation_finished(number, Failure("Uncaught X"), None, now=NOW)
            self.commit(roll % 3)
            return self.session.mutation_finished(number, Success(None), self.latest, now=NOW)

        return finish

    def commit(self, query_id: int) -> None:
        self.latest += 1
        self.truth[query_id] = float(self.latest)
        self.changed_at[query_id] = self.latest

    def transition(self, effect: ComputeTransition) -> Callable[[int], list[Effect]]:
        timestamp = self.latest

        def is_stale(query: LiveCall) -> bool:
            return self.changed_at.get(query.query_id, 0) > self.run_at[query.query_id]

        calls = [*effect.to_run, *(each for each in effect.watched if is_stale(each))]
        results = {each.query_id: ComputedQuery(Success(self.truth.get(each.query_id, 0.0))) for each in calls}

        def finish(_: int) -> list[Effect]:
            self.computing = False
            self.run_at.update(dict.fromkeys(results, timestamp))
            return self.session.computed(timestamp, results, now=NOW)

        return finish

    def hear(self, message: Any) -> None:
        """What a client checks, or takes for granted."""
        if message["type"] == "Transition":
            start, end = (
                {**message[key], "ts": read_timestamp(message[key]["ts"])} for key in ("startVersion", "endVersion")
            )
            assert start == self.told
            assert all(end[key] >= start[key] for key in start)
            assert end["ts"] >= max(self.answers.values(), default=0)
            self.told, self.awaited = end, 0
            for each in message["modifications"]:
                if each["type"] == "QueryRemoved":
                    self.values.pop(each["queryId"], None)
                else:
                    self.values[each["queryId"]] = each["value"]
        elif message["type"] == "MutationResponse":
            assert message["requestId"] not in self.answers, "two answers"
            in_order = list(self.answers)
            assert in_order == self.requested[: len(in_order)]
            timestamp = read_timestamp(message["ts"]) if message["success"] else 0
            assert message["requestId"] == self.requested[len(in_order)]
            assert timestamp == 0 or timestamp > self.told["ts"], "a transition had the effect already"
            self.answers[message["requestId"]] = timestamp
            self.awaited += 1
        else:
            assert message["type"] == "ActionResponse"

    def move(self, roll: int) -> None:
        choice, roll = roll % 8, roll // 8
        if choice < 3 and self.under_way:
            self.carry_out(self.under_way.pop(roll % len(self.under_way))(roll))
        elif choice == 3 and self.buffer:
            self.carry_out(self.session.sent(self.buffer.pop(0), now=NOW))
        elif choice == 4:
            self.commit(roll % 3)
        elif choice == 5 and self.run_at:
            query_id = sorted(self.run_at)[roll % len(self.run_at)]
            if self.changed_at.get(query_id, 0) > self.run_at[query_id]:
                self.carry_out(self.session.query_went_stale(query_id, self.run_at[query_id], now=NOW))
        else:
            self.carry_out(self.session.receive(self.frame(roll), now=NOW, latest=self.latest))

    def frame(self, roll: int) -> str:
        choice, roll = roll % 4, roll // 4
        if choice == 0:
            self.requested.append(len(self.requested))
            return request("Mutation", self.requested[-1])
        if choice == 1:
            self.identity += 1
            return log_in(self.identity - 1, *(("None",) if roll % 2 else ("User",)), value="jwt")
        if choice == 2:
            self.actions += 1
            return request("Action", 1000 + self.actions)
        query_id = roll % 3
        change = remove(query_id) if query_id in self.asked_for else add(query_id)
        self.asked_for ^= {query_id}
        self.query_set += 1
        return modify(self.query_set - 1, change)

    def settle(self) -> None:
        """Everything comes to its end, and every watch reports."""
        while not self.closed:
            while self.under_way or self.buffer:
                if self.under_way:
                    self.carry_out(self.under_way.pop(0)(1))
                else:
                    self.carry_out(self.session.sent(self.buffer.pop(0), now=NOW))
            for query_id, run_at in list(self.run_at.items()):
                if self.changed_at.get(query_id, 0) > run_at and query_id in self.asked_for:
                    self.carry_out(self.session.query_went_stale(query_id, run_at, now=NOW))
            if not (self.under_way or self.buffer):
                return


@settings(max_examples=300)
@given(ROLLS)
def test_clients_end_up_with_the_truth_and_every_step_can_be_followed(rolls: list[int]) -> None:
    world = World()
    for roll in rolls:
        world.move(roll)
    world.settle()
    if not world.closed:
        assert world.values == {each: world.truth.get(each, 0.0) for each in world.asked_for}
        assert list(world.answers) == world.requested
        assert world.awaited == 0, "an answer without a transition after it"
        assert (world.told["querySet"], world.told["identity"]) == (world.query_set, world.identity)


GOOD = [json.loads(each) for each in (CONNECT, modify(0, add(0)), request("Mutation", 0), log_in(0, value="x"))]
NAMES = sorted({name for message in GOOD for name in message})


@given(st.sampled_from(GOOD), st.sampled_from(NAMES), JSON, st.booleans())
def test_a_frame_with_something_wrong_is_taken_or_ends_it_all(
    good: Any, name: str, value: Any, connected: bool
) -> None:
    _survives(json.dumps({**good, name: value}), connected)


@given(st.one_of(st.text(), st.binary(), JSON.map(json.dumps)), st.booleans())
def test_any_frame_at_all_is_taken_or_ends_it_all(frame: str | bytes, connected: bool) -> None:
    _survives(frame, connected)


def _survives(frame: str | bytes, connected: bool) -> None:
    session = Session(NPM, disclosure="everything", now=NOW)
    if connected:
        session.receive(CONNECT, now=NOW, latest=1)
    effects = session.receive(frame, now=NOW, latest=1)
    for effect in effects:
        if isinstance(effect, Send):
            effect.text.encode()
            assert json.loads(effect.text)["type"] in ("FatalError", "MutationResponse", "ActionResponse")
    assert session.is_closed == any(isinstance(effect, Close) for effect in effects)
    assert not session.is_closed or (effects and isinstance(effects[-1], Close))
    assert not session.is_closed or session.receive(CONNECT, now=NOW, latest=1) == []
