"""How long an import and an export take, and how long others wait: `python -m tests.benchmarks.transfer`.

Where the file lies decides how long a commit waits for the disk: `--folder`.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.store.sqlite_store import SqliteStore
from tests.runtime.transfer.conftest import Place

T = TypeVar("T")

DOCUMENTS: Final = 100_000
_MEBIBYTE: Final = 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    amount: float
    unit: str


def rows(folder: Path, documents: int) -> Iterator[Row]:
    """All lines, as they come to be known."""
    lines = b"".join(b'{"name": "Person %d", "age": %d, "score": 1.5}\n' % (n, n % 90) for n in range(documents))
    with closing(_place(folder / "first", 1)) as first, closing(_place(folder / "second", 2)) as second:
        import_, seconds = _timed(lambda: first.upload(lines, "jsonLines", table="people"))
        yield Row(f"to send and check {documents:,} lines of JSON", seconds, "s")
        waited = _watch_waiting(first.engine)
        _, seconds = _timed(lambda: _perform(first, import_))
        yield Row("to import them, with an index by name", seconds, "s")
        yield Row("of that, others cannot commit for", waited[0], "s")
        snapshot, seconds = _timed(first.export)
        yield Row("to export them", seconds, "s")
        yield Row("the snapshot has", len(snapshot) / _MEBIBYTE, "MiB")
        _, seconds = _timed(lambda: second.put(snapshot, "zip"))
        yield Row("to send, check and import the snapshot elsewhere", seconds, "s")
        _, seconds = _timed(lambda: first.put(snapshot, "zip", "replaceAll"))
        yield Row("to restore it where nothing has changed", seconds, "s")
    yield Row("the process has used", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")


def _place(folder: Path, seed: int) -> Place:
    folder.mkdir()
    return Place(folder / "transfers", SqliteStore(folder / "data.sqlite3"), seed)


def _perform(place: Place, import_: str) -> None:
    place.transfers.perform(import_)
    assert place.ended(import_)["state"] == "completed"


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


def _watch_waiting(engine: Engine) -> list[float]:
    """Where the seconds of the next `put_documents` will stand."""
    put, waited = engine.put_documents, [0.0]

    def timed(*arguments: object) -> None:
        _, waited[0] = _timed(lambda: put(*arguments))  # type: ignore[arg-type]

    engine.put_documents = timed  # type: ignore[method-assign, assignment]
    return waited


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--folder", type=Path, help="where the data lie; a temporary folder otherwise")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for row in rows(Path(folder), options.documents):
            sys.stdout.write(f"{row.name:<60} {row.amount:>10.2f} {row.unit}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
