"""Putting schemas live: what is checked, what is built, what stays as it was when something fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from convexgen.runtime.commits import (
    Committer,
    DeployInProgressError,
    Housekeeping,
    Mismatch,
    Progress,
    SchemaMismatchError,
    deploy,
)
from convexgen.runtime.store import IndexState, Store
from convexgen.runtime.values import encode_id
from tests.runtime.commits.broken_store import BrokenStore, FullDiskError, fail
from tests.runtime.commits.clock import SECOND, Clock
from tests.runtime.commits.tables import (
    FLOAT,
    STRING,
    Client,
    StandInTable,
    identity,
    messages,
    program_of,
    put_live,
    table,
)
from tests.runtime.store.implementations import IMPLEMENTATIONS

WITH_RANK = {"author": STRING, "body": STRING, "rank": FLOAT}


def test_an_empty_store_gets_the_tables_of_the_system_and_of_the_program(store: Store, clock: Clock) -> None:
    committer = Committer(store, clock)
    assert (committer.deployment.number, committer.deployment.catalogue.tables) == (0, {})
    deployment = put_live(committer, messages(by_author=["author", "meta.rank"]))
    assert deployment == committer.deployment
    assert deployment.number == 1
    found = {
        (name, made.number, index.name): index.fields
        for name, made in deployment.catalogue.tables.items()
        for index in made.indexes.values()
    }
    created = ("_creationTime",)
    assert found == {
        ("_storage", 1, "by_creation_time"): (created,),
        ("_scheduled_functions", 2, "by_creation_time"): (created,),
        ("_scheduled_functions", 2, "by_due"): (("state", "kind"), ("scheduledTime",), created),
        ("_file_contents", 3, "by_creation_time"): (created,),
        ("_file_contents", 3, "by_file"): (("file",), created),
        ("_file_contents", 3, "by_name"): (("name",), created),
        ("_cron_jobs", 4, "by_creation_time"): (created,),
        ("_cron_jobs", 4, "by_due"): (("state", "kind"), ("scheduledTime",), created),
        ("_imports", 6, "by_creation_time"): (created,),
        ("_exports", 7, "by_creation_time"): (created,),
        ("messages", 10_001, "by_creation_time"): (created,),
        ("messages", 10_001, "by_author"): (("author",), ("meta", "rank"), created),
    }
    assert {index.state for index in store.indexes().values()} == {IndexState.READY}


def test_numbers_are_kept_and_never_given_twice(store: Store, clock: Clock) -> None:
    committer = Committer(store, clock)
    put_live(committer, messages(by_author=["author"]), table("users", {}))
    first = Client(committer).index("by_author")
    assert committer.deployment.catalogue.tables["users"].number == 10_002
    put_live(committer, table("books", {}), messages(by_author=["author", "body"]))
    second = Client(committer).index("by_author")
    assert second > first
    assert "users" not in committer.deployment.catalogue.tables
    assert committer.deployment.catalogue.tables["books"].number == 10_003
    _clean(committer)
    put_live(committer, table("users", {}), messages(by_author=["author"]))
    assert committer.deployment.catalogue.tables["users"].number == 10_002
    assert Client(committer).index("by_author") > second


def _clean(committer: Committer) -> None:
    housekeeping = Housekeeping(committer)
    while housekeeping.run(committer.latest + 60 * SECOND):
        pass


def test_a_restart_finds_what_was_live(tmp_path: Path, clock: Clock) -> None:
    for implementation in IMPLEMENTATIONS:
        if implementation.persistent:
            store = implementation.open(tmp_path)
            client = Client(Committer(store, clock))
            before = put_live(client.committer, messages(by_author=["author"]))
            client.put(1, "ann")
            store.close()
            store = implementation.open(tmp_path)
            client = Client(Committer(store, clock))
            assert client.committer.deployment == before
            client.put(1, "bob")
            after = put_live(client.committer, messages(by_author=["author"]))
            assert (after.number, after.catalogue) == (before.number + 1, before.catalogue)
            store.close()


def test_documents_are_checked_when_their_type_changes_and_only_then(client: Client) -> None:
    client.put(1, "ann")
    same = messages(by_author=["author"], by_body=["body"])
    put_live(client.committer, same)
    assert isinstance(same, StandInTable)
    assert same.checked == []
    other = table("messages", {"author": STRING})
    put_live(client.committer, other)
    assert isinstance(other, StandInTable)
    assert other.checked == [client.document(1, author="ann", body="")]


def test_documents_that_do_not_fit_are_told_and_nothing_changes(client: Client, store: Store) -> None:
    for number in range(15):
        client.put(number, "ann")
    committer = client.committer
    before = (committer.deployment, store.latest, dict(store.indexes()))
    with pytest.raises(SchemaMismatchError) as raised:
        put_live(committer, table("messages", WITH_RANK, {"by_rank": ["rank"]}))
    assert raised.value.mismatches == tuple(
        Mismatch("messages", encode_id(10_001, identity(number)), "rank is None") for number in range(10)
    )
    assert str(raised.value).splitlines()[:2] == [
        "There are documents that the new schema does not allow:",
        f'"messages", document {encode_id(10_001, identity(0))}: rank is None',
    ]
    assert (committer.deployment, store.latest, dict(store.indexes())) == before
    client.put(1, "bob")


def test_what_changes_while_a_schema_goes_live_is_checked_too(client: Client) -> None:
    client.put(1, "ann")
    narrower = table("messages", {"author": STRING}, {"by_author": ["author"]})
    steps = deploy(client.committer, *program_of(narrower))
    next(steps)
    fine = client.write(2, client.document(2, author="bob"))
    wrong = client.write(3, client.document(3, author=1.5))
    client.committer.commit(client.draft(fine))
    client.committer.commit(client.draft(wrong))
    with pytest.raises(SchemaMismatchError) as raised:
        list(steps)
    assert [each.message for each in raised.value.mismatches] == ["author is 1.5"]
    client.delete(3)
    put_live(client.committer, narrower)


def test_many_changes_meanwhile_are_checked_before_the_turn(client: Client) -> None:
    client.put(1, "ann")
    other = table("messages", {"author": STRING})
    steps = deploy(client.committer, *program_of(other))
    assert next(steps) == Progress(1)
    for number in range(150):
        client.put(number, "bob")
    assert list(steps) == [Progress(150)]
    assert client.committer.deployment.number == 2


def test_an_index_is_built_while_others_commit(client: Client, store: Store) -> None:
    client.put_many(1_100, lambda number: f"body {number % 7}")
    changes: list[Callable[[], object]] = [
        lambda: client.put(3, "ann", "a"),
        lambda: client.delete(5),
        lambda: client.put(1_200, "ann", "z"),
        lambda: client.put(1_099, "ann", "b"),
        lambda: client.delete(1_200),
    ]
    told = []

    def between() -> None:
        told.append(client.committer.deployment.number)
        if changes:
            changes.pop(0)()

    put_live(client.committer, messages(by_author=["author"], by_body=["body"]), between=between)
    assert set(told) == {1}
    assert not changes
    documents = {number: f"body {number % 7}" for number in range(1_100)}
    documents |= {3: "a", 1_099: "b"}
    del documents[5]
    assert _scan(store, client.index("by_body")) == sorted(documents, key=lambda each: (documents[each], each))


def _scan(store: Store, index: int) -> list[int]:
    rows = store.scan(index, b"", b"\xff", store.latest, limit=10_000).rows
    return [int.from_bytes(row.document, "big") for row in rows]


def test_a_deployment_that_is_given_up_leaves_everything_as_it_was(client: Client, store: Store) -> None:
    client.put_many(600, str)
    before = client.committer.deployment
    steps = deploy(client.committer, *program_of(messages(by_author=["author"], by_body=["body"])))
    next(steps)
    next(steps)
    with pytest.raises(DeployInProgressError):
        put_live(client.committer, messages())
    assert _building(store)
    steps.close()
    assert client.committer.deployment == before
    client.put(1, "bob", "while it is half-built")
    _clean(client.committer)
    assert store.indexes().keys() == client.committer.record.served_indexes()
    client.put(1, "carl")


def _building(store: Store) -> list[int]:
    return [number for number, index in store.indexes().items() if index.state is IndexState.BUILDING]


@pytest.mark.parametrize("again", ["the same", "another"])
def test_a_restart_in_the_middle_takes_up_what_it_can_use(tmp_path: Path, clock: Clock, again: str) -> None:
    implementation = IMPLEMENTATIONS[-1]
    assert implementation.persistent
    store = implementation.open(tmp_path)
    client = Client(Committer(store, clock))
    put_live(client.committer, messages(by_author=["author"]))
    client.put_many(600, lambda number: str(number % 10))
    wanted = messages(by_author=["author"], by_body=["body"])
    steps = deploy(client.committer, *program_of(wanted))
    next(steps)
    [half_built] = _building(store)
    store.close()

    store = implementation.open(tmp_path)
    client = Client(Committer(store, clock))
    assert client.committer.deployment.number == 1
    client.put(3, "ann", "moved")
    client.delete(4)
    put_live(client.committer, wanted if again == "the same" else messages(by_author=["author"]))
    _clean(client.committer)
    if again == "the same":
        assert client.index("by_body") == half_built
        bodies = {number: str(number % 10) for number in range(600) if number != 4} | {3: "moved"}
        assert _scan(store, half_built) == sorted(bodies, key=lambda each: (bodies[each], each))
    else:
        assert half_built not in store.indexes()
    store.close()


def test_indexes_that_are_not_wanted_go_when_nobody_can_read_them(client: Client, store: Store) -> None:
    committer = client.committer
    for number in range(3):
        client.put(number, "ann")
    by_author = client.index("by_author")
    with committer.snapshot() as snapshot:
        put_live(committer, messages())
        client.put(1, "bob")
        _clean(committer)
        rows = store.scan(by_author, b"", b"\xff", snapshot).rows
        assert len(rows) == 3
    _clean(committer)
    assert by_author not in store.indexes()
    client.put(1, "carl")


def test_documents_of_a_table_that_has_gone_come_back_with_it(client: Client, store: Store) -> None:
    client.put(1, "ann")
    put_live(client.committer, table("users", {}))
    assert "messages" not in client.committer.deployment.catalogue.tables
    _clean(client.committer)
    again = messages(by_author=["author"])
    put_live(client.committer, again)
    assert _scan(store, client.index("by_author")) == [1]
    assert isinstance(again, StandInTable)
    assert again.checked == []


@pytest.mark.parametrize("failing", [0, 1])
def test_a_store_that_fails_leaves_the_old_deployment_live(clock: Clock, failing: int) -> None:
    store = BrokenStore()
    client = Client(Committer(store, clock))
    put_live(client.committer, messages())
    client.put(1, "ann")
    before = client.committer.deployment
    commits = 0

    def fail_in_time() -> None:
        nonlocal commits
        commits += 1
        if commits > failing:
            fail()

    store.before = fail_in_time
    wanted = messages(by_body=["body"])
    with pytest.raises(FullDiskError):
        put_live(client.committer, wanted)
    store.heal()
    assert client.committer.deployment == before
    assert Committer(store, clock).deployment == before
    client.put(1, "bob", "b")
    put_live(client.committer, wanted)
    assert _scan(store, client.index("by_body")) == [1]
