"""Runs of functions in transactions, and what becomes of them: read and forgotten, or committed, or tried again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final, Protocol, TypeVar

from convexgen.runtime.calls import ANONYMOUS, Call, Failure, Identity, SessionRequest, Success
from convexgen.runtime.commits import Committer, ConflictError, DoneBeforeError, OutOfRetentionError, RunAgainError
from convexgen.runtime.database import Transaction
from convexgen.runtime.drafts import Draft
from convexgen.runtime.engine.callees import callee
from convexgen.runtime.engine.contexts import Deployed, Run
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.engine.gate import Gate
from convexgen.runtime.engine.health import Tally
from convexgen.runtime.engine.requests import name_of, recorded, remembered
from convexgen.runtime.engine.runs import Ran, run_in
from convexgen.runtime.engine.time_limits import TimeLimit
from convexgen.runtime.files import FileUrls
from convexgen.runtime.program.live import LiveFunction
from convexgen.runtime.store import IndexNotReadyError, SnapshotUnavailableError, Store, StoreError
from convexgen.runtime.values import Value

R = TypeVar("R")

ATTEMPTS_TOGETHER: Final = 3
ATTEMPTS_ALONE: Final = 2
"""How often a mutation is run, at most, beside others and then alone: where only a deployment can come in between."""
FIRST_PAUSE: Final = 0.002
"""Seconds before the second attempt, more or less a half of that; twice as long before each further one."""

MOMENT: Final = 1_000
"""Nanoseconds from the snapshot of a run that writes to its own time, at least: enough to be later in milliseconds."""

_CONFLICT: Final = (
    'Documents read from or written to the "{table}" table changed while this mutation was being run and on every '
    "subsequent retry. Another call to this mutation changed the same documents, or another mutation did."
)


class Around(Protocol):
    """What the system does in the same transaction as a mutation, so that it is done exactly if the mutation is."""

    def before(self, run: Run) -> bool:
        """False if the mutation is not to be run, after all."""
        ...

    def after(self, run: Run) -> None:
        """Called if the mutation went well."""
        ...


@dataclass(slots=True)
class Transactions:
    """What runs need from outside. `clock` gives nanoseconds since the epoch, `pause` waits for some seconds.

    `ids` is where ids of documents come from, and where the random numbers of functions begin. `urls`: of files.
    """

    store: Store
    committer: Committer
    clock: Callable[[], int]
    ids: Random
    time_limit: TimeLimit
    pause: Callable[[float], None]
    urls: FileUrls
    conflicts: Tally = field(default_factory=Tally)
    """Runs that came to nothing because of others."""
    _gate: Gate = field(default_factory=Gate)

    def read(
        self, deployed: Deployed, function: LiveFunction, call: Call, snapshot: int, journal: str | None
    ) -> tuple[Ran, Run]:
        """Run a query at a snapshot. Raises `EngineError`."""
        with self.reading(deployed, call.identity, snapshot, journal) as run:
            return run_in(run, function, call, self.time_limit), run

    @contextmanager
    def reading(self, deployed: Deployed, identity: Identity, snapshot: int, journal: str | None) -> Iterator[Run]:
        """A run that only reads, at a snapshot that stays readable for the block. Raises `EngineError`."""
        with as_engine_errors(), self.committer.snapshot(snapshot):
            yield self.begin(deployed, identity, snapshot, self.ids.getrandbits(64), snapshot, journal)

    def write(
        self, live: Callable[[], Deployed], call: Call, request: SessionRequest | None, *, trusted: bool
    ) -> tuple[Ran, int | None]:
        """Run a mutation of what is live, and commit it: as often as conflicts make it necessary.

        Gives a timestamp at which the commit can be seen, None if there was none. Raises `EngineError`.
        """
        with as_engine_errors():
            if (done := self._done_before(request)) is not None:
                return Ran(done, repeated=True), self.committer.latest
            attempt = _Attempt(self, live, call, request, self.ids.getrandbits(64), trusted)
            return self._retried(attempt.run)

    def write_within(self, live: Callable[[], Deployed], call: Call, around: Around) -> Ran | None:
        """Run a mutation with something around it, and commit both; None if it was not to be run.

        Nothing is committed where the mutation fails. Raises `EngineError`.
        """
        attempt = _Attempt(self, live, call, None, self.ids.getrandbits(64), trusted=True, around=around)
        with as_engine_errors():
            try:
                return self._retried(attempt.run)[0]
            except _NotToBeRunError:
                return None

    def transact(self, live: Callable[[], Deployed], work: Callable[[Run], R]) -> tuple[R, int]:
        """Do something of the system's own in a transaction, and commit it. `work` may be called several times.

        Gives what it gave the last time, and when that can be seen. Raises what it raises, and `EngineError`.
        """
        seed = self.ids.getrandbits(64)

        def attempt() -> tuple[R, int]:
            deployed = live()
            with self.committer.snapshot() as snapshot:
                run = self.begin(deployed, ANONYMOUS, snapshot, seed, snapshot + MOMENT)
                result = work(run)
                return result, self.committer.commit(draft_of(run, snapshot))

        with as_engine_errors():
            return self._retried(attempt)

    def transact_once(
        self, live: Callable[[], Deployed], work: Callable[[Run], Value], request: SessionRequest
    ) -> tuple[Success, int]:
        """The same for a client's request that may come twice: it is carried out once, and answered alike."""

        def attempt() -> tuple[Success, int]:
            deployed = live()
            with self.committer.snapshot() as snapshot:
                run = self.begin(deployed, ANONYMOUS, snapshot, seed, snapshot + MOMENT)
                outcome = Success(work(run))
                try:
                    return outcome, self.committer.commit(_once(draft_of(run, snapshot), request, outcome))
                except DoneBeforeError as error:
                    return remembered(error.value), self.committer.latest

        seed = self.ids.getrandbits(64)
        with as_engine_errors():
            if (done := self._done_before(request)) is not None:
                return done, self.committer.latest
            return self._retried(attempt)

    def _done_before(self, request: SessionRequest | None) -> Success | None:
        """What came of a request that was carried out already; the newest snapshot has it then."""
        if request is None or (done := self.store.metadata(name_of(request))) is None:
            return None
        with self.committer.turn():
            pass  # what is in the store is in the newest snapshot when a turn has ended
        return remembered(done)

    @contextmanager
    def open(self, deployed: Deployed, identity: Identity) -> Iterator[Run]:
        """A transaction for whoever cannot be asked twice: it is committed at the end of the block, if that goes well.

        Raises `EngineError` for conflicts too.
        """
        with as_engine_errors(), self.committer.snapshot() as snapshot:
            run = self.begin(deployed, identity, snapshot, self.ids.getrandbits(64), snapshot + MOMENT)
            yield run
            try:
                self.committer.commit(draft_of(run, snapshot))
            except ConflictError as error:
                self.conflicts.add()
                raise _conflict(error) from error

    def _retried(self, attempt: Callable[[], R]) -> R:
        for inside in self._turns():
            with inside:
                try:
                    return attempt()
                except RunAgainError as error:
                    self.conflicts.add()
                    conflict = error
        raise _conflict(conflict)

    def _turns(self) -> Iterator[AbstractContextManager[None]]:
        """How to run each time, with a pause before all but the first."""
        yield self._gate.together()
        for attempt in range(1, ATTEMPTS_TOGETHER):
            self.pause(FIRST_PAUSE * 2**attempt * (0.5 + self.ids.random()))
            yield self._gate.together()
        for _ in range(ATTEMPTS_ALONE):
            yield self._gate.alone()

    def begin(
        self,
        deployed: Deployed,
        identity: Identity,
        snapshot: int,
        seed: int,
        not_before: int,
        journal: str | None = None,
    ) -> Run:
        """A run at a snapshot, which stays readable as long as it is pinned. `not_before`: nanoseconds."""
        now = max(self.clock(), not_before) / 1_000_000  # commits may be ahead of a clock that was set back
        transaction = Transaction(
            self.store,
            deployed.catalogue,
            deployed.program.tables,
            snapshot=snapshot,
            now=now,
            random=self.ids,
            journal=journal,
        )
        return Run(deployed, transaction, identity, now=now, seed=seed, urls=self.urls)


class _NotToBeRunError(Exception):
    """Whoever asked for a mutation does not want it any more."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A mutation that may have to run several times, with the same random numbers each time."""

    transactions: Transactions
    live: Callable[[], Deployed]
    call: Call
    request: SessionRequest | None
    seed: int
    trusted: bool
    around: Around | None = None

    def run(self) -> tuple[Ran, int | None]:
        """Raises `RunAgainError`, with nothing committed."""
        deployed = self.live()
        function = callee(deployed.program, self.call, "mutation", trusted=self.trusted)
        if isinstance(function, Failure):
            return Ran(function), None
        committer = self.transactions.committer
        with committer.snapshot() as snapshot:
            run = self.transactions.begin(deployed, self.call.identity, snapshot, self.seed, snapshot + MOMENT)
            run.job = self.call.job
            if self.around is not None and not self.around.before(run):
                raise _NotToBeRunError
            ran = run_in(run, function, self.call, self.transactions.time_limit)
            if isinstance(ran.outcome, Failure):
                return ran, None
            if self.around is not None:
                self.around.after(run)
            try:
                return ran, committer.commit(self._draft(run, ran.outcome, snapshot))
            except DoneBeforeError as error:
                return Ran(remembered(error.value), repeated=True), committer.latest

    def _draft(self, run: Run, outcome: Success, snapshot: int) -> Draft:
        draft = draft_of(run, snapshot)
        return draft if self.request is None else _once(draft, self.request, outcome)


def _once(draft: Draft, request: SessionRequest, outcome: Success) -> Draft:
    """The draft with a note that the request was carried out, if it has not been before."""
    name = name_of(request)
    return replace(draft, metadata={name: recorded(outcome)}, unless=name)


def _conflict(error: RunAgainError) -> EngineError:
    table = error.table if isinstance(error, ConflictError) else "_deployments"
    return EngineError("OptimisticConcurrencyControlFailure", _CONFLICT.format(table=table))


def draft_of(run: Run, snapshot: int) -> Draft:
    """What a run wants to have committed."""
    transaction = run.transaction
    created = transaction.last_creation_time
    not_before = 0 if created is None else math.ceil(created * 1_000_000)
    return Draft(snapshot, run.deployed.number, transaction.reads(), transaction.writes(), not_before=not_before)


@contextmanager
def as_engine_errors() -> Iterator[None]:
    """What the store or a snapshot that is gone raises, as callers know it."""
    try:
        yield
    except (OutOfRetentionError, SnapshotUnavailableError) as error:
        raise EngineError("OutOfRetention", str(error)) from error
    except IndexNotReadyError as error:
        raise EngineError("IndexNotReady", str(error)) from error
    except StoreError as error:
        raise EngineError("InternalServerError", str(error)) from error
