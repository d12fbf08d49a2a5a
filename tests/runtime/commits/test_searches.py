"""Text indexes of a deployment: built, kept up, taken up again and dropped as others are; who is told of a search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen import ir
from convexgen.runtime.commits import Committer, Housekeeping, deploy
from convexgen.runtime.commits.deployment_record import KnownIndex, read_record, write_record
from convexgen.runtime.commits.recent_commits import RecentCommits
from convexgen.runtime.commits.watches import Watch, Watches
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.reads import Reads
from convexgen.runtime.search import SearchEntry, TextQuery
from convexgen.runtime.store import Change, IndexState, KeyChange, LoggedCommit, Store
from tests.runtime.commits.clock import SECOND, Clock
from tests.runtime.commits.tables import Client, StandInTable, identity, messages, program_of, put_live
from tests.runtime.store.implementations import IMPLEMENTATIONS


def searched(name: str = "search_body", *filters: str) -> LiveTable:
    """The messages, with a text index over their bodies."""
    plain = messages(by_author=["author"]).declared
    return StandInTable(replace(plain, search_indexes=(ir.SearchIndex(name, "body", filters),)))


def number_of(client: Client, name: str = "search_body") -> int:
    return client.committer.deployment.catalogue.tables["messages"].searches[name].number


def found(client: Client, text: str, name: str = "search_body") -> list[int]:
    """The numbers of the documents that answer."""
    store = client.committer.store
    matches = store.matches(number_of(client, name), TextQuery.of(text), store.latest)
    return sorted(int.from_bytes(match.document, "big") for match in matches)


def clean(committer: Committer) -> None:
    housekeeping = Housekeeping(committer)
    now = committer.latest + 10**6 * SECOND
    while housekeeping.run(now):
        pass


def test_an_index_is_built_of_what_is_there_while_others_commit(client: Client) -> None:
    client.put_many(1_100, lambda number: f"body {number % 7}")
    changes: list[Callable[[], object]] = [
        lambda: client.put(3, "ann", "others"),
        lambda: client.delete(4),
        lambda: client.put(1_200, "ann", "3"),
        lambda: client.put(1_099, "ann", "body 3"),
    ]
    put_live(client.committer, searched(), between=lambda: changes and changes.pop(0)())
    assert not changes
    expected = {number for number in range(1_100) if number % 7 == 3} - {3} | {1_099, 1_200}
    assert found(client, "3") == sorted(expected)
    client.put(5, "ann", "after 3")
    assert found(client, "after") == [5]


def test_an_index_declared_otherwise_is_another_one_and_the_old_one_goes(client: Client, store: Store) -> None:
    client.put(1, "ann", "one word")
    put_live(client.committer, searched())
    first = number_of(client)
    put_live(client.committer, searched("renamed"))
    assert number_of(client, "renamed") == first
    put_live(client.committer, searched("search_body", "author"))
    assert number_of(client) > first
    assert found(client, "word") == [1]
    client.put(2, "bob", "other word")
    clean(client.committer)
    assert first not in store.indexes()
    assert found(client, "word") == [1, 2]
    put_live(client.committer, messages(by_author=["author"]))
    assert client.committer.deployment.catalogue.tables["messages"].searches == {}
    clean(client.committer)
    client.put(3, "ann", "goes on")


def test_a_restart_takes_up_what_is_half_built(tmp_path: Path, clock: Clock) -> None:
    implementation = IMPLEMENTATIONS[-1]
    assert implementation.persistent
    store = implementation.open(tmp_path)
    client = Client(Committer(store, clock))
    put_live(client.committer, messages(by_author=["author"]))
    client.put_many(600, lambda number: f"body {number % 10}")
    steps = deploy(client.committer, *program_of(searched()))
    next(steps)
    half_built = [number for number, index in store.indexes().items() if index.state is IndexState.BUILDING]
    store.close()

    store = implementation.open(tmp_path)
    client = Client(Committer(store, clock))
    client.put(3, "ann", "moved")
    put_live(client.committer, searched())
    assert [number_of(client)] == half_built
    assert found(client, "3") == [number for number in range(13, 600) if number % 10 == 3]
    assert found(client, "mov") == [3]
    store.close()


def test_records_from_before_there_were_searches_are_read(client: Client) -> None:
    put_live(client.committer, searched())
    record = client.committer.record
    assert read_record(write_record(record)) == record
    older = write_record(replace(record, indexes={7: KnownIndex(1, (("a", "b"),))})).replace(b",null]", b"]")
    assert b"null" not in older
    assert read_record(older).indexes == {7: KnownIndex(1, (("a", "b"),), None)}


WORDS = st.sampled_from(["a", "ab", "abc", "b", "ä", "ää", "1"])
TEXTS = st.lists(WORDS, max_size=3).map(" ".join)
FILTERS = st.sampled_from([b"x", b"y"])
INDEX = 5
QUERIES = st.builds(TextQuery.of, TEXTS, st.just(()) | FILTERS.map(lambda key: [(0, key)]))
ENTRIES = st.none() | st.builds(lambda text, key: SearchEntry.of(1.0, [key], text).pack(), TEXTS, FILTERS)


@settings(max_examples=300)
@given(st.lists(st.lists(QUERIES, min_size=1, max_size=2), max_size=6), ENTRIES, ENTRIES)
def test_those_are_told_whose_searches_a_commit_touches(
    asked: list[list[TextQuery]], old: bytes | None, new: bytes | None
) -> None:
    change = Change(1, identity(1), None, deleted=new is None, keys=(KeyChange(INDEX, old, new),))
    watches = Watches()
    expected: list[Watch] = []
    for queries in asked:
        reads = Reads(searches={INDEX: tuple(dict.fromkeys(queries))})
        watch = Watch(lambda: None, lambda watch: None)
        watches.add(watch, reads)
        entries = [SearchEntry.unpack(each) for each in (old, new) if each is not None]
        if any(query.match(b"", entry) for query in queries for entry in entries):
            expected.append(watch)
        assert reads.touched_by(change) == (watch in expected)
    assert watches.take_touched([LoggedCommit(1, (change,))]) == expected
    assert watches.take_touched([LoggedCommit(2, (change,))]) == []


def test_long_texts_are_not_remembered_as_long() -> None:
    """The last commits are kept in memory: as many as there is room for."""
    recent = RecentCommits(0, maximum_changes=1_000)
    text = SearchEntry.of(1.0, [], "word " * 20_000).pack()
    for timestamp in range(1, 100):
        key = KeyChange(INDEX, None, text)
        recent.add([LoggedCommit(timestamp, (Change(1, identity(timestamp), None, deleted=False, keys=(key,)),))])
    kept = recent.since(recent.known_since)
    assert kept is not None and len(kept) < 12
