"""What running functions costs, alone, beside others and with many who follow: `python -m tests.benchmarks.engine`.

Where the file lies decides how long a commit waits for the disk: `--folder`. The row of the start makes a file with a
million documents first, which takes a minute or two: `--documents`. `--postgres` names a database to be measured too.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Final

from convexgen.runtime.calls import Call, Success
from convexgen.runtime.drafts import DocumentWrite, Draft
from convexgen.runtime.engine.contract import QueryResult
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import Store
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.store.sqlite_store import SqliteStore
from convexgen.runtime.values import Value, encode_id, new_internal_id
from tests.benchmarks.commits import Row, seconds
from tests.runtime.engine.served import program

THREADS: Final = 8
COUNTERS: Final = 50
WRITTEN_TOGETHER: Final = 5_000


def rows(folder: Path, calls: int, followers: int, documents: int, postgres: str | None = None) -> Iterator[Row]:
    """All lines, as they come to be known. `calls` of each kind. `postgres` is the URL of a new database."""
    stores: dict[str, Callable[[], Store]] = {
        "in memory": MemoryStore,
        "safe from power loss": lambda: SqliteStore(folder / "mutations.sqlite3", Durability.POWER_LOSS),
    }
    if postgres is not None:
        from convexgen.runtime.store.postgres_store import PostgresStore  # noqa: PLC0415 - an optional dependency

        stores["in PostgreSQL"] = lambda: PostgresStore(postgres)
    for name, open_store in stores.items():
        with closing(open_store()) as store:
            yield from _mutation_rows(_deployed(store), name, calls)
    with closing(SqliteStore(folder / "queries.sqlite3", Durability.CRASH)) as store:
        yield from _query_rows(_deployed(store), calls)
    with closing(MemoryStore()) as store:
        yield from _follower_rows(_deployed(store), followers)
    yield from _start_rows(folder / "start.sqlite3", documents)


def _deployed(store: Store) -> Engine:
    engine = Engine(store, clock=time.time_ns, ids=Random(0))
    for _ in engine.deploy(program()):
        pass
    return engine


def _add(engine: Engine, name: str) -> None:
    outcome = engine.run_mutation(Call("counters:add", {"name": name}, "mutation")).outcome
    assert isinstance(outcome, Success), outcome


def _mutation_rows(engine: Engine, name: str, calls: int) -> Iterator[Row]:
    for number in range(COUNTERS):
        _add(engine, f"counter {number}")

    def alone() -> None:
        for number in range(calls):
            _add(engine, f"counter {number % COUNTERS}")

    yield Row(f"mutations by one writer, {name}", calls / seconds(alone), "/s")
    for what, counter in (("on counters of their own", "counter {}"), ("on one counter", "counter 0")):
        taken = _together(calls, lambda thread, counter=counter: _add(engine, counter.format(thread)))  # type: ignore[misc]
        yield Row(f"mutations by {THREADS} threads {what}, {name}", calls / taken, "/s")


def _together(calls: int, call: Callable[[int], None]) -> float:
    """The seconds that `THREADS` threads take for all calls, each being told which one it is."""
    barrier = threading.Barrier(THREADS + 1)

    def work(thread: int) -> None:
        barrier.wait()
        for _ in range(thread, calls, THREADS):
            call(thread)

    with ThreadPoolExecutor(THREADS) as pool:
        done = [pool.submit(work, thread) for thread in range(THREADS)]
        barrier.wait()
        return seconds(lambda: [each.result() for each in done])


def _query_rows(engine: Engine, calls: int) -> Iterator[Row]:
    for number in range(COUNTERS):
        _add(engine, f"counter {number}")
    for what, name in (("that is cached", "counter {}"), ("that has to run", "nobody {}")):
        taken = []
        for number in range(2 * COUNTERS + calls):
            counter = number % COUNTERS if what == "that is cached" else number
            call = Call("counters:get", {"name": name.format(counter)}, "query")
            taken.append(seconds(lambda call=call: engine.run_query(call)))  # type: ignore[misc]
        percentiles = quantiles(taken[2 * COUNTERS :], n=100)
        for percent in (50, 99):
            yield Row(f"a query {what}, p{percent}", percentiles[percent - 1] * 1e6, "µs")


def _follower_rows(engine: Engine, followers: int) -> Iterator[Row]:
    one = Call("functions:notes", {}, "query")
    yield Row(
        f"from a mutation to all of {followers} followers of one query",
        _until_all_know(engine, [one] * followers) * 1e3,
        "ms",
    )
    pages: list[dict[str, Value]] = [{"numItems": float(number + 10), "cursor": None} for number in range(followers)]
    several = [Call("functions:page", {"paginationOpts": options}, "query") for options in pages]
    yield Row(
        f"from a mutation to all of {followers} followers of as many queries",
        _until_all_know(engine, several) * 1e3,
        "ms",
    )


def _until_all_know(engine: Engine, calls: list[Call]) -> float:
    """The seconds from a mutation that is news to all until each has the new result."""
    stale: list[tuple[Call, QueryResult]] = []

    def follow(call: Call) -> None:
        result = engine.run_query(call)
        engine.watch(result, lambda: stale.append((call, result)))

    for call in calls:
        follow(call)

    def write() -> None:
        engine.run_mutation(Call("functions:write", {"text": "news"}, "mutation"))
        assert len(stale) == len(calls)
        for call, before in stale:
            engine.run_query(call, journal=before.journal)

    return seconds(write)


def _start_rows(file: Path, documents: int) -> Iterator[Row]:
    with closing(SqliteStore(file, Durability.CRASH)) as store:
        _fill(_deployed(store), documents)
    run = [sys.executable, "-m", "tests.benchmarks.engine", "--start", str(file)]
    found = json.loads(subprocess.run(run, capture_output=True, text=True, check=True).stdout)
    yield Row(f"to open {documents} documents, load, deploy, and answer", found["seconds"] * 1e3, "ms")
    yield Row(f"memory after that, of {found['before']:.0f} MiB before", found["memory"], "MiB")


def _fill(engine: Engine, documents: int) -> None:
    live = engine.live()
    table = live.catalogue.tables["counters"].number
    chance = Random(0)
    for start in range(0, documents, WRITTEN_TOGETHER):
        writes = []
        for number in range(start, min(start + WRITTEN_TOGETHER, documents)):
            internal = new_internal_id(chance.randbytes(14), 1.7e12)
            value: dict[str, Value] = {"name": f"counter {number}", "value": 0.0, "_creationTime": 1.7e12 + number}
            writes.append(DocumentWrite(table, internal, None, None, {**value, "_id": encode_id(table, internal)}))
        engine.committer.commit(Draft(engine.latest, live.number, Reads(), tuple(writes)))


def _start(file: Path) -> None:
    """Print how long the start of an engine takes, in a process of its own, and how much memory it has then."""
    before = _memory()
    began = time.perf_counter()
    with closing(SqliteStore(file, Durability.POWER_LOSS)) as store:
        engine = _deployed(store)
        outcome = engine.run_query(Call("counters:get", {"name": "counter 7"}, "query")).outcome
        taken = time.perf_counter() - began
    assert outcome == Success(0.0), outcome
    sys.stdout.write(json.dumps({"seconds": taken, "before": before, "memory": _memory()}))


def _memory() -> float:
    """The most that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=4_000, help="of each kind (4000)")
    parser.add_argument("--followers", type=int, default=1_000, help="of queries (1000)")
    parser.add_argument("--documents", type=int, default=1_000_000, help="that are there at the start (1000000)")
    parser.add_argument("--folder", type=Path, help="where the files lie (where temporary files do)")
    parser.add_argument("--postgres", metavar="URL", help="a new database, to be measured too")
    parser.add_argument("--start", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    if arguments.start is not None:
        _start(arguments.start)
        return
    with tempfile.TemporaryDirectory(prefix="convexgen-benchmark-", dir=arguments.folder) as folder:
        found = rows(Path(folder), arguments.calls, arguments.followers, arguments.documents, arguments.postgres)
        for row in found:
            sys.stdout.write(f"{row.name:76}{row.amount:12,.1f} {row.unit}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
