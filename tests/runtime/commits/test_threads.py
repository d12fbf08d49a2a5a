"""Many threads at once: each draft is checked against those before it, and one write to the disk serves many."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from convexgen.runtime.commits import Committer, ConflictError, DoneBeforeError
from convexgen.runtime.drafts import DocumentWrite, Draft
from convexgen.runtime.store import Commit, InvalidCommitError, Store
from tests.runtime.commits.broken_store import BrokenStore, FullDiskError, fail
from tests.runtime.commits.clock import Clock
from tests.runtime.commits.tables import Client, identity, messages, put_live, stored

ResultT = TypeVar("ResultT")
PATIENCE = 30
"""Seconds after which a test is taken to hang."""


def at_once(tasks: Sequence[Callable[[], ResultT]]) -> list[ResultT | Exception]:
    """Do all of them in threads that start together."""
    barrier = threading.Barrier(len(tasks))

    def run(task: Callable[[], ResultT]) -> ResultT | Exception:
        barrier.wait(PATIENCE)
        try:
            return task()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks, timeout=PATIENCE))


def test_counters_that_many_threads_count_up_lose_nothing(client: Client, store: Store) -> None:
    client.put(1, "0")

    def count_up() -> None:
        done = 0
        while done < 15:
            snapshot = client.committer.latest
            version = store.get(client.number, identity(1), snapshot)
            assert version is not None
            old = stored(version.value)
            new = {**old, "author": str(int(str(old["author"])) + 1)}
            write = DocumentWrite(client.number, identity(1), version.timestamp, old, new)
            try:
                client.committer.commit(client.draft(write, reads=client.reads(1), snapshot=snapshot))
            except ConflictError:
                continue
            done += 1

    assert at_once([count_up] * 6) == [None] * 6
    assert stored(_newest(store, client))["author"] == "90"


def _newest(store: Store, client: Client) -> bytes:
    version = store.get(client.number, identity(1), store.latest)
    assert version is not None
    return version.value


class Jam:
    """Holds the first commit in the store until so many drafts wait behind it that all of them go in one batch."""

    def __init__(self, clock: Clock) -> None:
        self.store = BrokenStore()
        self.client = Client(Committer(self.store, clock))
        put_live(self.client.committer, messages(by_author=["author"]))
        self.batches: list[int] = []
        """How many commits went down together, each time."""
        commit = self.store.commit

        def record(commits: Sequence[Commit]) -> None:
            commit(commits)
            self.batches.append(len(commits))

        self.store.commit = record  # type: ignore[method-assign]

    def commit(self, drafts: Sequence[Draft]) -> list[int | Exception]:
        """What becomes of these drafts, in the order in which they stood in the queue: as they are given."""
        committer = self.client.committer
        entered = threading.Event()
        go_on = threading.Event()

        def hold() -> None:
            self.store.before = lambda: None
            entered.set()
            assert go_on.wait(PATIENCE)

        self.store.before = hold
        first = self.client.draft(metadata={"first": b""})
        with ThreadPoolExecutor(len(drafts) + 1) as pool:
            leading = pool.submit(committer.commit, first)
            assert entered.wait(PATIENCE)
            waiting = []
            for number, draft in enumerate(drafts):
                waiting.append(pool.submit(committer.commit, draft))
                while committer._turns.waiting <= number:
                    assert not waiting[-1].done()
            go_on.set()
            leading.result(PATIENCE)
            errors = [future.exception(PATIENCE) for future in waiting]
            return [
                future.result() if error is None else error
                for future, error in zip(waiting, errors, strict=True)
                if error is None or isinstance(error, Exception)
            ]


@pytest.fixture
def jam(clock: Clock) -> Jam:
    return Jam(clock)


def test_drafts_that_wait_go_down_together(jam: Jam) -> None:
    client = jam.client
    drafts = [client.draft(client.write(n, client.document(n, author="ann", body=""))) for n in range(5)]
    outcomes = jam.commit(drafts)
    first = client.committer.latest - 4
    assert outcomes == [first + n for n in range(5)]
    assert jam.batches == [1, 5]


def test_within_a_batch_drafts_conflict_with_those_before_them(jam: Jam) -> None:
    client = jam.client
    readers = client.reads(index="by_author", equal=["ann"])
    outcomes = jam.commit(
        [
            client.draft(client.write(1, client.document(1, author="bob", body="")), reads=readers),
            client.draft(client.write(2, client.document(2, author="ann", body=""))),
            client.draft(client.write(3, client.document(3, author="bob", body="")), reads=readers),
            client.draft(client.write(4, client.document(4, author="bob", body=""))),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [int, int, ConflictError, int]
    assert jam.batches == [1, 3]


def test_within_a_batch_nothing_is_done_twice(jam: Jam) -> None:
    client = jam.client
    request = [
        client.draft(
            client.write(n, client.document(n, author="ann", body="")),
            metadata={"session/1": b"%d" % n},
            unless="session/1",
        )
        for n in (1, 2)
    ]
    first, second = jam.commit(request)
    assert isinstance(first, int)
    assert isinstance(second, DoneBeforeError)
    assert second.value == b"1"
    assert jam.store.get(client.number, identity(2), jam.store.latest) is None


def test_a_faulty_draft_fails_alone(jam: Jam) -> None:
    client = jam.client
    client.put(1, "ann")
    faulty = DocumentWrite(client.number, identity(1), None, None, client.document(1, author="x", body=""))
    outcomes = jam.commit(
        [
            client.draft(client.write(2, client.document(2, author="ann", body=""))),
            client.draft(faulty, metadata={"session/1": b"never"}),
            client.draft(
                client.write(3, client.document(3, author="ann", body="")),
                metadata={"session/1": b"1"},
                unless="session/1",
            ),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [int, InvalidCommitError, int]
    assert jam.store.metadata("session/1") == b"1"


def test_a_store_that_fails_fails_all_of_a_batch(jam: Jam) -> None:
    client = jam.client
    drafts = [client.draft(client.write(n, client.document(n, author="ann", body=""))) for n in range(3)]

    def break_behind_the_first() -> None:
        jam.store.before = fail

    jam.store.after = break_behind_the_first
    latest = client.committer.latest
    outcomes = jam.commit(drafts)
    assert [type(outcome) for outcome in outcomes] == [FullDiskError] * 3
    assert client.committer.latest == latest + 1
    jam.store.heal()
    assert [type(outcome) for outcome in jam.commit(drafts)] == [int] * 3


def test_a_watch_that_is_not_stale_is_true_at_the_snapshot_seen_before(client: Client, store: Store) -> None:
    """One thread writes, others watch: what `latest` shows, a watch that is asked afterwards knows of."""
    client.put(1, "0")
    stop = threading.Event()

    def write() -> int:
        for number in range(200):
            client.put(1, str(number))
        stop.set()
        return 0

    def watch() -> int:
        seen = 0
        while not stop.is_set():
            since = client.committer.latest
            waiting = client.committer.watch(client.reads(1), since, lambda: None)
            latest = client.committer.latest
            if not waiting.is_stale:
                seen += 1
                newest = store.get(client.number, identity(1), latest)
                assert newest is not None
                assert newest.timestamp <= since
            waiting.close()
        return seen

    outcomes = at_once([write, watch, watch])
    assert [type(outcome) for outcome in outcomes] == [int] * 3
