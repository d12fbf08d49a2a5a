"""Putting many documents in at once, and giving tables other numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from convexgen.runtime.catalogue import BY_CREATION_TIME
from convexgen.runtime.commits import Committer, DeployInProgressError, RedeployedError, put_documents, put_renumbered
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import IndexState, Store
from convexgen.runtime.values import EVERYTHING, encode_id
from tests.runtime.commits.broken_store import BrokenStore, FullDiskError, fail
from tests.runtime.commits.clock import SECOND, Clock
from tests.runtime.commits.tables import Document, messages, put_live, table


def new(table: int, number: int) -> DocumentWrite:
    internal = bytes(15) + bytes([number])
    value: Document = {"_id": encode_id(table, internal), "_creationTime": float(number), "author": "Ann", "body": "hi"}
    return DocumentWrite(table, internal, None, None, value)


def count(store: Store, committer: Committer, name: str = "messages") -> int:
    """How many documents stand in an index of the table that is live."""
    found = committer.deployment.catalogue.tables[name].indexes[BY_CREATION_TIME]
    return len(store.scan(found.number, b"", b"\xff", committer.latest).rows)


def test_all_is_one_commit_no_matter_how_much(store: Store, committer: Committer) -> None:
    before, number = committer.latest, committer.deployment.number

    timestamp = put_documents(committer, number, lambda _: (new(10_001, each) for each in range(200)), 0)

    (commit,) = store.log(before, 10)
    assert (commit.timestamp, len(commit.changes), committer.latest) == (timestamp, 200, timestamp)
    assert count(store, committer) == 200


def test_it_is_not_before_the_documents_that_it_brings(committer: Committer, clock: Clock) -> None:
    later = clock.now + 5 * SECOND

    assert put_documents(committer, committer.deployment.number, lambda _: [new(10_001, 1)], later) == later


def test_who_has_read_what_is_put_in_is_told_once_the_turn_has_ended(committer: Committer) -> None:
    seen: list[int] = []

    def look() -> None:
        with committer.turn():
            seen.append(committer.latest)

    watch = committer.watch(Reads(documents={10_001: (EVERYTHING,)}), committer.latest, look)

    timestamp = put_documents(committer, committer.deployment.number, lambda _: [new(10_001, 1)], 0)

    assert (watch.is_stale, seen) == (True, [timestamp])


def test_what_was_checked_against_another_program_is_refused(store: Store, committer: Committer) -> None:
    number = committer.deployment.number
    put_live(committer, messages())

    with pytest.raises(RedeployedError):
        put_documents(committer, number, lambda _: [new(10_001, 1)], 0)
    with pytest.raises(RedeployedError):
        put_renumbered(committer, number, [messages().declared], {"messages": 10_007}, lambda _: [new(10_007, 1)], 0)

    assert count(store, committer) == 0
    assert committer.deployment.catalogue.tables["messages"].number == 10_001


def test_whatever_the_changes_raise_nothing_is_written(store: Store, committer: Committer) -> None:
    def changes(_: int) -> Iterator[DocumentWrite]:
        yield new(10_001, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put_documents(committer, committer.deployment.number, changes, 0)

    assert count(store, committer) == 0
    assert put_documents(committer, committer.deployment.number, lambda _: [new(10_001, 1)], 0)


def test_a_table_gets_another_number_with_its_documents(store: Store, committer: Committer, clock: Clock) -> None:
    declared = messages(by_author=["author"]).declared
    before = committer.deployment

    made = put_renumbered(
        committer, before.number, [declared], {"messages": 10_007}, lambda _: [new(10_007, 1), new(10_007, 2)], 0
    )

    assert committer.deployment is made
    assert made.number == before.number + 1
    assert made.catalogue.tables["messages"].number == 10_007
    assert count(store, committer) == 2
    again = Committer(store, clock)
    assert again.deployment == made
    put_live(again, messages(by_author=["author"]), table("users", {}))
    assert again.deployment.catalogue.tables["users"].number == 10_008
    assert count(store, again) == 2


def test_a_store_that_fails_leaves_the_old_numbers(clock: Clock) -> None:
    store = BrokenStore()
    committer = Committer(store, clock)
    put_live(committer, messages())
    before = committer.deployment

    def changes(_: int) -> Iterator[DocumentWrite]:
        yield new(10_007, 1)
        store.before = fail

    with pytest.raises(FullDiskError):
        put_renumbered(committer, before.number, [messages().declared], {"messages": 10_007}, changes, 0)
    store.heal()

    assert Committer(store, clock).deployment.catalogue == before.catalogue
    assert {index.state for index in store.indexes().values()} == {IndexState.READY}
    assert put_renumbered(
        committer, before.number, [messages().declared], {"messages": 10_007}, lambda _: [new(10_007, 1)], 0
    )
    assert count(store, committer) == 1
    store.close()


def test_numbers_do_not_change_while_a_program_is_being_deployed(committer: Committer) -> None:
    with committer.deploying(), pytest.raises(DeployInProgressError):
        put_renumbered(committer, committer.deployment.number, [], {"messages": 10_007}, lambda _: [], 0)
