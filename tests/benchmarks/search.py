"""How long searches take, and what they cost those who write: `python -m tests.benchmarks.search`.

Texts are those of a chat: a dozen words each, a few of them very common. `--documents` and `--vectors` say how many.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

from convexgen.runtime.search import SearchEntry, TextQuery, ranked
from convexgen.runtime.store import Commit, IndexKind, KeyChange, Write
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.store.sqlite_store import SqliteStore

TABLE, WORDS = 10_001, 1
CHUNK: Final = 5_000
DIMENSIONS: Final = 1536
CHANNELS: Final = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    amount: float
    unit: str


class Texts:
    """Words by Zipf's law: word 0 is in nearly every text, the last in hardly any."""

    def __init__(self, seed: int, vocabulary: int = 30_000) -> None:
        self._random = random.Random(seed)
        letters = "etaoinshrdlucmfwypvbgkjqxz"
        self.words = ["".join(self._random.choices(letters, k=self._random.randint(2, 9))) for _ in range(vocabulary)]
        self._weights = list(accumulate(1 / (rank + 5) for rank in range(vocabulary)))

    def entry(self, created: float) -> SearchEntry:
        words = self._random.choices(self.words, cum_weights=self._weights, k=12)
        return SearchEntry.of(created, [b"%d" % self._random.randrange(CHANNELS)], " ".join(words))

    def id(self) -> bytes:
        return self._random.randbytes(16)


def insertion(texts: Texts, timestamp: int, *, searched: bool) -> Write:
    entry = texts.entry(float(timestamp))
    keys = (KeyChange(WORDS, None, entry.pack()),) if searched else ()
    return Write(TABLE, texts.id(), " ".join(entry.words).encode(), None, keys)


def fill(store: SqliteStore, documents: int, texts: Texts, *, searched: bool) -> None:
    if searched:
        store.create_index(WORDS, TABLE, IndexKind.TEXT)
        store.finish_index(WORDS)
    for start in range(0, documents, CHUNK):
        now = store.latest + 1
        count = min(CHUNK, documents - start)
        store.commit([Commit(now, tuple(insertion(texts, now + n, searched=searched) for n in range(count)))])
        store.prune(store.latest, CHUNK)


def rows(folder: Path, documents: int, vectors: int, rounds: int) -> Iterator[Row]:
    """All lines, as they come to be known."""
    yield from _text_rows(folder / "plain.sqlite3", documents, rounds, "without an index", searched=False)
    yield from _text_rows(folder / "searched.sqlite3", documents, rounds, "with one", searched=True)
    yield from _vector_rows(vectors, rounds)


def _text_rows(path: Path, documents: int, rounds: int, name: str, *, searched: bool) -> Iterator[Row]:
    texts = Texts(1)
    with closing(SqliteStore(path, Durability.CRASH)) as store:
        took = seconds(lambda: fill(store, documents, texts, searched=searched))
        yield Row(f"texts written in bulk, {name}", documents / took, "/s")

        def one_by_one() -> None:
            for _ in range(rounds):
                now = store.latest + 1
                store.commit([Commit(now, (insertion(texts, now, searched=searched),))])

        yield Row(f"commits one by one, {name}", rounds / seconds(one_by_one), "/s")
        if searched:
            yield from _search_rows(store, texts, rounds)
    yield Row(f"bytes of the file for a text, {name}", path.stat().st_size / documents, "B")


def _search_rows(store: SqliteStore, texts: Texts, rounds: int) -> Iterator[Row]:
    words = texts.words
    channel = [(0, b"7")]
    asked: dict[str, TextQuery] = {
        "a rare word": TextQuery.of(words[5_000]),
        "a word in one of 40": TextQuery.of(words[20]),
        "three words and a beginning": TextQuery.of(f"{words[300]} {words[500]} {words[900]} {words[700][:3]}"),
        "the commonest word": TextQuery.of(words[0]),
        "the commonest word in a channel": TextQuery.of(words[0], channel),
        "one letter": TextQuery.of("e"),
    }
    for name, query in asked.items():
        found = len(store.matches(WORDS, query, store.latest))

        def search(query: TextQuery = query) -> None:
            ranked(store.matches(WORDS, query, store.latest))

        yield Row(f"{name}: {found} texts", median(search, min(rounds, 11)) * 1000, "ms")


def _vector_rows(vectors: int, rounds: int) -> Iterator[Row]:
    from convexgen.runtime.search.vectors import VectorMatrix  # noqa: PLC0415 (what the rest is measured without)

    chance = random.Random(1)
    matrix = VectorMatrix(DIMENSIONS, 1)
    stored = [[chance.gauss(0, 1) for _ in range(DIMENSIONS)] for _ in range(min(vectors, 500))]

    def put_all() -> None:
        for number in range(vectors):
            vector = stored[number % len(stored)]
            turn = number % DIMENSIONS
            matrix.put(number.to_bytes(16), vector[turn:] + vector[:turn], [b"%d" % (number % 10)])

    yield Row(f"vectors of {DIMENSIONS} put into the matrix", vectors / seconds(put_all), "/s")
    query = [chance.gauss(0, 1) for _ in range(DIMENSIONS)]
    took = median(lambda: matrix.nearest(query, [], 10), min(rounds, 21))
    yield Row(f"the nearest 10 of {vectors}", took * 1000, "ms")
    took = median(lambda: matrix.nearest(query, [[(0, b"3")]], 256), min(rounds, 21))
    yield Row(f"the nearest 256 in a tenth of {vectors}", took * 1000, "ms")


def median(work: Callable[[], object], rounds: int) -> float:
    return statistics.median(seconds(work) for _ in range(rounds))


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--vectors", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--folder", type=Path, help="where the files are made")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for row in rows(Path(folder), options.documents, options.vectors, options.rounds):
            sys.stdout.write(f"{row.name:<52}{row.amount:>12,.1f} {row.unit}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
