"""What is forgotten, and what is kept for those who still need it."""

from __future__ import annotations

import pytest

from convexgen.runtime.commits import EXPIRING, Housekeeping, OutOfRetentionError
from convexgen.runtime.store import SnapshotUnavailableError, Store
from tests.runtime.commits.clock import DAY, SECOND, Clock
from tests.runtime.commits.tables import Client, identity


def test_history_is_kept_for_a_while(client: Client, store: Store, clock: Clock) -> None:
    housekeeping = Housekeeping(client.committer)
    first = client.put(1, "ann")
    clock.now += 15 * SECOND
    second = client.put(1, "bob")
    assert not housekeeping.run(clock.now)
    assert store.get(client.number, identity(1), first) is not None
    clock.now += 10 * SECOND
    housekeeping.run(clock.now)
    assert store.oldest == clock.now - 20 * SECOND
    with pytest.raises(SnapshotUnavailableError):
        store.get(client.number, identity(1), first)
    assert store.get(client.number, identity(1), second) is not None
    clock.now += DAY
    housekeeping.run(clock.now)
    assert store.oldest == store.latest == second


def test_pinned_snapshots_are_kept(client: Client, store: Store, clock: Clock) -> None:
    committer = client.committer
    housekeeping = Housekeeping(committer)
    first = client.put(1, "ann")
    with committer.snapshot() as pinned, committer.snapshot(first) as again:
        assert pinned == again == first
        clock.now += DAY
        client.put(1, "bob")
        housekeeping.run(clock.now + DAY)
        assert store.oldest == first
        assert store.get(client.number, identity(1), pinned) is not None
    housekeeping.run(clock.now + DAY)
    assert store.oldest == store.latest
    with pytest.raises(OutOfRetentionError, match=str(first)), committer.snapshot(first):
        pass


def test_a_clock_that_was_set_back_forgets_nothing_too_early(client: Client, store: Store, clock: Clock) -> None:
    first = client.put(1, "ann")
    clock.now -= DAY
    client.put(1, "bob")
    Housekeeping(client.committer).run(clock.now)
    assert store.get(client.number, identity(1), first) is not None


def test_little_is_done_at_once(client: Client, store: Store, clock: Clock) -> None:
    for _ in range(3):
        client.put_many(700, str)
    clock.now += DAY
    housekeeping = Housekeeping(client.committer)
    assert housekeeping.run(clock.now)
    assert not housekeeping.run(clock.now)


def test_answers_to_requests_expire(client: Client, store: Store, clock: Clock) -> None:
    housekeeping = Housekeeping(client.committer)

    def names() -> list[str]:
        return [name for name in (f"{EXPIRING}old", f"{EXPIRING}new", "other") if store.metadata(name)]

    client.committer.commit(client.draft(metadata={f"{EXPIRING}old": b"1", "other": b"1"}))
    clock.now += 10 * DAY
    client.committer.commit(client.draft(metadata={f"{EXPIRING}new": b"1"}))
    housekeeping.run(clock.now)
    assert names() == [f"{EXPIRING}old", f"{EXPIRING}new", "other"]
    clock.now += 5 * DAY
    housekeeping.run(clock.now)
    assert names() == [f"{EXPIRING}new", "other"]
