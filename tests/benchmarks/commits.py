"""What committing costs, alone, from many threads and with many who wait: `python -m tests.benchmarks.commits`.

Where the file lies decides how long a commit waits for the disk: `--folder`.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from convexgen.runtime.commits import Committer
from convexgen.runtime.commits.watches import Watch, Watches
from convexgen.runtime.reads import ReadRecorder, Reads
from convexgen.runtime.store import Store
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.store.sqlite_store import SqliteStore
from convexgen.runtime.values import Bound, Interval, index_interval, prefixed
from tests.runtime.commits.tables import Client, identity, messages, put_live

THREADS: Final = 8
WRITTEN_TOGETHER: Final = 5_000
KEYS_OF_A_COMMIT: Final = 3
"""The document, and its entries in the two indexes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    amount: float
    unit: str


def rows(folder: Path, commits: int, watches: int, documents: int) -> Iterator[Row]:
    """All lines, as they come to be known."""
    stores: dict[str, Callable[[], Store]] = {
        "in memory": MemoryStore,
        "safe from crashes": lambda: SqliteStore(folder / "crash.sqlite3", Durability.CRASH),
        "safe from power loss": lambda: SqliteStore(folder / "power.sqlite3", Durability.POWER_LOSS),
    }
    for name, open_store in stores.items():
        with closing(open_store()) as store:
            yield from _commit_rows(_client(store), name, commits)
    with closing(MemoryStore()) as store:
        yield from _watch_rows(_client(store), watches, commits)
    with closing(SqliteStore(folder / "deploy.sqlite3", Durability.POWER_LOSS)) as store:
        yield from _deploy_rows(_client(store), documents)


def _client(store: Store) -> Client:
    committer = Committer(store, time.time_ns)
    put_live(committer, messages(by_author=["author"]))
    return Client(committer)


def _commit_rows(client: Client, name: str, commits: int) -> Iterator[Row]:
    numbers = count()
    yield Row(f"commits by one thread, {name}", commits / seconds(lambda: _insert(client, commits, numbers)), "/s")
    barrier = threading.Barrier(THREADS + 1)

    def insert() -> None:
        barrier.wait()
        _insert(client, commits // THREADS + 1, numbers)

    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(insert) for _ in range(THREADS)]
        barrier.wait()
        taken = seconds(lambda: [each.result() for each in done])
    yield Row(f"commits by {THREADS} threads, {name}", (commits // THREADS + 1) * THREADS / taken, "/s")


def _insert(client: Client, commits: int, numbers: Iterator[int]) -> None:
    for _ in range(commits):
        number = next(numbers)
        document = client.document(number, author=f"author {number % 1_000}", body="x" * 200)
        client.committer.commit(client.draft(client.insert(number, document), reads=client.reads(number)))


def _watch_rows(client: Client, watches: int, commits: int) -> Iterator[Row]:
    chance = random.Random(1)
    committer = client.committer
    before = committer.latest
    _insert(client, commits, count())
    logged = list(committer.changes_since(before))
    read = [_reads(client, chance, number) for number in range(watches)]
    waiting = Watches()

    def register() -> None:
        for reads in read:
            waiting.add(Watch(lambda: None, waiting.discard), reads)

    def look() -> None:
        for commit in logged:
            waiting.take_touched([commit])

    yield Row(f"to register each of {watches} watches", seconds(register) / watches * 1e6, "µs")
    yield Row(f"to see that none of them waits for {KEYS_OF_A_COMMIT} keys", seconds(look) / commits * 1e6, "µs")
    shared = client.reads(1)
    for _ in range(1_000):
        committer.watch(shared, committer.latest, lambda: None)
    update = client.draft(client.write(1, client.document(1, author="nobody", body="")))
    yield Row(
        "a commit that 1,000 watches of one result are told of", seconds(partial(committer.commit, update)) * 1e3, "ms"
    )


def _reads(client: Client, chance: random.Random, number: int) -> Reads:
    """Of each kind a third: one document; all of an author; those of an author in some time."""
    recorder = ReadRecorder()
    author = f"author {number} of those who do not write"
    start = chance.random() * 1e6
    time_span = index_interval([author], Bound(start, inclusive=True), Bound(start + 1e5, inclusive=False))
    if number % 3 == 0:
        recorder.documents(client.number, prefixed(identity(10**9 + number)))
    elif number % 3 == 1:
        recorder.entries(client.index("by_author"), index_interval([author]))
    else:
        recorder.entries(client.index("by_author"), Interval(time_span.start, time_span.end))
    return recorder.reads()


def _deploy_rows(client: Client, documents: int) -> Iterator[Row]:
    for start in range(0, documents, WRITTEN_TOGETHER):
        numbers = range(start, min(start + WRITTEN_TOGETHER, documents))
        made = ((n, client.document(n, author=f"author {n % 1_000}", body="x" * 200)) for n in numbers)
        client.committer.commit(client.draft(*(client.insert(number, document) for number, document in made)))
    same = messages(by_author=["author"])
    yield Row("to deploy what is live already", seconds(lambda: put_live(client.committer, same)) * 1e3, "ms")
    indexed = messages(by_author=["author"], by_body=["body"])
    taken = seconds(lambda: put_live(client.committer, indexed))
    yield Row(f"to deploy a new index of {documents} documents", taken, "s")


def seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=2_000, help="of each kind (2000)")
    parser.add_argument("--watches", type=int, default=10_000, help="that wait (10000)")
    parser.add_argument("--documents", type=int, default=100_000, help="that get a new index (100000)")
    parser.add_argument("--folder", type=Path, help="where the files lie (where temporary files do)")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="convexgen-benchmark-", dir=arguments.folder) as folder:
        for row in rows(Path(folder), arguments.commits, arguments.watches, arguments.documents):
            sys.stdout.write(f"{row.name:64}{row.amount:12,.1f} {row.unit}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
