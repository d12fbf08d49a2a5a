"""What an SQLite store does in a second, and how long it takes to open: `python -m tests.benchmarks.store`.

`--documents 1000000` asks it of a million documents, which takes a minute or two to write. Where the file lies decides
how long a commit waits for the disk: `--folder`.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from convexgen.runtime.store import Commit, KeyChange, Position, Write, build_index
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.store.sqlite_store import SqliteStore

TABLE, BY_TIME, BY_AUTHOR, NEW_INDEX = 10_001, 1, 2, 3
END: Final = b"\xff"
VALUE: Final = b"x" * 300
TOGETHER: Final = 50
"""Commits that are written in one go where they are."""
CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    amount: float
    unit: str


def insertion(chance: random.Random, timestamp: int) -> Write:
    """A document such as a message: made now, by one of a thousand authors, in two indexes."""
    document = chance.randbytes(16)
    moment = timestamp.to_bytes(8, "big") + document
    author = chance.randrange(1_000).to_bytes(2, "big") + moment
    return Write(TABLE, document, VALUE, None, (KeyChange(BY_TIME, None, moment), KeyChange(BY_AUTHOR, None, author)))


def fill(store: SqliteStore, documents: int, chance: random.Random) -> None:
    for index in (BY_TIME, BY_AUTHOR):
        store.create_index(index, TABLE)
        store.finish_index(index)
    for start in range(0, documents, CHUNK):
        now = store.latest + 1
        count = min(CHUNK, documents - start)
        store.commit([Commit(now, tuple(insertion(chance, now + each) for each in range(count)))])
        store.prune(store.latest, CHUNK)


def rows(folder: Path, documents: int, rounds: int) -> Iterator[Row]:
    """All lines, as they come to be known."""
    chance = random.Random(1)
    path = folder / "store.sqlite3"
    with closing(SqliteStore(path, Durability.CRASH)) as store:
        yield Row("documents written in bulk", documents / seconds(lambda: fill(store, documents, chance)), "/s")
    yield Row("bytes of the file for a document", path.stat().st_size / documents, "B")
    opened: list[SqliteStore] = []
    yield Row("to open it", seconds(lambda: opened.append(SqliteStore(path))) * 1000, "ms")
    opened[0].close()
    for durability in Durability:
        with closing(SqliteStore(path, durability)) as store:
            yield from _commit_rows(store, rounds, chance, durability.name)
    with closing(SqliteStore(path)) as store:
        yield from _read_rows(store, documents, rounds, chance)
        yield Row("documents put into a new index", documents / seconds(lambda: _build(store)), "/s")
    yield Row("peak memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")


def _commit_rows(store: SqliteStore, rounds: int, chance: random.Random, name: str) -> Iterator[Row]:
    def commits(count: int) -> list[Commit]:
        start = store.latest + 1
        return [Commit(time_, (insertion(chance, time_),)) for time_ in range(start, start + count)]

    def one_by_one() -> None:
        for _ in range(rounds):
            store.commit(commits(1))

    def together() -> None:
        for _ in range(rounds // TOGETHER + 1):
            store.commit(commits(TOGETHER))

    yield Row(f"commits one by one, {name}", rounds / seconds(one_by_one), "/s")
    yield Row(f"commits by {TOGETHER}, {name}", (rounds // TOGETHER + 1) * TOGETHER / seconds(together), "/s")


def _read_rows(store: SqliteStore, documents: int, rounds: int, chance: random.Random) -> Iterator[Row]:
    snapshot = store.latest
    some = store.scan(BY_AUTHOR, b"", END, snapshot, limit=min(documents, CHUNK)).rows
    chosen = [chance.choice(some).document for _ in range(rounds)]

    def read_points() -> None:
        for document in chosen:
            store.get(TABLE, document, snapshot)

    def read_first() -> None:
        for _ in range(rounds):
            author = chance.randrange(1_000).to_bytes(2, "big")
            store.scan(BY_AUTHOR, author, author + END, snapshot, order="desc", limit=10)

    yield Row("documents read by id", rounds / seconds(read_points), "/s")
    yield Row("an author's ten newest", rounds / seconds(read_first), "/s")
    for name, index in (("by time", BY_TIME), ("by author", BY_AUTHOR)):
        yield Row(f"documents scanned {name}", documents / seconds(partial(_scan, store, index)), "/s")


def _scan(store: SqliteStore, index: int) -> None:
    after: Position | None = None
    while True:
        batch = store.scan(index, b"", END, store.latest, after=after)
        if batch.after is None:
            return
        after = batch.after


def _build(store: SqliteStore) -> None:
    store.create_index(NEW_INDEX, TABLE)
    for _ in build_index(store, NEW_INDEX, lambda document, value: value[:8] + document):
        pass


def seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000, help="in the table (100000)")
    parser.add_argument("--rounds", type=int, default=2_000, help="of what is done one by one (2000)")
    parser.add_argument("--folder", type=Path, help="where the file lies (where temporary files do)")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="convexgen-benchmark-", dir=arguments.folder) as folder:
        for row in rows(Path(folder), arguments.documents, arguments.rounds):
            sys.stdout.write(f"{row.name:44}{row.amount:14,.1f} {row.unit}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
