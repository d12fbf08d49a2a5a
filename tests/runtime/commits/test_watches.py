"""Watches: who is told, when, and what waiting costs."""

from __future__ import annotations

import pytest

from convexgen.runtime.commits import Committer
from convexgen.runtime.commits.timeline import Timeline
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import Store
from tests.runtime.commits.broken_store import BrokenStore
from tests.runtime.commits.clock import Clock
from tests.runtime.commits.tables import Client, messages, put_live


class Told:
    """What a watch calls; `latest` has the newest snapshot at each call."""

    def __init__(self, committer: Committer) -> None:
        self.committer = committer
        self.latest: list[int] = []

    def __call__(self) -> None:
        self.latest.append(self.committer.latest)


def test_a_watch_is_told_once_and_of_what_was_read_alone(client: Client) -> None:
    committer = client.committer
    told = Told(committer)
    watch = committer.watch(client.reads(1, index="by_author", equal=["ann"]), committer.latest, told)
    client.put(2, "bob")
    assert (watch.is_stale, told.latest) == (False, [])
    first = client.put(3, "ann")
    assert watch.is_stale
    client.put(1, "ann")
    assert told.latest == [first]


def test_whoever_leaves_an_interval_is_news_too(client: Client) -> None:
    client.put(1, "ann")
    reads = client.reads(index="by_author", equal=["ann"])
    moved = client.committer.watch(reads, client.committer.latest, lambda: None)
    client.put(1, "bob")
    assert moved.is_stale
    client.put(1, "ann")
    deleted = client.committer.watch(reads, client.committer.latest, lambda: None)
    client.delete(1)
    assert deleted.is_stale


def test_what_has_changed_already_is_told_at_once(client: Client) -> None:
    committer = client.committer
    before = committer.latest
    client.put(1, "ann")
    told = Told(committer)
    assert committer.watch(client.reads(1), before, told).is_stale
    assert told.latest == [committer.latest]
    assert not committer.watch(client.reads(1), committer.latest, told).is_stale
    assert not committer.watch(client.reads(2), before, told).is_stale


def test_what_nobody_knows_any_more_counts_as_changed(client: Client, store: Store) -> None:
    committer = client.committer
    committer._timeline = Timeline(store, maximum_changes=4)
    before = committer.latest
    for number in range(20):
        client.put(number, "bob")
    unknown = client.reads(index="by_author", equal=["ann"])
    assert committer.watch(unknown, before, lambda: None).is_stale
    assert not committer.unchanged(unknown, before, committer.latest)
    # But that a whole index has not changed is known for as long as this runs.
    storage = committer.deployment.catalogue.tables["_storage"].indexes["by_creation_time"].number
    untouched = Reads(entries={storage: unknown.entries[client.index("by_author")]})
    assert not committer.watch(untouched, before, lambda: None).is_stale
    assert committer.unchanged(untouched, before, committer.latest)


def test_a_closed_watch_is_told_of_nothing(client: Client) -> None:
    committer = client.committer
    told = Told(committer)
    reads = client.reads(1)
    closed, other = (committer.watch(reads, committer.latest, told) for _ in range(2))
    closed.close()
    closed.close()
    client.put(1, "ann")
    assert (closed.is_stale, other.is_stale, len(told.latest)) == (False, True, 1)
    other.close()


def test_nothing_is_kept_of_watches_that_have_ended(client: Client) -> None:
    committer = client.committer
    reads = client.reads(1, index="by_author", equal=["ann"])
    watches = [committer.watch(reads, committer.latest, lambda: None) for _ in range(3)]
    for watch in watches:
        watch.close()
    stale = committer.watch(reads, committer.latest, lambda: None)
    client.put(1, "ann")
    assert stale.is_stale
    waiting = committer._timeline._watches
    assert (waiting._groups, waiting._documents, waiting._entries) == ({}, {}, {})


def test_watches_may_commit_and_watch_when_they_are_told(client: Client) -> None:
    committer = client.committer
    told = Told(committer)

    def answer() -> None:
        committer.watch(client.reads(2), committer.latest, told)
        client.put(2, "bob")

    committer.watch(client.reads(1), committer.latest, answer)
    client.put(1, "ann")
    assert told.latest == [committer.latest]


def test_news_come_before_they_can_be_read(clock: Clock) -> None:
    store = BrokenStore()
    client = Client(Committer(store, clock))
    put_live(client.committer, messages())
    watch = client.committer.watch(client.reads(1), client.committer.latest, lambda: None)
    before = client.committer.latest
    seen: list[tuple[int, bool]] = []
    store.after = lambda: seen.append((client.committer.latest, watch.is_stale))
    client.put(1, "ann")
    assert seen == [(before, False)]  # the store has it, and nobody else knows
    assert watch.is_stale


def test_a_watch_that_raises_takes_nothing_from_the_others(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[BaseException | None] = []
    monkeypatch.setattr("threading.excepthook", lambda arguments: raised.append(arguments.exc_value))
    error = ZeroDivisionError()

    def broken() -> None:
        raise error

    told = Told(client.committer)
    client.committer.watch(client.reads(1), client.committer.latest, broken)
    client.committer.watch(client.reads(1), client.committer.latest, told)
    timestamp = client.put(1, "ann")
    assert told.latest == [timestamp]
    assert raised == [error]


def test_unchanged_is_about_two_snapshots_and_what_lies_between(client: Client) -> None:
    committer = client.committer
    reads = client.reads(index="by_author", equal=["ann"])
    first = committer.latest
    second = client.put(1, "bob")
    third = client.put(2, "ann")
    fourth = client.put(3, "bob")
    assert committer.unchanged(reads, first, second)
    assert not committer.unchanged(reads, first, third)
    assert not committer.unchanged(reads, second, fourth)
    assert committer.unchanged(reads, third, fourth)
    assert committer.unchanged(reads, fourth, fourth)
    assert not committer.unchanged(reads, fourth, fourth + 1)  # nobody knows the future
