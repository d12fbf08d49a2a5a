"""Our client against our server, cut apart at any point: what users of both rely on holds in the end, and all along.

The engine is a model: one number that every query gives, and mutations that add one to it. Both queries that the client
follows thus always have one value, unless the client shows them as of different times.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen.runtime.calls import Failure, Identity, SessionRequest
from convexgen.runtime.calls import Success as Succeeded
from convexgen.runtime.sync import (
    Authenticate,
    Close,
    ComputedQuery,
    ComputeTransition,
    Effect,
    RunAction,
    RunMutation,
    Session,
    UserToken,
)
from convexgen.runtime.sync import Send as Say
from templates.python.runtime.live.conversation import Conversation
from templates.python.runtime.live.effects import (
    Answered,
    AuthChanged,
    Changed,
    FetchToken,
    Open,
    Send,
    Shut,
)
from templates.python.runtime.live.messages import Lost, Outcome, Success
from templates.python.runtime.transport import EditableResults

ROLLS = st.lists(st.integers(0, 2**16), max_size=120)
PATHS = ("numbers:one", "numbers:other")
NOW = 1_700_000_000.0


class Engine:
    """A number under a clock, and which mutations have run."""

    def __init__(self) -> None:
        self.latest = 1
        self.number = 0
        self.commits: dict[SessionRequest, tuple[int, int]] = {}

    def add(self, request: SessionRequest) -> tuple[float, int]:
        if request not in self.commits:
            self.number += 1
            self.latest += 1
            self.commits[request] = (self.number, self.latest)
        number, timestamp = self.commits[request]
        return float(number), timestamp


class Server:
    """The server's end of one socket. What it has begun goes on when the socket is gone."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.session = Session(None, disclosure="everything", now=NOW)
        self.said: deque[str | Close] = deque()
        self.under_way: list[Callable[[int], list[Effect]]] = []
        self.run_at: dict[int, int] = {}

    def hear(self, text: str) -> None:
        self.carry_out(self.session.receive(text, now=NOW, latest=self.engine.latest))

    def carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Say():
                    self.said.append(effect.text)
                    self.carry_out(self.session.sent(effect, now=NOW))
                case Close():
                    self.said.append(effect)
                case RunMutation():
                    self.under_way.append(self.mutation(effect))
                case RunAction():
                    self.under_way.append(self.action(effect.request_id))
                case Authenticate():
                    self.under_way.append(self.authentication(effect))
                case ComputeTransition():
                    self.under_way.append(self.transition(effect))

    def mutation(self, effect: RunMutation) -> Callable[[int], list[Effect]]:
        def finish(_: int) -> list[Effect]:
            number = effect.request.request_id
            if number % 5 == 3:
                return self.session.mutation_finished(number, Failure("Uncaught X"), None, now=NOW)
            result, timestamp = self.engine.add(effect.request)
            return self.session.mutation_finished(number, Succeeded(result), timestamp, now=NOW)

        return finish

    def action(self, request_id: int) -> Callable[[int], list[Effect]]:
        return lambda _: self.session.action_finished(request_id, Succeeded(None), now=NOW)

    def authentication(self, effect: Authenticate) -> Callable[[int], list[Effect]]:
        def finish(_: int) -> list[Effect]:
            assert isinstance(effect.credentials, UserToken)
            if effect.credentials.value.startswith("good"):
                return self.session.authenticated(Identity(key=effect.credentials.value), now=NOW)
            return self.session.authentication_failed("no", now=NOW)

        return finish

    def transition(self, effect: ComputeTransition) -> Callable[[int], list[Effect]]:
        timestamp = self.engine.latest
        result = ComputedQuery(Succeeded(float(self.engine.number)))
        stale = [each for each in effect.watched if self.run_at[each.query_id] < timestamp]
        results = {each.query_id: result for each in (*effect.to_run, *stale)}

        def finish(_: int) -> list[Effect]:
            self.run_at.update(dict.fromkeys(results, timestamp))
            return self.session.computed(timestamp, results, now=NOW)

        return finish

    def work(self, roll: int) -> bool:
        """One thing that was begun comes to its end."""
        if not self.under_way:
            return False
        self.carry_out(self.under_way.pop(roll % len(self.under_way))(roll))
        return True

    def notice(self) -> None:
        """The watches of results that have changed report."""
        for query_id, timestamp in list(self.run_at.items()):
            if timestamp < self.engine.latest:
                self.carry_out(self.session.query_went_stale(query_id, timestamp, now=NOW))


class World:
    """A client, the servers of its sockets, and two lines between them, moved by numbers."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.client = Conversation("6f6cb00a-9813-4c6a-8ccd-871ec5a6485c", lambda: 0.5)
        self.now = NOW
        self.servers: list[Server] = []
        self.line: deque[str] = deque()
        self.is_open = self.is_opening = False
        self.followed: list[int] = []
        self.outcomes: dict[int, Outcome] = {}
        self.answers: dict[int, Outcome | Lost] = {}
        self.mutations: list[int] = []
        self.actions: list[int] = []
        self.seen_until = 0
        self.tokens: list[FetchToken] = []
        self.client.start(self.now)
        self.carry_out()

    def carry_out(self) -> None:
        for effect in self.client.take_effects():
            match effect:
                case Open():
                    assert not self.is_open
                    self.is_opening = True
                case Shut():
                    self.cut()
                case Send(text):
                    assert self.is_open
                    self.line.append(text)
                case Changed():
                    self.show(effect)
                case Answered(request_id, outcome):
                    assert request_id not in self.answers, "two answers"
                    self.answers[request_id] = outcome
                    self.see_own_writes(outcome)
                case FetchToken():
                    self.tokens.append(effect)
                case other:
                    assert isinstance(other, AuthChanged), other

    def show(self, changed: Changed) -> None:
        assert changed.timestamp >= self.seen_until, "back in time"
        self.seen_until = changed.timestamp
        for query_id, outcome in changed.outcomes.items():
            assert self.outcomes.get(query_id) != outcome, "nothing new"
            self.outcomes[query_id] = outcome
        assert len({str(self.client.outcome(each)) for each in set(self.followed)} - {"None"}) <= 1

    def see_own_writes(self, outcome: Outcome | Lost) -> None:
        if isinstance(outcome, Success) and outcome.value is not None:
            assert isinstance(outcome.value, float)
            for query_id in self.followed:
                shown = self.client.outcome(query_id)
                assert shown is None or (isinstance(shown, Success) and float(str(shown.value)) >= outcome.value)

    def cut(self) -> None:
        """The socket is gone; what it carried is lost."""
        self.is_open = self.is_opening = False
        self.line.clear()

    def move(self, roll: int) -> None:
        choice, roll = roll % 16, roll // 16
        if choice < 3:
            self.deliver()
        elif choice < 6:
            self.reply()
        elif choice < 9 and self.servers:
            self.servers[roll % len(self.servers)].work(roll)
        elif choice == 9 and self.servers:
            self.servers[-1].notice()
        elif choice == 10:
            self.connect(succeeds=bool(roll % 3))
        elif choice == 11 and roll % 2 and self.is_open:
            self.cut()
            self.client.closed("gone", self.now)
        elif choice == 12 and roll % 2:
            self.set_token(roll)
        else:
            self.ask(roll)
        self.carry_out()

    def ask(self, roll: int) -> None:
        choice, roll = roll % 4, roll // 4
        if choice == 0:
            self.mutations.append(self.client.mutate("numbers:add", {}, add_one if roll % 2 else None))
        elif choice == 1:
            self.actions.append(self.client.act("numbers:act", {}))
        elif choice == 2 or not self.followed:
            self.followed.append(self.client.follow(PATHS[roll % 2], {}))
        else:
            query_id = self.followed.pop(roll % len(self.followed))
            self.client.leave(query_id)
            if query_id not in self.followed:
                self.outcomes.pop(query_id, None)

    def set_token(self, roll: int) -> None:
        match roll % 4:
            case 1:
                self.client.set_token("good" if roll % 3 else "bad", self.now)
            case 2:
                self.client.fetch_tokens()
            case _ if self.tokens:
                fetch = self.tokens.pop(roll % len(self.tokens))
                token = [None, "bad", "good", f"good {roll}"][roll % 7 % 4]
                self.client.token_fetched(fetch.attempt, token, self.now)
            case _:
                self.client.set_token(None, self.now)

    def deliver(self) -> None:
        if self.line:
            self.servers[-1].hear(self.line.popleft())

    def reply(self) -> None:
        if self.is_open and self.servers[-1].said:
            said = self.servers[-1].said.popleft()
            if isinstance(said, Close):
                self.cut()
                self.client.closed(said.reason or "closed", self.now)
            else:
                self.client.received(said, self.now)

    def connect(self, *, succeeds: bool) -> None:
        if self.is_opening:
            self.is_opening = False
            if succeeds:
                self.is_open = True
                self.servers.append(Server(self.engine))
                self.client.opened(self.now)
            else:
                self.client.closed("refused", self.now)
        elif not self.is_open and self.client.deadline is not None:
            self.now = max(self.now, self.client.deadline)
            self.client.tick(self.now)

    def settle(self) -> None:
        """The line holds from now on, and everything comes to its end."""
        for _ in range(2000):
            self.connect(succeeds=True)
            while self.tokens:
                self.client.token_fetched(self.tokens.pop().attempt, "good", self.now)
            self.carry_out()
            busy = bool(self.line) or self.is_opening or not self.is_open
            self.deliver()
            for server in self.servers:
                busy |= server.work(1)
            self.reply()
            self.carry_out()
            if self.servers:
                self.servers[-1].notice()
                busy |= bool(self.servers[-1].said)
                busy |= bool(self.servers[-1].under_way)
            if not busy and self.is_open and not self.tokens:  # the last reply may have ended the connection
                return
        raise AssertionError("no end to it")


def add_one(results: EditableResults) -> None:
    for path in PATHS:
        value = results.get(path, {})
        if isinstance(value, float):
            results.set(path, {}, value + 1)


@given(ROLLS)
def test_each_mutation_counts_once_and_what_is_shown_is_true(rolls: list[int]) -> None:
    live(rolls)


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_long_lives(seed: int) -> None:
    """The same, for what only shows after many connections; lists that Hypothesis draws are short."""
    live(Random(seed).choices(range(2**16), k=250))


def live(rolls: list[int]) -> None:
    world = World()
    for roll in rolls:
        world.move(roll)
    world.settle()
    assert sorted(world.answers) == sorted(world.mutations + world.actions)
    successes = [each for each in world.mutations if isinstance(world.answers[each], Success)]
    assert not any(isinstance(world.answers[each], Lost) for each in world.mutations)
    assert world.engine.number == len(successes)
    assert [request.request_id for request in world.engine.commits] == successes, "in the order of the requests"
    shown = {each: world.client.outcome(each) for each in world.followed}
    assert shown == dict.fromkeys(world.followed, Success(float(world.engine.number)))
    assert world.outcomes == shown
