"""What every store promises, one promise at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from convexgen.runtime.store.build_index import build_index
from convexgen.runtime.store.commits import Commit, InvalidCommitError, KeyChange, LoggedCommit, Write
from convexgen.runtime.store.contract import (
    BATCH_BYTES,
    END_OF_DOCUMENTS,
    Batch,
    Index,
    IndexNotReadyError,
    IndexState,
    MissingEntry,
    Order,
    Position,
    SnapshotUnavailableError,
    Store,
    StoreClosedError,
    Version,
)
from tests.runtime.store.model import (
    BY_END,
    BY_START,
    END,
    OTHER_TABLE,
    TABLE,
    Model,
    identity,
    key_of,
    scan_all,
    scan_whole_table,
)

EVERY_ORDER: tuple[Order, ...] = ("asc", "desc")


def test_an_empty_store(store: Store) -> None:
    assert (store.oldest, store.latest) == (0, 0)
    assert store.get(TABLE, identity(1), 0) is None
    assert store.scan(BY_START, b"", END, 0) == Batch((), None)
    assert store.scan_table(TABLE, b"", END_OF_DOCUMENTS, 0) == Batch((), None)
    assert store.log(0, 10) == ()
    assert store.metadata("name") is None
    assert store.prune(0, 10) is False


def test_a_snapshot_sees_what_was_there_then(store: Store) -> None:
    model = Model()
    store.commit([model.commit({1: b"one"})])
    store.commit([model.commit({1: b"two", 2: b"other"})])
    store.commit([model.commit({1: None})])
    store.commit([model.commit({1: b"back"})])
    assert store.latest == 40
    assert [store.get(TABLE, identity(1), snapshot) for snapshot in range(0, 41, 5)] == [
        None,
        None,
        Version(10, b"one"),
        Version(10, b"one"),
        Version(20, b"two"),
        Version(20, b"two"),
        None,
        None,
        Version(40, b"back"),
    ]
    assert store.get(OTHER_TABLE, identity(1), 20) is None
    assert [(row.key, row.value) for row in scan_all(store, BY_START, 20)] == [(b"o", b"other"), (b"t", b"two")]
    assert [(row.key, row.value) for row in scan_all(store, BY_START, 30)] == [(b"o", b"other")]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("order", EVERY_ORDER)
def test_batches_together_are_the_interval(store: Store, order: Order, limit: int) -> None:
    model = Model()
    store.commit([model.commit({number: b"%c%c" % (97 + number % 3, 97 + number % 5) for number in range(20)})])
    store.commit([model.commit({number: b"%c%c" % (97 + number % 4, 97) for number in range(0, 20, 3)})])
    for snapshot in (10, 20):
        for index in (BY_START, BY_END):
            for lower, upper in [(b"", END), (b"a", b"b"), (b"b", b"d"), (b"b", b"b"), (b"c", b"a"), (b"x", END)]:
                found = scan_all(store, index, snapshot, lower, upper, order, limit)
                assert found == model.scan(index, lower, upper, snapshot, order)
        assert scan_whole_table(store, snapshot, order, limit) == model.scan_table(
            b"", END_OF_DOCUMENTS, snapshot, order
        )


@pytest.mark.parametrize("order", EVERY_ORDER)
def test_a_table_is_scanned_between_ids(store: Store, order: Order) -> None:
    model = Model()
    store.commit([model.commit(dict.fromkeys(range(20), b"value"))])
    lower, upper = sorted((identity(3), identity(7)))
    batch = store.scan_table(TABLE, lower, upper, 10, order=order)
    assert list(batch.rows) == model.scan_table(lower, upper, 10, order)
    assert len(batch.rows) > 2


@pytest.mark.parametrize("order", EVERY_ORDER)
def test_a_scan_goes_on_after_a_row_that_is_gone(store: Store, order: Order) -> None:
    model = Model()
    store.commit([model.commit(dict.fromkeys(range(6), b"aa") | {9: b"bb"})])
    rows = model.scan(BY_START, b"", END, 10, order)
    after = rows[2].position
    store.commit([model.commit({number: None for number in range(6) if identity(number) == after.document})])
    assert list(store.scan(BY_START, b"", END, 20, order=order, after=after).rows) == rows[3:]


@pytest.mark.parametrize(("order", "outside"), [("asc", b"\0"), ("desc", b"z")])
def test_what_was_passed_before_the_interval_does_not_matter(store: Store, order: Order, outside: bytes) -> None:
    model = Model()
    store.commit([model.commit({1: b"aa", 2: b"bb", 3: b"cc", 4: b"yy"})])
    batch = store.scan(BY_START, b"b", b"d", 10, order=order, after=Position(outside, identity(1)))
    assert list(batch.rows) == model.scan(BY_START, b"b", b"d", 10, order)


def test_a_batch_ends_where_its_values_become_too_large(store: Store) -> None:
    model = Model()
    half = b"x" * (BATCH_BYTES // 2)
    store.commit([model.commit({1: half, 2: half, 3: half})])
    first = store.scan(BY_START, b"", END, 10)
    assert (len(first.rows), first.after) == (2, first.rows[-1].position)
    second = store.scan(BY_START, b"", END, 10, after=first.after)
    assert (len(second.rows), second.after) == (1, None)
    assert len(store.scan_table(TABLE, b"", END_OF_DOCUMENTS, 10).rows) == 2


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_keys_may_be_long_and_alike_to_the_end(store: Store, order: Order) -> None:
    """As those of long texts are."""
    store.drop_index(BY_END, 10)
    alike = b"k" * 10_000
    keys = [b"j", b"k", *(alike[:length] for length in (1_999, 2_000, 2_001)), alike, alike + b"a", alike + b"b", b"l"]
    writes = (
        Write(TABLE, identity(200 - number), b"v", None, (KeyChange(BY_START, None, key),))
        for number, key in enumerate(keys)
    )
    store.commit([Commit(10, tuple(writes))])
    expected = keys if order == "asc" else keys[::-1]

    def scanned(lower: bytes, upper: bytes, limit: int) -> list[bytes]:
        batch = store.scan(BY_START, lower, upper, 10, order=order, limit=limit)
        rows = list(batch.rows)
        while batch.after is not None:
            batch = store.scan(BY_START, lower, upper, 10, order=order, after=batch.after, limit=limit)
            rows += batch.rows
        return [row.key for row in rows]

    for limit in (1, 2, 100):
        assert scanned(b"", END, limit) == expected
        assert scanned(alike[:2_000], alike + b"b", limit) == [each for each in expected if each in keys[3:7]]
    document = identity(200 - keys.index(alike + b"a"))
    wrong = Write(TABLE, document, b"w", 10, (KeyChange(BY_START, alike + b"c", alike + b"a"),))
    with pytest.raises(InvalidCommitError, match="does not stand in the index"):
        store.commit([Commit(20, (wrong,))])
    store.commit([Commit(20, (Write(TABLE, document, None, 10, (KeyChange(BY_START, alike + b"a", None),)),))])
    store.prune(20, 100)
    assert [row.key for row in store.scan(BY_START, alike, END, 20).rows] == [alike, alike + b"b", b"l"]


def test_snapshots_of_the_future_and_of_a_forgotten_past_cannot_be_read(store: Store) -> None:
    model = Model()
    store.commit([model.commit({1: b"one"}), model.commit({1: b"two"}), model.commit({1: b"three"})])
    assert store.prune(20, 10) is False
    assert store.get(TABLE, identity(1), 20) == Version(20, b"two")
    for snapshot in (19, 31):
        for read in (
            lambda at: store.get(TABLE, identity(1), at),
            lambda at: store.scan(BY_START, b"", END, at),
            lambda at: store.scan_table(TABLE, b"", END_OF_DOCUMENTS, at),
            lambda at: store.log(at, 10),
        ):
            with pytest.raises(SnapshotUnavailableError) as caught:
                read(snapshot)
            assert str(caught.value) == f"the snapshot {snapshot} cannot be read: there are 20 to 30"


def insert(number: int, value: bytes, index_keys: Mapping[int, bytes] | None = None) -> Write:
    keys = {BY_START: value[:1], BY_END: value[-1:]} if index_keys is None else index_keys
    return Write(TABLE, identity(number), value, None, tuple(KeyChange(index, None, keys[index]) for index in keys))


EXISTING = insert(1, b"ab")._replace(previous=10)
INVALID: dict[str, tuple[Callable[[Commit], Commit], str]] = {
    "a time that was": (
        lambda commit: replace(commit, timestamp=20),
        "a commit at 20 cannot follow one at 20",
    ),
    "a document twice": (
        lambda commit: replace(commit, writes=(commit.writes[0], commit.writes[0])),
        "the commit at 30 writes a document twice",
    ),
    "nothing to delete": (
        lambda commit: replace(commit, writes=(Write(TABLE, identity(3), None, None),)),
        "{3} is deleted, but there is none to delete",
    ),
    "inserted where there is one": (
        lambda commit: replace(commit, writes=(commit.writes[0], insert(1, b"xx"))),
        "{1} replaces no version, which is not what is there now",
    ),
    "not the newest": (
        lambda commit: replace(
            commit, writes=(Write(TABLE, identity(1), b"z", 9, (KeyChange(1, b"a", b"z"), KeyChange(2, b"b", b"z"))),)
        ),
        "{1} replaces the version of 9, which is not what is there now",
    ),
    "silent about an index": (
        lambda commit: replace(commit, writes=(insert(3, b"xx", {BY_START: b"x"}),)),
        "{3} tells of the indexes [1], but its table has [1, 2]",
    ),
    "an index that there is not": (
        lambda commit: replace(commit, writes=(insert(3, b"xx", {BY_START: b"x", 7: b"x"}),)),
        "{3} tells of the indexes [1, 7], but its table has [1, 2]",
    ),
    "an index twice": (
        lambda commit: replace(
            commit, writes=(insert(3, b"x")._replace(keys=(KeyChange(1, None, b"x"), KeyChange(1, None, b"y"))),)
        ),
        "{3} tells of the indexes [1, 1], but its table has [1, 2]",
    ),
    "an entry of nothing": (
        lambda commit: replace(
            commit, writes=(insert(3, b"x")._replace(keys=(KeyChange(1, b"x", b"x"), KeyChange(2, None, b"y"))),)
        ),
        "{3} and its entry in the index 1 do not go together",
    ),
    "an entry elsewhere": (
        lambda commit: replace(
            commit, writes=(Write(TABLE, identity(1), b"z", 10, (KeyChange(1, b"a", b"z"), KeyChange(2, b"x", b"z"))),)
        ),
        "{1} does not stand in the index 2 where it says",
    ),
}


@pytest.mark.parametrize("case", INVALID)
def test_a_commit_that_contradicts_itself_or_the_store_changes_nothing(store: Store, case: str) -> None:
    model = Model()
    store.commit([model.commit({1: b"ab"})])
    good = Commit(20, (insert(2, b"good"),), {"name": b"good"})
    spoil, message = INVALID[case]
    bad = spoil(Commit(30, (insert(3, b"fine"),), {"name": b"bad"}))
    with pytest.raises(InvalidCommitError) as caught:
        store.commit([good, bad])
    name = "the document {} of the table 10001".format
    assert str(caught.value) == message.format(*(name(identity(number).hex()) for number in range(4)))
    assert (store.latest, store.metadata("name")) == (10, None)
    assert scan_all(store, BY_START, 10) == model.scan(BY_START, b"", END, 10)
    store.commit([good])
    assert [row.value for row in scan_all(store, BY_END, 20)] == [b"ab", b"good"]


def test_no_time_is_beyond_the_last(store: Store) -> None:
    store.commit([Commit(2**63 - 2)])
    with pytest.raises(InvalidCommitError):
        store.commit([Commit(2**63 - 1)])


def test_committing_nothing_changes_nothing(store: Store) -> None:
    store.commit([])
    assert store.latest == 0
    store.commit([Commit(5)])
    assert (store.latest, store.log(0, 10)) == (5, (LoggedCommit(5, ()),))


def test_the_log_tells_what_was_committed(store: Store) -> None:
    model = Model()
    commits = [model.commit(changes) for changes in ({1: b"ab", 2: b"cd"}, {1: b"ax"}, {}, {1: b"ax", 2: None})]
    store.commit(commits)
    logged = tuple(LoggedCommit(each.timestamp, tuple(write.change for write in each.writes)) for each in commits)
    assert logged[1].changes[0].keys == (KeyChange(BY_START, b"a", b"a"), KeyChange(BY_END, b"b", b"x"))
    assert store.log(0, 10) == logged
    assert store.log(0, 2) == logged[:2]
    assert store.log(10, 2) == logged[1:3]
    assert store.log(25, 10) == logged[2:]
    assert store.log(40, 10) == ()


def test_metadata_has_what_was_written_last(store: Store) -> None:
    store.commit([Commit(1, metadata={"a": b"1", "b": b""}), Commit(2, metadata={"a": b"2"})])
    assert (store.metadata("a"), store.metadata("b")) == (b"2", b"")
    store.commit([Commit(3, metadata={"a": None, "never": None})])
    assert (store.metadata("a"), store.metadata("b")) == (None, b"")


def test_metadata_expires_by_when_it_was_written(store: Store) -> None:
    names = ["request/1", "request/2", "request%", "schema", "request/3"]
    store.commit([Commit(time, metadata={name: b"x"}) for time, name in enumerate(names, 1)])
    store.commit([Commit(9, metadata={"request/1": b"newer"})])
    assert store.expire_metadata("request/", 9, 1) is True
    assert store.expire_metadata("request/", 9, 1) is True
    assert store.expire_metadata("request/", 9, 1) is False
    assert [store.metadata(name) for name in names] == [b"newer", None, b"x", b"x", None]


def test_history_is_forgotten_step_by_step(store: Store) -> None:
    model = Model()
    store.commit([model.commit({1: b"%c" % (97 + step), 2: b"bb"}) for step in range(5)])
    store.commit([model.commit({1: None})])
    store.commit([model.commit({1: b"back"})])
    more = [store.prune(60, 4) for _ in range(3)]
    assert more == [True, True, False]
    assert store.oldest == 60
    assert [logged.timestamp for logged in store.log(60, 10)] == [70]
    for snapshot in (60, 65, 70):
        known = snapshot // 10 * 10
        assert scan_all(store, BY_START, snapshot) == model.scan(BY_START, b"", END, known)
        assert scan_whole_table(store, snapshot) == model.scan_table(b"", END_OF_DOCUMENTS, known)
    assert store.prune(30, 10) is False
    assert store.oldest == 60
    with pytest.raises(SnapshotUnavailableError):
        store.prune(71, 10)
    assert store.prune(70, 10) is False
    assert scan_all(store, BY_END, 70) == model.scan(BY_END, b"", END, 70)
    store.commit([model.commit({1: b"on", 2: None})])
    assert scan_all(store, BY_END, 80) == model.scan(BY_END, b"", END, 80)


def test_an_index_is_built_while_commits_go_on(empty_store: Store) -> None:
    store, model = empty_store, Model(indexes=())
    store.commit([model.commit({number: b"%c" % (97 + number) for number in range(10)})])
    store.create_index(BY_START, TABLE)
    model.indexes.add(BY_START)
    first, *_ = sorted(range(10), key=identity)
    last = max(range(10), key=identity)
    # What was and what was not seen yet, each as it was, changed, deleted, deleted and inserted again; and a new one.
    steps: list[dict[int, bytes | None]] = [
        {first: b"ax", last: b"zx"},
        {first: None, last: None},
        {first: b"new", last: b"new", 11: b"other"},
        {11: b"same"},
        {11: b"same"},
    ]
    seen = []
    for count in build_index(store, BY_START, lambda document, value: key_of(BY_START, value), rows=2):
        seen.append(count)
        if steps:
            store.commit([model.commit(steps.pop(0))])
    assert seen[:3] == [2, 4, 6]
    assert store.indexes() == {BY_START: Index(TABLE, IndexState.READY, store.latest)}
    assert scan_all(store, BY_START, store.latest) == model.scan(BY_START, b"", END, model.latest)
    store.commit([model.commit(dict.fromkeys(range(12)))])
    assert scan_all(store, BY_START, store.latest) == []


@pytest.mark.parametrize("value", [b"ax", b"zz"])
def test_a_document_that_changes_between_reading_and_adding_has_the_newer_entry(
    empty_store: Store, value: bytes
) -> None:
    store, model = empty_store, Model(indexes=())
    store.commit([model.commit({1: b"ab"})])
    store.create_index(BY_START, TABLE)
    model.indexes.add(BY_START)
    store.commit([model.commit({1: value})])
    store.add_entries(BY_START, [MissingEntry(identity(1), 10, b"a"), MissingEntry(identity(2), 10, b"a")])
    store.finish_index(BY_START)
    assert scan_all(store, BY_START, 20) == model.scan(BY_START, b"", END, 20)


def test_adding_the_same_entries_again_does_no_harm(empty_store: Store) -> None:
    store, model = empty_store, Model(indexes=())
    store.commit([model.commit({1: b"ab", 2: b"cd"})])
    store.create_index(BY_START, TABLE)
    model.indexes.add(BY_START)
    store.commit([model.commit({2: b"ce"})])
    for _ in range(2):
        store.add_entries(BY_START, [MissingEntry(identity(1), 10, b"a"), MissingEntry(identity(2), 20, b"c")])
    store.finish_index(BY_START)
    assert scan_all(store, BY_START, 20) == model.scan(BY_START, b"", END, 20)
    store.commit([model.commit({1: None, 2: None})])
    assert scan_all(store, BY_START, 30) == []


def test_an_index_cannot_be_read_before_it_is_ready(empty_store: Store) -> None:
    store, model = empty_store, Model(indexes=())
    store.commit([model.commit({1: b"one"})])
    store.create_index(BY_START, TABLE)
    store.create_index(BY_START, TABLE)
    model.indexes.add(BY_START)
    with pytest.raises(IndexNotReadyError, match="the index 1 cannot be read: building"):
        store.scan(BY_START, b"", END, 10)
    with pytest.raises(ValueError, match="there is an index 1 already"):
        store.create_index(BY_START, OTHER_TABLE)
    store.commit([model.commit({2: b"two"})])
    for _ in build_index(store, BY_START, lambda document, value: key_of(BY_START, value)):
        pass
    with pytest.raises(IndexNotReadyError, match="the index 1 cannot be read at 10, before 20"):
        store.scan(BY_START, b"", END, 10)
    with pytest.raises(IndexNotReadyError, match="the index 1 is not being built"):
        store.finish_index(BY_START)
    with pytest.raises(ValueError, match="there is an index 1 already"):
        store.create_index(BY_START, TABLE)
    with pytest.raises(IndexNotReadyError, match="the index 2 cannot be read: there is none"):
        store.scan(BY_END, b"", END, 20)


def test_an_index_is_dropped_step_by_step(store: Store) -> None:
    model = Model()
    store.commit([model.commit(dict.fromkeys(range(5), b"ab"))])
    assert store.drop_index(BY_START, 3) is True
    model.indexes.remove(BY_START)
    store.commit([model.commit({1: b"cd", 2: None})])
    with pytest.raises(IndexNotReadyError, match="the index 1 cannot be read: dropping"):
        store.scan(BY_START, b"", END, 10)
    assert store.drop_index(BY_START, 3) is False
    assert store.drop_index(BY_START, 3) is False
    assert store.indexes() == {BY_END: Index(TABLE, IndexState.READY, 0)}
    assert scan_all(store, BY_END, 20) == model.scan(BY_END, b"", END, 20)
    assert store.prune(20, 100) is False


def test_the_same_number_can_be_used_for_another_index_afterwards(store: Store) -> None:
    model = Model()
    store.commit([model.commit({1: b"ab"})])
    assert store.drop_index(BY_START, 10) is False
    store.create_index(BY_START, OTHER_TABLE)
    store.finish_index(BY_START)
    assert store.scan(BY_START, b"", END, 10) == Batch((), None)


def test_a_closed_store_does_nothing_more(store: Store) -> None:
    store.close()
    store.close()
    for use in (
        lambda: store.get(TABLE, identity(1), 0),
        lambda: store.commit([Commit(1)]),
        lambda: store.metadata("name"),
        lambda: store.create_index(3, TABLE),
    ):
        with pytest.raises(StoreClosedError):
            use()
