"""One simulation: who does what next is drawn from a seed, and whatever anybody sees is held to the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Final, cast

from convexgen.runtime.sync import ClientVersion, Close, Limits, Send, Session
from tests.runtime.simulation import asking
from tests.runtime.simulation.circumstances import SECOND, Circumstances, Settings
from tests.runtime.simulation.client import Client, Told
from tests.runtime.simulation.connection import IMPOSTOR, Connection, Task
from tests.runtime.simulation.history import WrongError
from tests.runtime.simulation.judge import Judge
from tests.runtime.simulation.moments import meanwhile
from tests.runtime.simulation.pages import turn_pages
from tests.runtime.simulation.server import Server
from tests.runtime.simulation.stores import CrashError, Disk
from tests.runtime.simulation.variants import KNOWS_NO_C, PLAIN, VARIANTS

_NPM: Final = ClientVersion("npm", (1, 48, 0))
_UNTIL_REST: Final = 20_000
_MANY_QUERIES: Final = 6

Choice = tuple[float, Callable[[], object]]


class World:
    """Clients, wires and the server, each step of which is a choice; and the judge, who knows the truth."""

    def __init__(self, seed: int, disk: Disk, settings: Settings) -> None:
        self.random = Random(seed)
        self.around = Circumstances(self.random, settings)
        self.history = self.around.history
        self.connections: list[Connection] = []
        self._sockets = 0
        self._judge = Judge(self.history)
        self._server = Server(self.around, disk, self._step_beside)
        self.clients = [Client(self.random, self._judge) for _ in range(settings.clients)]

    def run(self) -> None:
        """Raises `WrongError`, or whatever else shows a fault."""
        with meanwhile(self._server.others_go_on):
            self._server.boot(PLAIN)
            for path, arguments in asking.FIRST:
                self._server.mutation_over_http(path, arguments)
            self.around.is_troubled = True
            for _ in range(self.around.settings.steps):
                self._surviving(self._step)
            self.around.is_troubled = False
            self._come_to_rest()
            self._check_the_end()

    def _surviving(self, act: Callable[[], object]) -> None:
        try:
            act()
            self._server.check_that_it_lives()
        except CrashError:
            for connection in self.connections:
                connection.die()
            self._server.reboot()

    def _come_to_rest(self) -> None:
        for _ in range(_UNTIL_REST):
            choices = list(self._choices())
            if not choices:
                return
            self.around.now += self.random.randrange(1_000_000)
            self._surviving(self._choose(choices))
        raise WrongError("it never comes to rest")

    def _check_the_end(self) -> None:
        self._server.check_everything()
        for client in self.clients:
            if client.requests or client.actions:
                raise WrongError(f"{client.requests} and {client.actions} are never answered")
            self._judge.may_see(client, Told(self._server.engine.latest, client.identity, client.queries))

    # Choices

    def _step(self) -> None:
        self.around.now += self.random.randrange(20_000_000)
        self._choose([*self._choices(), *self._troubles(), *self._wishes()])()

    def _step_beside(self) -> None:
        """Mostly other functions, so that they get into one another's way."""
        tasks = [
            (1.0, partial(connection.go_on, task))
            for connection in self.connections
            for task in connection.tasks
            if self._may_go_on(task)
        ]
        deploying = [(1.0, self._server.deploy_on)] if self._server.may_deploy_on else []
        self._choose([*tasks, *deploying, (1.0, self._get_in_the_way), (0.5, self._step)])()

    def _get_in_the_way(self) -> None:
        """Ask for the same as the mutation that runs, once more or as another request; or for something else."""
        running = self._server.running
        if running is not None and running.request is not None and self.random.random() < 0.2:
            self._server.come_again(running)
        elif running is not None and running.path != asking.STAMP and self.random.random() < 0.5:
            self._server.mutation_over_http(running.path, running.arguments)
        else:
            self._server.mutation_over_http(*asking.mutation_without_chance(self.random))

    def _choose(self, choices: list[Choice]) -> Callable[[], object]:
        weights = [weight for weight, _ in choices]
        return self.random.choices([act for _, act in choices], weights)[0]

    def _choices(self) -> Iterator[Choice]:
        """All that happens by itself, sooner or later."""
        for connection in self.connections:
            yield from self._choices_of_socket(connection)
        for client in self.clients:
            connection_ = self._connection(client)
            if connection_ is None:
                yield 1, partial(self._connect, client)
            elif connection_.to_client:
                yield 3, partial(self._hear, client, connection_)
            elif not connection_.server_is_there:
                yield 1, partial(self._cut, client, connection_)
        if self._server.may_deploy_on:
            yield 1, self._server.deploy_on

    def _choices_of_socket(self, connection: Connection) -> Iterator[Choice]:
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
                yield 3, partial(connection.go_on, task)

    def _may_go_on(self, task: Task) -> bool:
        return not task.is_going_on and (task.next != "query" or self._server.may_run_queries)

    def _troubles(self) -> Iterator[Choice]:
        yield 0.1, self._server.crash
        yield 0.3, self._jump
        yield 0.5, self._server.keep_house
        for client in self.clients:
            if connection := self._connection(client):
                yield 0.1, partial(self._cut, client, connection)
        for each in self.connections:
            if each.server_is_there:
                yield 0.05, each.tick
        if self._server.deploying == KNOWS_NO_C:
            yield 1, lambda: self._server.mutation_over_http("counting:flag", {"kind": "c"})
        if self._server.deploying is None:
            yield 0.5, lambda: self._server.begin_to_deploy(self.random.choice([*VARIANTS, KNOWS_NO_C, KNOWS_NO_C]))

    def _jump(self) -> None:
        """The clock is set, or the machine slept."""
        self.around.now += round(self.random.choice([-3600, -1, 1, 15, 30, 3600]) * self.random.random() * SECOND)

    def _wishes(self) -> Iterator[Choice]:
        """What clients do of their own."""
        for client in self.clients:
            yield 1.5, partial(self._mutate, client)
            yield 0.2, partial(self._act, client)
            yield 0.5, partial(self._subscribe, client)
            yield 0.2, partial(self._unsubscribe, client)
            yield 0.8, partial(turn_pages, client, self._judge.pages, self.random)
            yield 0.1, partial(self._log_in, client)
        yield 0.5, lambda: self._server.mutation_over_http(*asking.mutation_without_chance(self.random))
        if self._server.may_run_queries:
            yield 0.5, lambda: self._server.query_over_http(*asking.query_of_nobody(self.random))

    def _mutate(self, client: Client) -> None:
        client.mutate(*asking.mutation(self.random), self.history.latest_place)

    def _act(self, client: Client) -> None:
        client.act("counting:bumpTwice", {"name": self.random.choice("cd")}, self.history.latest_place)

    def _subscribe(self, client: Client) -> None:
        if len(client.queries) < _MANY_QUERIES:
            client.subscribe(*asking.query(self.random))

    def _unsubscribe(self, client: Client) -> None:
        if client.queries and client not in self._judge.pages:
            client.unsubscribe(self.random.choice([*client.queries]))

    def _log_in(self, client: Client) -> None:
        client.log_in(self.random.choice(["ann", "bob", IMPOSTOR, None]))

    # Wires

    def _connection(self, client: Client) -> Connection | None:
        return cast("Connection | None", client.wire)

    def _connect(self, client: Client) -> None:
        self._sockets += 1
        self.around.note(f"client {self.clients.index(client)} connects on socket {self._sockets}")
        limits = Limits(
            silence=None,
            unsent_transitions=self.random.choice([1, 2]),
            unsent_messages=self.random.choice([1, 3, 100]),
            frame_bytes=self.random.choice([100, 5_000_000]),
        )
        session = Session(_NPM, disclosure="everything", now=self.around.milliseconds, limits=limits)
        connection = Connection(self._server, session, self._sockets)
        self.connections = [each for each in self.connections if each.tasks or each.server_is_there]
        self.connections.append(connection)
        client.connect(connection)

    def _cut(self, client: Client, connection: Connection) -> None:
        """The client's end is gone, with all that had not arrived, and some of what it had sent last."""
        connection.client_is_there = False
        connection.to_client.clear()
        for _ in range(self.random.randrange(len(connection.from_client) + 1)):
            connection.from_client.pop()
        client.disconnected()

    def _hear(self, client: Client, connection: Connection) -> None:
        message = connection.to_client.popleft()
        self.around.note(f"client {self.clients.index(client)} on socket {connection.number} hears {message}")
        if isinstance(message, Send):
            client.hear(message.text)
        else:
            self._check_close(message, connection)
            self._cut(client, connection)

    def _check_close(self, close: Close, connection: Connection) -> None:
        if close.code is not None and not connection.had_trouble:
            raise WrongError(f"closed with {close.code} {close.reason} for no reason")
