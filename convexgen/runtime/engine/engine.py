"""`Engine`: one program running over one store, and the only way to it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from random import Random
from typing import Protocol, TypeVar

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import ANONYMOUS, Call, Failure, Identity, Outcome, SessionRequest, Success
from convexgen.runtime.commits import (
    Committer,
    Progress,
    change_variables,
    deploy,
    put_documents,
    put_renumbered,
    rehearse,
)
from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.engine.actions import run_action_in
from convexgen.runtime.engine.callees import callee
from convexgen.runtime.engine.contexts import Deployed, MutationContext, Run
from convexgen.runtime.engine.contract import EngineError, MutationResult, QueryResult, Watch
from convexgen.runtime.engine.health import Health
from convexgen.runtime.engine.query_cache import QueryCache, QueryKey, QueryRun
from convexgen.runtime.engine.result_watches import ResultWatches
from convexgen.runtime.engine.runs import Ran
from convexgen.runtime.engine.time_limits import TimeLimit
from convexgen.runtime.engine.transactions import Around, Transactions
from convexgen.runtime.engine.vector_searches import VectorSearches
from convexgen.runtime.files import Blobs, FileUrls, StoredFiles
from convexgen.runtime.files.memory_blobs import MemoryBlobs
from convexgen.runtime.program.live import Program
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import Store
from convexgen.runtime.values import Value
from convexgen.runtime.variables import METADATA, Changes, read_variables

R = TypeVar("R")


class Offload(Protocol):
    """Runs something that blocks without holding up the event loop that waits for it."""

    def __call__(self, work: Callable[[], R], /) -> Awaitable[R]: ...


async def in_place(work: Callable[[], R], /) -> R:
    """The simplest `Offload`: whoever waits does the work."""
    return work()


class Engine:
    """Fulfils `contract.Engine` once a program went live. `clock` gives nanoseconds since the epoch.

    `ids` is where ids of documents come from; `pause` waits for some seconds between attempts. `action_limit`: seconds.
    `blobs` has the content of files, which is kept in memory unless told otherwise; `urls` says where clients find it.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], int],
        ids: Random,
        time_limit: TimeLimit = nullcontext,
        action_limit: float | None = None,
        offload: Offload = in_place,
        pause: Callable[[float], None] = time.sleep,
        blobs: Blobs | None = None,
        urls: FileUrls | None = None,
    ) -> None:
        self.committer = Committer(store, clock)
        self._clock = clock
        self.urls = urls or FileUrls(ids.randbytes(32))
        self.files = StoredFiles(blobs or MemoryBlobs(), self.system, ids)
        self._transactions = Transactions(store, self.committer, clock, ids, time_limit, pause, self.urls)
        self._cache = QueryCache(self.committer.unchanged)
        self._watches = ResultWatches(self.committer)
        self.vectors = VectorSearches(self.committer)
        self._action_limit = action_limit
        self._offload = offload
        self._deployed: Deployed | None = None
        self._earlier: tuple[Deployed, int] | None = None
        """What was live before that, and the first snapshot at which it was no longer."""

    @property
    def latest(self) -> int:
        return self.committer.latest

    def deploy(self, program: Program) -> Generator[Progress, None, None]:
        """Put a program live, step by step: all calls go to it, and everyone who watches is told to ask again.

        Raises `DeployError` and `StoreError`, with what was live still so.
        """
        deployment = yield from deploy(self.committer, program.tables, program.ir)
        if self._deployed is not None:
            self._earlier = self._deployed, self.latest
        self._put_live(Deployed(program, deployment.catalogue, deployment.number))

    @property
    def is_live(self) -> bool:
        """Whether any program is."""
        return self._deployed is not None

    def variables(self) -> dict[str, str]:
        """What administrators have set, whether or not any program is live. Raises `StoreError`."""
        return read_variables(self.committer.store.metadata(METADATA))

    def change_variables(
        self, changes: Changes, accept: Callable[[Mapping[str, str]], None], use: Callable[[Mapping[str, str]], None]
    ) -> None:
        """Keep other variables, if `accept` does not raise; then `use` them, and have everyone ask again.

        Raises what `accept` raises, `InvalidVariableError`, `DeployError` and `StoreError`, with all as it was.
        """
        variables, deployment = change_variables(self.committer, changes, accept)
        use(variables)
        if self._deployed is not None:
            self._put_live(Deployed(self._deployed.program, deployment.catalogue, deployment.number))

    def put_documents(
        self,
        deployed: Deployed,
        changes: Callable[[int], Iterable[DocumentWrite]],
        not_before: int,
        numbers: Mapping[str, int],
    ) -> None:
        """Commit any number of changes at once, that were checked against what is `deployed`.

        `changes` says them over a snapshot, while nobody else commits; `not_before`: nanoseconds. Tables that are in
        `numbers` get those. Raises `RedeployedError`, `DeployInProgressError`, `StoreError`, what `changes` raises.
        """
        if not numbers:
            put_documents(self.committer, deployed.number, changes, not_before)
            return
        program = deployed.program
        declared = [table.declared for name, table in program.tables.items() if not name.startswith("_")]
        made = put_renumbered(self.committer, deployed.number, declared, numbers, changes, not_before)
        self._put_live(Deployed(program, made.catalogue, made.number))

    def _put_live(self, deployed: Deployed) -> None:
        self._deployed = deployed
        self._cache.clear()
        self._watches.deployed(deployed.number)
        self.vectors.deployed(deployed)

    def rehearse(self, program: Program) -> Generator[Progress, None, None]:
        """Hold the documents against a program, as `deploy` would before it changes anything. Raises the same."""
        yield from rehearse(self.committer, program.tables, program.ir)

    def health(self) -> Health:
        """How it is just now."""
        return Health(
            cache_hits=self._cache.hits.count,
            query_runs=self._cache.runs.count,
            cache_bytes=self._cache.size,
            conflicts=self._transactions.conflicts.count,
            commits=self.committer.commits,
            subscriptions=len(self._watches),
        )

    def live(self) -> Deployed:
        """What runs. Raises `EngineError` while nothing does."""
        if self._deployed is None:
            raise EngineError("NotDeployed", "No functions have been deployed yet.")
        return self._deployed

    def _live_at(self, timestamp: int) -> Deployed:
        """What runs queries at a snapshot: documents from before a deployment need not fit the schema since then."""
        deployed, earlier = self.live(), self._earlier
        return earlier[0] if earlier is not None and timestamp < earlier[1] else deployed

    def kind(self, path: str) -> FunctionKind | None:
        found = self.live().program.functions.get(path)
        return found.declared.kind if found else None

    def watch(self, result: QueryResult, on_stale: Callable[[], None]) -> Watch:
        return self._watches.watch(result, on_stale)

    def cached_query(self, call: Call, *, journal: str | None, timestamp: int) -> QueryResult | None:
        deployed = self._live_at(timestamp)
        if isinstance(callee(deployed.program, call, "query"), Failure):
            return None
        return self._cache.find(QueryKey.of(deployed.number, call, journal), timestamp, self._clock())

    def run_query(self, call: Call, *, journal: str | None = None, timestamp: int | None = None) -> QueryResult:
        return self._query(call, journal, self.latest if timestamp is None else timestamp, trusted=False)

    def _query(self, call: Call, journal: str | None, timestamp: int, *, trusted: bool) -> QueryResult:
        deployed = self._live_at(timestamp)
        function = callee(deployed.program, call, "query", trusted=trusted)
        if isinstance(function, Failure):
            return QueryResult(function, timestamp, journal, Reads(), deployed.number)

        def run() -> QueryRun:
            ran, run = self._transactions.read(deployed, function, call, timestamp, journal)
            # A run that failed before it came to its page has nothing to say of where that ends.
            kept = journal if isinstance(ran.outcome, Failure) else None
            result = QueryResult(
                ran.outcome,
                timestamp,
                run.transaction.journal or kept,
                run.transaction.reads(),
                deployed.number,
                ran.error,
            )
            return QueryRun(result, run.observed_identity, run.observed_time)

        return self._cache.find_or_run(QueryKey.of(deployed.number, call, journal), timestamp, self._clock(), run)

    def cached_system_query(self, call: Call, journal: str | None, timestamp: int) -> QueryResult | None:
        """What `system_query` would give, if it is known without running anything."""
        return self._cache.find(QueryKey.of(self._live_at(timestamp).number, call, journal), timestamp, self._clock())

    def system_query(
        self, call: Call, work: Callable[[Run], Value], journal: str | None = None, timestamp: int | None = None
    ) -> QueryResult:
        """A query that is part of no program: `work` reads for it. It fails with the text of a `ValueError`.

        `call` tells its results from others. Raises `EngineError`, and what else `work` raises.
        """
        at = self.latest if timestamp is None else timestamp
        deployed = self._live_at(at)

        def run() -> QueryRun:
            with self._transactions.reading(deployed, call.identity, at, journal) as run:
                try:
                    outcome: Outcome = Success(work(run))
                except ValueError as error:
                    outcome = Failure(str(error))
                transaction = run.transaction
                result = QueryResult(outcome, at, transaction.journal, transaction.reads(), deployed.number)
                return QueryRun(result, observed_identity=False, observed_time=run.observed_time)

        return self._cache.find_or_run(QueryKey.of(deployed.number, call, journal), at, self._clock(), run)

    def run_mutation(self, call: Call, request: SessionRequest | None = None) -> MutationResult:
        ran, timestamp = self._transactions.write(self.live, call, request, trusted=False)
        return MutationResult(ran.outcome, timestamp, ran.repeated)

    async def run_action(self, call: Call) -> Outcome:
        function = callee(self.live().program, call, "action")
        if isinstance(function, Failure):
            return function
        return (await self.action(call, 0)).outcome

    def system(self, work: Callable[[SystemDocuments], R], /) -> R:
        """Do something with the system's documents in a transaction. Blocks; raises what it raises, `EngineError`."""
        return self._transactions.transact(self.live, lambda run: work(run.transaction.system))[0]

    def transact(self, work: Callable[[Run], R], /) -> tuple[R, int]:
        """The same with all of a run, and the time from which on it can be seen."""
        return self._transactions.transact(self.live, work)

    def transact_once(self, work: Callable[[Run], Value], request: SessionRequest) -> tuple[Success, int]:
        """The same for a request that may come twice: it is carried out once."""
        return self._transactions.transact_once(self.live, work, request)

    def mutation_within(self, call: Call, around: Around) -> Ran | None:
        """Run a mutation, an internal one too, with something around it in the same transaction. Blocks.

        None if it was not to be run; where it fails, nothing is committed. Raises `EngineError`.
        """
        return self._transactions.write_within(self.live, call, around)

    @contextmanager
    def transaction(self, identity: Identity = ANONYMOUS) -> Iterator[MutationContext]:
        """The `ctx` of a mutation that is committed at the end of the block, unless that raises. It is not run again:
        raises `EngineError` for conflicts too.
        """
        with self._transactions.open(self.live(), identity) as run:
            yield MutationContext(run)

    def wait(self, work: Callable[[], R], /) -> Awaitable[R]:
        """What `work` gives, which may block, for whoever is on an event loop."""
        return self._offload(work)

    def milliseconds(self) -> float:
        """The time since the epoch."""
        return self._clock() / 1_000_000

    async def query(self, call: Call) -> Ran:
        """For a function that calls another one: internal ones too, and with what was raised."""
        result = await self._offload(lambda: self._query(call, None, self.latest, trusted=True))
        return Ran(result.outcome, result.error)

    async def mutation(self, call: Call) -> Ran:
        """The same of a mutation."""
        ran, _ = await self._offload(lambda: self._transactions.write(self.live, call, None, trusted=True))
        return ran

    async def action(self, call: Call, depth: int) -> Ran:
        """The same of an action. `depth` counts the actions around it."""
        deployed = self.live()
        function = callee(deployed.program, call, "action", trusted=True)
        if isinstance(function, Failure):
            return Ran(function)
        return await run_action_in(self, deployed, function, call, depth, self._action_limit)
