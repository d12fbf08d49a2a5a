"""The server's end of a socket: carries out what a session asks for, when it is told to go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from convexgen.authoring.contexts import UserIdentity
from convexgen.runtime.calls import Call, Identity, Outcome, SessionRequest
from convexgen.runtime.engine.contract import EngineError, MutationResult, QueryResult, Watch
from convexgen.runtime.engine.engine import Engine
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
    UserToken,
)

IMPOSTOR = "impostor"
"""Whom the server does not believe."""
_RETRIES = 2

Next: TypeAlias = Literal["anything", "query"]
"""What a task does when it goes on: a query waits for another run of itself, so there are times when it must not."""


class Process(Protocol):
    """The server around all sockets."""

    engine: Engine

    @property
    def milliseconds(self) -> float: ...

    def run_mutation(self, call: Call, request: SessionRequest | None, connection: int | None) -> MutationResult: ...
    def run_action(self, call: Call) -> Outcome: ...
    def run_query(self, call: Call, journal: str | None, timestamp: int) -> QueryResult: ...


@dataclass
class Task:
    """Something that is done in the background, a step at a time."""

    steps: Generator[Next, None, None]
    next: Next = "anything"
    is_going_on: bool = False


@dataclass
class Connection:
    """`from_client` and `to_client` are the wire. Each end notices by itself that the other is gone."""

    server: Process
    session: Session
    number: int
    from_client: deque[str | bytes] = field(default_factory=deque)
    to_client: deque[Send | Close] = field(default_factory=deque)
    buffer: deque[Send | Close] = field(default_factory=deque)
    tasks: list[Task] = field(default_factory=list)
    news: deque[tuple[int, int]] = field(default_factory=deque)
    watches: dict[int, Watch] = field(default_factory=dict)
    client_is_there: bool = True
    server_is_there: bool = True
    had_trouble: bool = False

    def say(self, frame: str) -> None:
        """The client sends something."""
        self.from_client.append(frame)

    def receive(self) -> None:
        frame = self.from_client.popleft()
        latest = self.server.engine.latest
        self._carry_out(self.session.receive(frame, now=self.server.milliseconds, latest=latest))

    def send(self) -> None:
        """Something leaves the buffer."""
        effect = self.buffer.popleft()
        self.to_client.append(effect)
        if isinstance(effect, Close):
            self.lose()
        else:
            self._carry_out(self.session.sent(effect, now=self.server.milliseconds))

    def tick(self) -> None:
        self._carry_out(self.session.tick(now=self.server.milliseconds))

    def tell_news(self) -> None:
        query_id, timestamp = self.news.popleft()
        self._carry_out(self.session.query_went_stale(query_id, timestamp, now=self.server.milliseconds))

    def lose(self) -> None:
        """The socket is no more."""
        self.server_is_there = False
        for watch in self.watches.values():
            watch.close()
        self.watches.clear()
        self.news.clear()

    def die(self) -> None:
        """The server's process is no more."""
        self.server_is_there = False
        for task in self.tasks:
            task.steps.close()
        self.tasks.clear()
        self.buffer.clear()
        self.news.clear()
        self.watches.clear()

    def go_on(self, task: Task) -> None:
        task.is_going_on = True
        try:
            task.next = next(task.steps)
        except StopIteration:
            self.tasks.remove(task)
        except EngineError as error:
            self.had_trouble = True
            self.tasks.remove(task)
            self._carry_out(self.session.engine_failed(error.code, now=self.server.milliseconds))
        finally:
            task.is_going_on = False

    def _carry_out(self, effects: list[Effect]) -> None:
        if not self.server_is_there:
            return
        for effect in effects:
            match effect:
                case Send() | Close():
                    self.buffer.append(effect)
                case RunMutation():
                    self.tasks.append(Task(self._mutate(effect)))
                case Authenticate():
                    self.tasks.append(Task(self._authenticate(effect)))
                case ComputeTransition():
                    self.tasks.append(Task(self._compute(effect, self.server.engine.latest)))
                case RunAction():
                    self.tasks.append(Task(self._act(effect)))

    def _mutate(self, effect: RunMutation) -> Generator[Next, None, None]:
        result = self.server.run_mutation(effect.call, effect.request, self.number)
        yield "anything"
        finished = self.session.mutation_finished
        now = self.server.milliseconds
        self._carry_out(finished(effect.request.request_id, result.outcome, result.timestamp, now=now))

    def _act(self, effect: RunAction) -> Generator[Next, None, None]:
        outcome = self.server.run_action(effect.call)
        yield "anything"
        self._carry_out(self.session.action_finished(effect.request_id, outcome, now=self.server.milliseconds))

    def _authenticate(self, effect: Authenticate) -> Generator[Next, None, None]:
        name = effect.credentials.value if isinstance(effect.credentials, UserToken) else IMPOSTOR
        yield "anything"
        if name == IMPOSTOR:
            self._carry_out(self.session.authentication_failed("who is that?", now=self.server.milliseconds))
        else:
            identity = Identity(
                UserIdentity(token_identifier=f"here|{name}", subject=name, issuer="here"), f"here|{name}"
            )
            self._carry_out(self.session.authenticated(identity, now=self.server.milliseconds))

    def _compute(self, wanted: ComputeTransition, timestamp: int) -> Generator[Next, None, None]:
        for query_id in wanted.removed:
            self._unwatch(query_id)
        stale = [each for each in wanted.watched if self._is_stale(each.query_id)]
        results: dict[int, QueryResult] = {}
        for live in (*wanted.to_run, *stale):
            yield "query"
            results[live.query_id] = yield from self._run_query(live, timestamp)
        yield "anything"
        if not self.server_is_there:
            return
        for query_id, result in results.items():
            self._watch(query_id, result, timestamp)
        computed = {query_id: ComputedQuery(result.outcome, result.journal) for query_id, result in results.items()}
        self._carry_out(self.session.computed(timestamp, computed, now=self.server.milliseconds))

    def _run_query(self, live: LiveCall, timestamp: int) -> Generator[Next, None, QueryResult]:
        for _ in range(_RETRIES):
            try:
                return self.server.run_query(live.call, live.journal, timestamp)
            except EngineError:
                yield "query"
        return self.server.run_query(live.call, live.journal, timestamp)

    def _is_stale(self, query_id: int) -> bool:
        watch = self.watches.get(query_id)
        return watch is None or watch.is_stale

    def _watch(self, query_id: int, result: QueryResult, timestamp: int) -> None:
        self._unwatch(query_id)
        self.watches[query_id] = self.server.engine.watch(result, lambda: self.news.append((query_id, timestamp)))

    def _unwatch(self, query_id: int) -> None:
        watch = self.watches.pop(query_id, None)
        if watch is not None:
            watch.close()
