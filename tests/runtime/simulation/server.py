"""The server's process: an engine over a disk, which may end at any commit and begin anew."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from inspect import GEN_RUNNING, getgeneratorstate
from typing import Any, cast

from convexgen.authoring.unset import Unset
from convexgen.runtime.calls import Call, Failure, Outcome, SessionRequest
from convexgen.runtime.commits import DeployError, Housekeeping
from convexgen.runtime.commits.deployment_record import METADATA, read_record
from convexgen.runtime.engine import transaction_loop
from convexgen.runtime.engine.contract import EngineError, MutationResult, QueryResult
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.engine.requests import name_of, remembered
from convexgen.runtime.engine.runs import Ran
from convexgen.runtime.engine.transactions import ATTEMPTS_TOGETHER
from convexgen.runtime.store import Commit, Store, StoreError
from tests.runtime.simulation import asking
from tests.runtime.simulation.circumstances import SECOND, Circumstances
from tests.runtime.simulation.history import Asked, WrongError
from tests.runtime.simulation.model import EVERYTHING, Refused, State
from tests.runtime.simulation.stores import CrashError, Disk, StoreOfOneLife
from tests.runtime.simulation.variants import KNOWS_NO_C, NEEDS_MORE, program


class Server:
    """`step_beside` lets somebody else do something, while a function runs."""

    engine: Engine

    def __init__(self, around: Circumstances, disk: Disk, step_beside: Callable[[], None]) -> None:
        self._around = around
        self._disk = disk
        self._step_beside = step_beside
        self._asked: list[Asked] = []
        self._attempts = 0
        self._in_query = False
        self._wrong: BaseException | None = None
        self._deploying: tuple[str, Generator[object, None, None]] | None = None
        self._deploying_since = 0
        self._deployments = 0

    @property
    def milliseconds(self) -> float:
        return self._around.milliseconds

    # Its life

    def boot(self, variant: str) -> None:
        """Open the disk, put a program live and see that all is there that ever was committed."""
        self._life = StoreOfOneLife(self._disk.open(), self._committing, self._committed)
        self.engine = _HeardEngine(
            self._asked,
            cast("Store", self._life),
            clock=lambda: self._around.now,
            ids=self._around.random,
            time_limit=self._limited,
            pause=self._pause,
        )
        self._housekeeping = Housekeeping(self.engine.committer)
        if self.engine.latest < self._around.history.timestamps[-1]:
            raise WrongError(f"after a restart it is {self.engine.latest}")
        self.begin_to_deploy(variant)
        while self._deploying is not None:
            self.deploy_on()
        self.check_everything()

    def reboot(self) -> None:
        """After `CrashError`: begin anew with what the disk has."""
        around = self._around
        around.note("the process is gone")
        self._life.is_over = True
        if self._deploying is not None:
            with suppress(CrashError):
                self._deploying[1].close()
        self._deploying = None
        self._asked.clear()
        self._in_query = False
        around.depth = 0
        self._disk.lose_process()
        was_troubled, around.is_troubled = around.is_troubled, False
        self.boot(around.history.latest.variant)
        around.is_troubled = was_troubled

    def crash(self) -> None:
        """Raises `CrashError`."""
        self._life.is_over = True
        raise CrashError

    def check_that_it_lives(self) -> None:
        """What goes wrong while a function runs is told as its failure; here it comes to light."""
        if self._wrong is not None:
            raise self._wrong
        if self._life.is_over:
            raise CrashError

    def keep_house(self) -> None:
        self._housekeeping.run(self._around.now)

    def _committing(self) -> None:
        if self._around.bring(self._around.settings.failures):
            raise StoreError("the disk is full")
        if self._around.bring(self._around.settings.crashes):
            self.crash()

    def _committed(self, commit: Commit) -> None:
        record = commit.metadata.get(METADATA)
        self._around.note(f"commit at {commit.timestamp} of {'a deployment' if record else self._asked[-1]}")
        if record is None:
            asked = self._asked[-1]
            kept = None if asked.request is None else commit.metadata.get(name_of(asked.request))
            self._around.history.mutation(commit.timestamp, asked, None if kept is None else remembered(kept).value)
        elif (number := read_record(record).number) > self._deployments:
            assert self._deploying is not None
            self._deployments = number
            self._around.history.deployment(commit.timestamp, self._deploying[0])
        if self._around.bring(self._around.settings.crashes):
            self.crash()

    # What comes in between

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Around each run of a function: between its snapshot and its first read, and before its commit."""
        if not self._around.depth:
            self._attempts += 1
        self.others_go_on()
        yield
        self.others_go_on()

    def _pause(self, seconds: float) -> None:
        self._around.now += round(seconds * SECOND)

    def others_go_on(self) -> None:
        """A moment while a function runs. A mutation that runs alone has nobody beside it: they would wait for it."""
        around = self._around
        if around.depth or self._attempts > ATTEMPTS_TOGETHER:
            return
        while around.bring(around.settings.interruptions):
            around.depth += 1
            try:
                self._step_beside()
            except BaseException as error:
                if not isinstance(error, CrashError):
                    self._wrong = error
                raise
            finally:
                around.depth -= 1

    @property
    def running(self) -> Asked | None:
        """The mutation that runs now."""
        return self._asked[-1] if self._asked else None

    @property
    def may_run_queries(self) -> bool:
        """A query waits until another run of the same has ended, which this thread would never see."""
        return not self._in_query

    # Deployments

    @property
    def deploying(self) -> str | None:
        """The schema that is on its way to go live."""
        return None if self._deploying is None else self._deploying[0]

    @property
    def may_deploy_on(self) -> bool:
        return self._deploying is not None and getgeneratorstate(self._deploying[1]) != GEN_RUNNING

    def begin_to_deploy(self, variant: str) -> None:
        self._around.note(f"{variant} is on its way")
        self._deploying_since = self._around.history.latest_place
        self._deploying = variant, self.engine.deploy(program(variant))

    def deploy_on(self) -> None:
        """One step of the deployment under way; at the last one see that it ended as it should."""
        assert self._deploying is not None
        variant, steps = self._deploying
        try:
            next(steps)
            return
        except StopIteration:
            if not _fits(variant, self._around.history.latest):
                raise WrongError(f"the schema {variant} went live, which documents do not fit") from None
        except DeployError as error:
            if all(_fits(variant, state) for state in self._around.history.states[self._deploying_since :]):
                raise WrongError(f"the schema {variant} was refused: {error}") from error
        except StoreError:
            if not self._around.is_troubled:
                raise
        self._deploying = None

    # Functions

    def run_mutation(self, call: Call, request: SessionRequest | None, connection: int | None) -> MutationResult:
        """Run it, and see that it did what it should. Raises `EngineError`."""
        asked = Asked(call.path, dict(call.arguments), request, connection)
        since = self._around.history.latest_place
        if not self._around.depth:
            self._attempts = 0
        self._asked.append(asked)
        try:
            result = self.engine.run_mutation(call, request)
        finally:
            self._asked[-1:] = []
            self.check_that_it_lives()
        if isinstance(result.outcome, Failure):
            self._around.history.check_failure(asked, since, data_of(result.outcome))
            return result
        assert result.timestamp is not None
        self._around.history.check_result(asked, result.timestamp, result.outcome.value)
        if result.timestamp > self.engine.latest:
            raise WrongError(f"{asked} was committed at {result.timestamp}, and it is only {self.engine.latest}")
        return result

    def run_action(self, call: Call) -> Outcome:
        """Run it, with others between its steps."""
        if not self._around.depth:
            self._attempts = 0
        try:
            return transaction_loop.run(self.engine.run_action(call))
        finally:
            self.check_that_it_lives()

    def run_query(self, call: Call, journal: str | None, timestamp: int) -> QueryResult:
        """Raises `EngineError`."""
        self._around.note(f"{call.path} {call.arguments} at {timestamp} with journal {journal}")
        outer, self._in_query = self._in_query, True
        if not self._around.depth:
            self._attempts = 0
        try:
            known = self.engine.cached_query(call, journal=journal, timestamp=timestamp)
            result = known or self.engine.run_query(call, journal=journal, timestamp=timestamp)
        finally:
            self._in_query = outer
            self.check_that_it_lives()
        self._around.note(f"{'known' if known else 'found'}: {result.outcome}, journal {result.journal}")
        return result

    def mutation_over_http(self, path: str, arguments: Mapping[str, Any]) -> None:
        with suppress(EngineError):
            self.run_mutation(Call(path, asking.wire(arguments), "mutation"), None, None)

    def come_again(self, asked: Asked) -> None:
        """The same request on another socket, while the first one is under way."""
        with suppress(EngineError):
            self.run_mutation(Call(asked.path, asked.arguments, "mutation"), asked.request, None)

    def query_over_http(self, path: str, arguments: Mapping[str, Any]) -> None:
        """Ask, and see that the answer is right."""
        with suppress(EngineError):
            result = self.run_query(Call(path, asking.wire(arguments), "query"), None, self.engine.latest)
            self._around.history.check_query(path, arguments, result.timestamp, _seen(result.outcome))

    def check_everything(self) -> None:
        for path, arguments in EVERYTHING:
            self.query_over_http(path, arguments)


class _HeardEngine(Engine):
    """An engine that says which mutations actions ask for."""

    def __init__(self, asked: list[Asked], store: Store, **more: Any) -> None:
        super().__init__(store, **more)
        self._asked = asked

    async def mutation(self, call: Call) -> Ran:
        self._asked.append(Asked(call.path, call.arguments, None, None))
        try:
            return await super().mutation(call)
        finally:
            self._asked[-1:] = []


def _fits(variant: str, state: State) -> bool:
    """Whether a schema allows all documents."""
    return not ((variant == KNOWS_NO_C and "c" in state.flags) or (variant == NEEDS_MORE and state.accounts))


def data_of(failure: Failure) -> object:
    return None if isinstance(failure.data, Unset) else failure.data


def _seen(outcome: Outcome) -> object:
    return Refused(data_of(outcome)) if isinstance(outcome, Failure) else outcome.value
