"""`Committer`: the one way to commit.

Making commits durable costs the most, and many cost hardly more than one, so they go to the store in batches: each
thread that commits has its turn, and writes what the others want to commit as well.

Only whoever has the turn may change documents, indexes or the deployment. What was looked up at the start of a turn
holds to its end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from convexgen.runtime.catalogue import Catalogue
from convexgen.runtime.commits.deployment_record import METADATA, DeploymentRecord, read_record, write_record
from convexgen.runtime.commits.entry_keys import EntryKeys
from convexgen.runtime.commits.errors import ConflictError, DeployInProgressError, DoneBeforeError, RedeployedError
from convexgen.runtime.commits.snapshots import PinnedSnapshots
from convexgen.runtime.commits.timeline import Timeline
from convexgen.runtime.commits.turns import Turns
from convexgen.runtime.commits.watches import Watch
from convexgen.runtime.drafts import DocumentWrite, Draft
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import Change, Commit, InvalidCommitError, LoggedCommit, Store, StoreError
from convexgen.runtime.values import canonical


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is live. `number` grows with each deployment; it is 0, and there are no tables, before the first."""

    number: int
    catalogue: Catalogue


class _Pending:
    """A draft in the queue. What becomes of it is said once, at the end of a turn: a timestamp or an error."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.values = [None if write.new is None else canonical(write.new).encode() for write in draft.writes]
        self.outcome: int | Exception | None = None

    @property
    def is_settled(self) -> bool:
        return self.outcome is not None


class Committer:
    """Commits drafts, and tells of commits. Any thread may use it. `now` gives nanoseconds since the epoch."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self.store = store
        self.snapshots = PinnedSnapshots(store)
        self._now = now
        self._turns = Turns[_Pending]()
        self._is_deploying = False
        self._timeline = Timeline(store)
        self._record = read_record(store.metadata(METADATA))
        self._keys = EntryKeys(store.indexes(), self._record.indexes)
        self._deployment = Deployment(self._record.number, self._record.catalogue())
        self._live_since = self.latest
        self.commits = 0
        """How many there have been since this was made. Only whoever has the turn counts."""

    @property
    def latest(self) -> int:
        """The newest snapshot: all that was committed up to it can be read and was told to watches."""
        return self._timeline.latest

    @property
    def deployment(self) -> Deployment:
        """What is live. A snapshot taken after this was read can be read with its catalogue."""
        return self._deployment

    @contextmanager
    def snapshot(self, timestamp: int | None = None) -> Iterator[int]:
        """Keep a snapshot readable while a run or a long scan needs it: the newest, or that of a time.

        Raises `OutOfRetentionError`.
        """
        with self.snapshots.pinned(self._timeline, timestamp) as pinned:
            yield pinned

    def unchanged(self, reads: Reads, since: int, until: int) -> bool:
        """Whether what was read is the same at two snapshots. False where it would take long to find out."""
        return self._timeline.unchanged(reads, since, until)

    def watch(self, reads: Reads, since: int, on_stale: Callable[[], None]) -> Watch:
        """Call `on_stale`, once and in whatever thread, when what was read at the snapshot `since` has changed.

        Where that has happened already, or nobody knows any more, it is called before this returns. It must not
        raise, and should be quick: a thread that commits calls it, holding no locks.
        """
        return self._timeline.watch(reads, since, on_stale)

    def follow(self, follower: Callable[[Sequence[LoggedCommit]], None]) -> None:
        """Tell of all commits from now on, before `latest` shows them. Whoever is told must be quick, and not raise."""
        self._timeline.follow(follower)

    def commit(self, draft: Draft) -> int:
        """The timestamp at which all of the draft is durable and can be read.

        That of its snapshot, if there is nothing to write. Raises `RunAgainError` if it must not be committed as it is,
        `DoneBeforeError` if there is nothing to do any more, `StoreError` if the store cannot.
        """
        if not draft.writes and not draft.metadata and draft.unless is None:
            return draft.snapshot
        pending = _Pending(draft)
        batch = self._turns.take(pending)
        if batch:
            tell(self._settle(batch))
        assert pending.outcome is not None
        if isinstance(pending.outcome, Exception):
            raise pending.outcome
        return pending.outcome

    def _settle(self, batch: Sequence[_Pending]) -> list[Watch]:
        """End the turn with an outcome for each. The watches that are stale now have not been told yet."""
        unknown = StoreError("the commit was interrupted, and nobody knows whether it was made")
        outcomes: Sequence[int | Exception] = [unknown] * len(batch)
        try:
            missed = self._timeline.publish_missed()
            outcomes, stale = self._write(batch)
        finally:
            for pending, outcome in zip(batch, outcomes, strict=True):
                pending.outcome = outcome
            self._turns.end()
        return missed + stale

    def _write(self, batch: Sequence[_Pending]) -> tuple[list[int | Exception], list[Watch]]:
        commits: list[Commit] = []
        logged: list[LoggedCommit] = []
        outcomes: list[int | Exception] = []
        for pending in batch:
            try:
                self._check(pending.draft, commits, logged)
                commit = self._commit_of(pending, commits)
            except Exception as error:  # whatever is wrong with one, the others go on
                outcomes.append(error)
                continue
            commits.append(commit)
            logged.append(_logged(commit))
            outcomes.append(commit.timestamp)
        try:
            return outcomes, self._put(commits)
        except InvalidCommitError as error:
            if len(batch) == 1:
                return [error], []
            # One of them is at fault, and the others need not suffer for it.
            alone = [self._write([pending]) for pending in batch]
            return [each for found, _ in alone for each in found], [watch for _, found in alone for watch in found]
        except Exception as error:
            return [error if isinstance(outcome, int) else outcome for outcome in outcomes], []

    def _check(self, draft: Draft, commits: Sequence[Commit], logged: Sequence[LoggedCommit]) -> None:
        """Raises `CommitRefusedError` for a draft that must not follow what is stored and some further commits."""
        if draft.unless is not None:
            found = self.store.metadata(draft.unless)
            for commit in commits:
                found = commit.metadata.get(draft.unless, found)
            if found is not None:
                raise DoneBeforeError(found)
        if draft.deployment != self._record.number:
            raise RedeployedError
        written = {(write.table, write.document) for write in draft.writes}
        for later in chain(self._timeline.since(draft.snapshot), logged):
            for change in later.changes:
                if (change.table, change.document) in written or draft.reads.touched_by(change):
                    raise ConflictError(self._table_name(change))

    def _table_name(self, change: Change) -> str:
        return self._deployment.catalogue.names.get(change.table, str(change.table))

    def _commit_of(self, pending: _Pending, before: Sequence[Commit]) -> Commit:
        if self._keys.indexes is not self.store.indexes():
            self._keys = EntryKeys(self.store.indexes(), self._record.indexes)
        writes = map(self._keys.write, pending.draft.writes, pending.values)
        timestamp = max(self._next_timestamp(before), pending.draft.not_before)
        return Commit(timestamp, tuple(writes), pending.draft.metadata)

    def _next_timestamp(self, before: Sequence[Commit] = ()) -> int:
        return max((before[-1].timestamp if before else self.store.latest) + 1, self._now())

    def _put(self, commits: Sequence[Commit]) -> list[Watch]:
        if not commits:
            return []
        self.store.commit(commits)
        self.commits += len(commits)
        return self._timeline.publish([_logged(commit) for commit in commits])

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The turn, for what is no commit: deployments, and what housekeeping does to indexes."""
        missed: list[Watch] = []
        try:
            with self._turns.alone():
                missed = self._timeline.publish_missed()
                yield
        finally:
            tell(missed)

    @contextmanager
    def deploying(self) -> Iterator[None]:
        """Claim all that is needed for a deployment. Raises `DeployInProgressError` if another one has."""
        with self._turns.alone():
            if self._is_deploying:
                raise DeployInProgressError("another deployment has not ended yet")
            self._is_deploying = True
        try:
            yield
        finally:
            self._is_deploying = False

    def changes_since(self, snapshot: int) -> Iterator[LoggedCommit]:
        """The commits after a snapshot: all, for whoever has the turn. Raises `OutOfRetentionError`."""
        return self._timeline.since(snapshot)

    @property
    def unused_indexes(self) -> tuple[int, ...]:
        """Indexes of the store that nobody reads any more. For whoever has the turn.

        A deployment on its way may want any of them, and whoever is still at a snapshot from before this one.
        """
        oldest = self.snapshots.oldest_pinned
        if self._is_deploying or (oldest is not None and oldest < self._live_since):
            return ()
        return tuple(sorted(self.store.indexes().keys() - self._record.served_indexes()))

    @property
    def record(self) -> DeploymentRecord:
        """What the store remembers of deployments. It changes only in a turn."""
        return self._record

    def put_record(self, record: DeploymentRecord, along: Mapping[str, bytes] | None = None) -> None:
        """Make another record the one that counts, and write further metadata `along` with it.

        For whoever has the turn. Raises `StoreError`.
        """
        metadata = {**(along or {}), METADATA: write_record(record)}
        self._put([Commit(self._next_timestamp(), metadata=metadata)])
        self._now_counts(record)

    def put_documents(
        self, writes: Iterable[DocumentWrite], record: DeploymentRecord | None = None, not_before: int = 0
    ) -> list[Watch]:
        """Commit any number of writes to the newest documents and, unless it is None, make another record count.

        For whoever has the turn, who has to `tell` the watches that this gives once it has ended. Raises `StoreError`.
        """
        keys = EntryKeys(self.store.indexes(), (record or self._record).indexes)
        stored = tuple(keys.write(each, None if each.new is None else canonical(each.new).encode()) for each in writes)
        metadata = {} if record is None else {METADATA: write_record(record)}
        stale = self._put([Commit(max(self._next_timestamp(), not_before), stored, metadata)])
        if record is not None:
            self._now_counts(record)
        return stale

    def _now_counts(self, record: DeploymentRecord) -> None:
        self._record = record
        self._keys = EntryKeys(self.store.indexes(), record.indexes)
        self._deployment = Deployment(record.number, record.catalogue())
        self._live_since = self.latest


def tell(stale: Sequence[Watch]) -> None:
    """Call those who watch what was changed. For whoever has no turn any more."""
    for watch in stale:
        try:
            watch.on_stale()
        except Exception as error:  # the commit is made: neither it nor the other watches are to blame
            current = threading.current_thread()
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, current)))


def _logged(commit: Commit) -> LoggedCommit:
    return LoggedCommit(commit.timestamp, tuple(write.change for write in commit.writes))
