"""Commits: conflicts, timestamps, what was done before, stores that fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from convexgen.runtime.commits import (
    Committer,
    ConflictError,
    DoneBeforeError,
    OutOfRetentionError,
    RedeployedError,
)
from convexgen.runtime.commits.timeline import Timeline
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import InvalidCommitError, Store
from tests.runtime.commits.broken_store import BrokenStore, FullDiskError, fail
from tests.runtime.commits.clock import SECOND, Clock
from tests.runtime.commits.tables import Client, identity, messages, put_live, stored


def test_a_commit_can_be_read_at_its_timestamp(client: Client, store: Store, clock: Clock) -> None:
    before = client.committer.latest
    clock.now += 5
    timestamp = client.put(1, "ann", "hello")
    assert timestamp == clock.now == client.committer.latest == store.latest
    found = store.get(client.number, identity(1), timestamp)
    assert found is not None
    assert (found.timestamp, stored(found.value)) == (timestamp, client.document(1, author="ann", body="hello"))
    assert store.get(client.number, identity(1), before) is None


def test_entries_of_all_indexes_follow_their_documents(client: Client, store: Store) -> None:
    by_author = client.index("by_author")
    client.put(1, "zoe")
    client.put(2, "ann")
    assert _ids(store, by_author) == [2, 1]
    client.put(1, "aaron")
    assert _ids(store, by_author) == [1, 2]
    client.delete(2)
    assert _ids(store, by_author) == [1]


def _ids(store: Store, index: int) -> list[int]:
    rows = store.scan(index, b"", b"\xff", store.latest).rows
    return [int.from_bytes(row.document, "big") for row in rows]


def test_time_goes_on_whatever_the_clock_says(client: Client, clock: Clock) -> None:
    first = client.put(1, "ann")
    assert client.put(2, "ann") == first + 1
    clock.now -= 1_000 * SECOND
    assert client.put(3, "ann") == first + 2
    clock.now += 2_000 * SECOND
    assert client.put(4, "ann") == clock.now


def test_time_goes_on_after_a_restart(client: Client, store: Store, clock: Clock) -> None:
    last = client.put(1, "ann")
    clock.now = 5
    again = Client(Committer(store, clock))
    assert again.committer.latest == last
    assert again.put(2, "ann") == last + 1


def test_what_has_nothing_to_write_is_as_of_its_snapshot(client: Client) -> None:
    before = client.committer.latest
    client.put(1, "ann")
    assert client.committer.commit(client.draft(reads=client.reads(1), snapshot=before)) == before


CHANGES: Sequence[Callable[[Client], object]] = (
    lambda client: client.put(1, "ann", "new"),
    lambda client: client.put(1, "bob"),
    lambda client: client.delete(1),
    lambda client: client.put(3, "ann"),
    lambda client: client.put(3, "bob"),
)


@pytest.mark.parametrize(
    ("reads", "conflicts"),
    [
        (lambda client: client.reads(1), [True, True, True, False, False]),
        (lambda client: client.reads(3), [False, False, False, True, True]),
        (lambda client: client.reads(index="by_author", equal=["ann"]), [True, True, True, True, False]),
        (lambda client: client.reads(index="by_author", equal=["bob"]), [False, True, False, False, True]),
        (lambda client: client.reads(2, index="by_author", equal=["al"]), [False] * 5),
    ],
    ids=["a document", "no document", "an author", "another author", "nothing that changes"],
)
def test_a_draft_conflicts_with_changes_of_what_it_read(
    client: Client, reads: Callable[[Client], Reads], conflicts: list[bool]
) -> None:
    found = []
    for change in CHANGES:
        client.put(1, "ann")
        client.put(2, "zoe")
        if client.write(3, None).old:
            client.delete(3)
        draft = client.draft(
            client.write(9, client.document(9, author="x", body="")), reads=reads(client), metadata={"m": b""}
        )
        change(client)
        try:
            client.committer.commit(draft)
        except ConflictError as error:
            assert error.table == "messages"
            found.append(True)
        else:
            found.append(False)
            client.delete(9)
    assert found == conflicts


def test_a_write_conflicts_with_a_newer_version_even_if_nobody_says_that_it_was_read(client: Client) -> None:
    client.put(1, "ann")
    blind = client.draft(client.write(1, None))
    client.put(1, "bob")
    with pytest.raises(ConflictError):
        client.committer.commit(blind)
    assert client.write(1, None).old == client.document(1, author="bob", body="")


def test_what_was_done_before_is_not_done_again(client: Client, store: Store) -> None:
    def request() -> int:
        write = client.write(1, client.document(1, author="ann", body=str(store.latest)))
        return client.committer.commit(client.draft(write, metadata={"session/a/1": b"done"}, unless="session/a/1"))

    done_at = request()
    version = store.get(client.number, identity(1), done_at)
    with pytest.raises(DoneBeforeError) as raised:
        request()
    assert raised.value.value == b"done"
    assert store.get(client.number, identity(1), store.latest) == version
    assert client.committer.latest == done_at


def test_what_ran_in_an_old_program_has_to_run_again(client: Client) -> None:
    draft = client.draft(client.write(1, client.document(1, author="ann", body="")))
    put_live(client.committer, messages(by_author=["author"]))
    with pytest.raises(RedeployedError):
        client.committer.commit(draft)


def test_a_store_that_fails_has_nothing_and_goes_on_when_it_can(clock: Clock) -> None:
    store = BrokenStore()
    client = Client(Committer(store, clock))
    put_live(client.committer, messages())
    watch = client.committer.watch(client.reads(1), client.committer.latest, lambda: None)
    latest = client.committer.latest
    store.before = fail
    with pytest.raises(FullDiskError, match="the disk is full"):
        client.put(1, "ann")
    assert (client.committer.latest, watch.is_stale) == (latest, False)
    store.heal()
    client.put(1, "ann")
    assert watch.is_stale


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_a_commit_that_was_interrupted_after_it_was_made_is_told_of_later(clock: Clock) -> None:
    store = BrokenStore()
    client = Client(Committer(store, clock))
    put_live(client.committer, messages())
    told: list[str] = []
    client.committer.watch(client.reads(1), client.committer.latest, lambda: told.append("1"))
    stale_draft = client.draft(client.write(2, client.document(2, author="x", body="")), reads=client.reads(1))
    store.after = _interrupt
    with pytest.raises(KeyboardInterrupt):
        client.put(1, "ann")
    store.heal()
    assert told == []
    with pytest.raises(ConflictError):
        client.committer.commit(stale_draft)
    assert told == ["1"]
    assert client.committer.latest == store.latest


def test_a_fault_of_the_caller_is_told_and_does_no_harm(client: Client) -> None:
    client.put(1, "ann")
    wrong = DocumentWrite(client.number, identity(1), None, None, client.document(1, author="bob", body=""))
    with pytest.raises(InvalidCommitError):
        client.committer.commit(client.draft(wrong))
    client.put(1, "carl")


def test_a_long_transaction_is_checked_against_the_log_of_the_store(client: Client, store: Store, clock: Clock) -> None:
    committer = client.committer
    committer._timeline = Timeline(store, maximum_changes=8)
    old = committer.latest
    client.put(1, "ann")
    for number in range(30):
        client.put(100 + number, "bob")
    write = client.write(2, client.document(2, author="carl", body=""))
    with pytest.raises(ConflictError):
        committer.commit(client.draft(write, reads=client.reads(1), snapshot=old))
    committer.commit(client.draft(write, reads=client.reads(3), snapshot=old))
    store.prune(committer.latest, 1_000)
    with pytest.raises(OutOfRetentionError):
        committer.commit(client.draft(client.write(2, None), reads=client.reads(3), snapshot=old))
