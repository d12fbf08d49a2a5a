"""One simulation: who does what next is drawn from a seed, and whatever anybody sees is held to the model."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Final, cast

from convexgen.authoring.unset import Unset
from convexgen.runtime.calls import Call, Failure, SessionRequest, Success
from convexgen.runtime.commits import DeployError, Housekeeping
from convexgen.runtime.commits.deployment_record import METADATA, read_record
from convexgen.runtime.engine.contract import EngineError, MutationResult, QueryResult
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.engine.requests import name_of, remembered
from convexgen.runtime.engine.transactions import ATTEMPTS_TOGETHER
from convexgen.runtime.store import Commit, Store, StoreError
from convexgen.runtime.sync import ClientVersion, Close, Limits, Send, Session
from tests.runtime.simulation import asking
from tests.runtime.simulation.client import NOTHING, Client, Request, Told
from tests.runtime.simulation.connection import IMPOSTOR, Connection, Task
from tests.runtime.simulation.history import Asked, History, WrongError
from tests.runtime.simulation.model import EVERYTHING, Refused
from tests.runtime.simulation.moments import meanwhile
from tests.runtime.simulation.stores import CrashError, Disk, StoreOfOneLife
from tests.runtime.simulation.variants import KNOWS_NO_C, NEEDS_MORE, PLAIN, VARIANTS, program

START: Final = 1_700_000_000 * 10**9
SECOND: Final = 10**9
NPM: Final = ClientVersion("npm", (1, 48, 0))
_UNTIL_REST: Final = 20_000

Choice = tuple[float, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How much happens, and how much goes wrong."""

    steps: int = 250
    clients: int = 3
    interruptions: float = 0.15
    crashes: float = 0.02
    failures: float = 0.02


class World:
    """Everything: the clients, the wires, the server, its disk, the clock; and the history that knows the truth."""

    def __init__(self, seed: int, disk: Disk, settings: Settings) -> None:
        self.random = Random(seed)
        self.history = History()
        self.connections: list[Connection] = []
        self.notes: list[str] = []
        """What happened, for whoever replays a seed."""
        self._disk = disk
        self._settings = settings
        self._now = START
        self._sockets = 0
        self._is_troubled = False
        """Whether anything may go wrong: not at the beginning, and not at the end."""
        self._asked: list[Asked] = []
        self._deploying: tuple[str, Generator[object, None, None]] | None = None
        self._deployments = 0
        self._depth = 0
        self._attempts = 0
        self._in_query = False
        self._wrong: BaseException | None = None
        self.clients = [Client(self.random, self) for _ in range(settings.clients)]
        self._pages: dict[Client, asking.PagedList] = {}

    # The server's life

    @property
    def milliseconds(self) -> float:
        return self._now / 1e6

    def run(self) -> None:
        """Raises `WrongError`, or whatever else shows a fault."""
        with meanwhile(self._others_go_on):
            self._boot(PLAIN)
            for name, balance in (("ann", 10), ("bob", 20)):
                self._ask_over_http("accounts:open", {"name": name, "balance": balance})
            self._is_troubled = True
            for _ in range(self._settings.steps):
                self._surviving(self._step)
            self._is_troubled = False
            self._come_to_rest()
            self._check_the_end()

    def _note(self, what: str) -> None:
        self.notes.append(f"{'  ' * self._depth}{what}")

    def _surviving(self, act: Callable[[], object]) -> None:
        try:
            act()
            self._check_that_it_lives()
        except CrashError:
            self._reboot()

    def _check_that_it_lives(self) -> None:
        """What goes wrong within a function is told as its failure; here it comes to light."""
        if self._wrong is not None:
            raise self._wrong
        if self._life.is_over:
            raise CrashError

    def _boot(self, variant: str) -> None:
        self._life = StoreOfOneLife(self._disk.open(), self._committing, self._committed)
        self.engine = Engine(
            cast("Store", self._life),
            clock=lambda: self._now,
            ids=self.random,
            time_limit=self._limited,
            pause=self._pause,
        )
        self._housekeeping = Housekeeping(self.engine.committer)
        if self.engine.latest < self.history.timestamps[-1]:
            raise WrongError(f"after a restart it is {self.engine.latest}, before {self.history.timestamps[-1]}")
        self._begin_to_deploy(variant)
        while self._deploying is not None:
            self._deploy_on()
        self._check_everything()

    def _reboot(self) -> None:
        self._note("the process is gone")
        self._life.is_over = True
        for connection in self.connections:
            connection.server_is_there = False
            for task in connection.tasks:
                task.steps.close()
            connection.tasks.clear()
            connection.buffer.clear()
            connection.watches.clear()
            connection.news.clear()
        if self._deploying is not None:
            with suppress(CrashError):
                self._deploying[1].close()
        self._deploying = None
        self._asked.clear()
        self._depth = 0
        self._in_query = False
        self._disk.lose_process()
        was_troubled, self._is_troubled = self._is_troubled, False
        self._boot(self.history.latest.variant)
        self._is_troubled = was_troubled

    def _committing(self) -> None:
        if self._is_troubled and self.random.random() < self._settings.failures:
            raise StoreError("the disk is full")
        self._perhaps_crash()

    def _committed(self, commit: Commit) -> None:
        record = commit.metadata.get(METADATA)
        self._note(f"commit at {commit.timestamp} of {self._asked[-1] if record is None else 'a deployment'}")
        if record is None:
            asked = self._asked[-1]
            kept = None if asked.request is None else commit.metadata.get(name_of(asked.request))
            self.history.mutation(commit.timestamp, asked, None if kept is None else remembered(kept).value)
        elif (number := read_record(record).number) > self._deployments:
            assert self._deploying is not None
            self._deployments = number
            self.history.deployment(commit.timestamp, self._deploying[0])
        self._perhaps_crash()

    def _perhaps_crash(self) -> None:
        if self._is_troubled and self.random.random() < self._settings.crashes:
            self._crash()

    def _crash(self) -> None:
        self._life.is_over = True
        raise CrashError

    # What happens meanwhile

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Around each run of a function: between its snapshot and its first read, and before its commit."""
        if self._depth == 0:
            self._attempts += 1
        self._others_go_on()
        yield
        self._others_go_on()

    def _pause(self, seconds: float) -> None:
        self._now += round(seconds * SECOND)

    def _others_go_on(self) -> None:
        """Who runs alone has nobody beside it, and those who come meanwhile would wait for it."""
        if not self._is_troubled or self._depth or self._attempts > ATTEMPTS_TOGETHER:
            return
        while self.random.random() < self._settings.interruptions:
            self._depth += 1
            try:
                self._step_beside()
            except BaseException as error:
                if not isinstance(error, CrashError):
                    self._wrong = error
                raise
            finally:
                self._depth -= 1

    def _step_beside(self) -> None:
        """Mostly other functions, so that they get into one another's way."""
        tasks = [
            (1.0, partial(connection.go_on, task))
            for connection in self.connections
            for task in connection.tasks
            if self._may_go_on(task)
        ]
        self._choose([*tasks, (1.0, self._get_in_the_way), (0.5, self._step)])()

    def _get_in_the_way(self) -> None:
        """Ask for the same as the mutation that runs, or for another one."""
        running = self._asked[-1] if self._asked and self._asked[-1].path != asking.STAMP else None
        if running is not None and self.random.random() < 0.5:
            self._ask_over_http(running.path, running.arguments)
        else:
            self._ask_over_http(*asking.mutation_without_chance(self.random))

    def _step(self) -> None:
        self._now += self.random.randrange(20_000_000)
        choices = [*self._choices(), *self._troubles(), *self._wishes()]
        self._choose(choices)()

    def _choose(self, choices: list[Choice]) -> Callable[[], object]:
        weights = [weight for weight, _ in choices]
        return self.random.choices([act for _, act in choices], weights)[0]

    def _choices(self) -> Iterator[Choice]:
        """All that can happen by itself."""
        for connection in self.connections:
            if connection.server_is_there:
                if connection.from_client:
                    yield 3, connection.receive
                if connection.buffer:
                    yield 3, connection.send
                if connection.news:
                    yield 2, connection.tell_news
                if not connection.client_is_there and not connection.from_client:
                    yield 1, connection.lose
            for task in connection.tasks:
                if self._may_go_on(task):
                    yield 3, lambda connection=connection, task=task: connection.go_on(task)
        for client in self.clients:
            connection_ = self._connection(client)
            if connection_ is None:
                yield 1, lambda client=client: self._connect(client)
            elif connection_.to_client:
                yield 3, lambda client=client, connection=connection_: self._hear(client, connection)
            elif not connection_.server_is_there:
                yield 1, lambda client=client: self._cut(client)
        if self._deploying is not None and not self._deploying[1].gi_running:
            yield 1, self._deploy_on

    def _may_go_on(self, task: Task) -> bool:
        return not task.is_going_on and not (self._in_query and task.next == "query")

    def _troubles(self) -> Iterator[Choice]:
        yield 0.1, self._crash
        yield 0.3, self._jump
        yield 0.5, lambda: self._housekeeping.run(self._now)
        for client in self.clients:
            if self._connection(client) is not None:
                yield 0.1, lambda client=client: self._cut(client)
        for connection in self.connections:
            if connection.server_is_there:
                yield 0.05, connection.tick
        if self._deploying is None:
            yield 0.3, lambda: self._begin_to_deploy(self.random.choice(VARIANTS))

    def _wishes(self) -> Iterator[Choice]:
        """What clients do of their own."""
        for client in self.clients:
            yield 1.5, lambda client=client: client.mutate(*asking.mutation(self.random), self._since)
            if len(client.queries) < 6:
                yield 0.5, lambda client=client: client.subscribe(*asking.query(self.random))
            if client.queries and client not in self._pages:
                yield 0.2, lambda client=client: client.unsubscribe(self.random.choice([*client.queries]))
            yield 0.3, lambda client=client: asking.turn_pages(client, self._pages, self.random)
            yield 0.1, lambda client=client: client.log_in(self.random.choice(["ann", "bob", IMPOSTOR, None]))
        yield 0.5, lambda: self._ask_over_http(*asking.mutation_without_chance(self.random))
        if not self._in_query:
            yield 0.5, lambda: self._query_over_http(*asking.query(self.random))

    @property
    def _since(self) -> int:
        return len(self.history.states) - 1

    def _jump(self) -> None:
        """The clock is set, or the machine slept."""
        self._now += round(self.random.choice([-3600, -1, 1, 15, 30, 3600]) * self.random.random() * SECOND)

    # Wires

    def _connection(self, client: Client) -> Connection | None:
        return cast("Connection | None", client.wire)

    def _connect(self, client: Client) -> None:
        self._sockets += 1
        limits = Limits(
            silence=None,
            unsent_transitions=self.random.choice([1, 2]),
            unsent_messages=self.random.choice([1, 3, 100]),
            frame_bytes=self.random.choice([100, 5_000_000]),
        )
        session = Session(NPM, disclosure="everything", now=self.milliseconds, limits=limits)
        connection = Connection(self, session, self._sockets)
        self.connections = [each for each in self.connections if each.tasks or each.server_is_there]
        self.connections.append(connection)
        client.connect(connection)
        self._note(f"client {self.clients.index(client)} connects on socket {self._sockets}")

    def _cut(self, client: Client) -> None:
        connection = self._connection(client)
        assert connection is not None
        connection.client_is_there = False
        connection.to_client.clear()
        lost = self.random.randrange(len(connection.from_client) + 1)
        for _ in range(lost):
            connection.from_client.pop()
        client.disconnected()

    def _hear(self, client: Client, connection: Connection) -> None:
        message = connection.to_client.popleft()
        self._note(f"client {self.clients.index(client)} on socket {connection.number} hears {message}")
        if isinstance(message, Send):
            client.hear(message.text)
            return
        self._check_close(message, connection)
        self._cut(client)

    def _check_close(self, close: Close, connection: Connection) -> None:
        if close.code is not None and not connection.had_trouble:
            raise WrongError(f"closed with {close.code} {close.reason} for no reason")

    # Deployments

    def _begin_to_deploy(self, variant: str) -> None:
        self._deploying = variant, self.engine.deploy(program(variant))

    def _deploy_on(self) -> None:
        assert self._deploying is not None
        variant, steps = self._deploying
        flags, accounts = self.history.latest.flags, self.history.latest.accounts
        fits = not ((variant == KNOWS_NO_C and "c" in flags) or (variant == NEEDS_MORE and accounts))
        try:
            next(steps)
            return
        except StopIteration:
            if not fits:
                raise WrongError(f"the schema {variant} went live, which documents do not fit") from None
        except DeployError as error:
            if fits:
                raise WrongError(f"the schema {variant} was refused: {error}") from error
        except StoreError:
            if not self._is_troubled:
                raise
        self._deploying = None

    # Functions

    def run_mutation(self, call: Call, request: SessionRequest | None, connection: int | None) -> MutationResult:
        """Run it, and see that it did what it should."""
        asked = Asked(call.path, dict(call.arguments), request, connection)
        since = self._since
        outer, self._attempts = self._attempts, 0 if self._depth == 0 else self._attempts
        self._asked.append(asked)
        try:
            result = self.engine.run_mutation(call, request)
        finally:
            if self._asked:
                self._asked.pop()
            self._attempts = outer
            self._check_that_it_lives()
        self._check_mutation(asked, result, since)
        return result

    def _check_mutation(self, asked: Asked, result: MutationResult, since: int) -> None:
        outcome, timestamp = result.outcome, result.timestamp
        if isinstance(outcome, Failure):
            data = _data(outcome)
            if not self.history.might_fail(asked, since, data):
                raise WrongError(f"{asked} failed: {outcome}")
            return
        assert timestamp is not None
        if asked.request is not None:
            entry = self.history.by_request.get(asked.request)
            if entry is None or entry.timestamp > timestamp or entry.result != outcome.value:
                raise WrongError(f"{asked} gave {result}, and what was committed is {entry}")
        else:
            before = self.history.before(timestamp, asked)
            expected = before.mutate(asked.path, asked.arguments)[0]
            if expected != outcome.value:
                raise WrongError(f"{asked} gave {result}, and should have given {expected!r}")
        if timestamp > self.engine.latest:
            raise WrongError(f"{asked} was committed at {timestamp}, and it is only {self.engine.latest}")

    def run_query(self, call: Call, journal: str | None, timestamp: int) -> QueryResult:
        self._note(f"{call.path} {call.arguments} at {timestamp} with journal {journal}")
        outer = self._in_query
        self._in_query = True
        self._attempts = self._attempts if self._depth else 0
        try:
            known = self.engine.cached_query(call, journal=journal, timestamp=timestamp)
            found = known or self.engine.run_query(call, journal=journal, timestamp=timestamp)
            self._note(f"{'known already' if known else 'found'}: {found.outcome}, journal {found.journal}")
        finally:
            self._in_query = outer
            self._check_that_it_lives()
        return found

    def _ask_over_http(self, path: str, arguments: Mapping[str, Any]) -> None:
        with suppress(EngineError):
            self.run_mutation(Call(path, asking.wire(arguments), "mutation"), None, None)

    def _query_over_http(self, path: str, arguments: Mapping[str, Any]) -> None:
        if path == "handles:whoAmI":
            return
        with suppress(EngineError):
            result = self.run_query(Call(path, asking.wire(arguments), "query"), None, self.engine.latest)
            self._check_query(path, arguments, result.timestamp, _seen(result))

    def _check_query(self, path: str, arguments: Mapping[str, Any], timestamp: int, seen: object) -> None:
        expected = self.history.at(timestamp).query(path, arguments)
        if expected != seen:
            raise WrongError(f"{path} {arguments} gives {seen!r} at {timestamp}, and should give {expected!r}")

    def _check_everything(self) -> None:
        for path, arguments in EVERYTHING:
            self._query_over_http(path, arguments)

    # What clients see

    def may_see(self, client: Client, told: Told) -> None:
        for query in told.results.values():
            if query.result is NOTHING or query.path == "lists:page":
                continue
            if query.path == "handles:whoAmI":
                if query.result != told.identity:
                    raise WrongError(f"{told.identity} is told to be {query.result}")
                continue
            self._check_query(query.path, query.arguments, told.timestamp, query.result)
        pages = self._pages.get(client)
        if pages is not None:
            pages.check(told.results, self.history.at(told.timestamp))

    def may_be_done(self, client: Client, request_id: int, request: Request) -> None:
        entry = self.history.by_request.get(SessionRequest(client.session_id, request_id))
        assert request.done_at is not None
        if entry is None or entry.timestamp > request.done_at or entry.result != request.result:
            raise WrongError(f"the client believes in {request}, and what was committed is {entry}")

    def may_fail(self, client: Client, request: Request, data: Any) -> None:
        if not self.history.might_fail(Asked(request.path, request.arguments, None, None), request.since, data):
            raise WrongError(f"{request} failed with {data}")

    def committed_through(self, wire: int, request: SessionRequest) -> int | None:
        entry = self.history.by_request.get(request)
        if entry is None or entry.asked is None or entry.asked.connection != wire:
            return None
        return entry.timestamp

    # The end

    def _come_to_rest(self) -> None:
        for _ in range(_UNTIL_REST):
            choices = list(self._choices())
            if not choices:
                return
            self._now += self.random.randrange(1_000_000)
            self._surviving(self._choose(choices))
        raise WrongError("it never comes to rest")

    def _check_the_end(self) -> None:
        self._check_everything()
        for client in self.clients:
            if client.requests:
                raise WrongError(f"{client.requests} are never answered")
            self.may_see(client, Told(self.engine.latest, client.identity, client.queries))


def _seen(result: QueryResult) -> object:
    outcome = result.outcome
    return outcome.value if isinstance(outcome, Success) else Refused(_data(outcome))


def _data(outcome: Failure) -> object:
    return None if isinstance(outcome.data, Unset) else outcome.data
