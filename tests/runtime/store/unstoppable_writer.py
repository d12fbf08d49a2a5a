"""A process that writes to a store until it is killed, and says what it has been told is kept.

Each commit writes the same number into several documents, their entries and the metadata. A line is printed when a
batch of commits has returned: `acknowledged NUMBER`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from convexgen.runtime.store.commits import Commit, KeyChange, Write
from convexgen.runtime.store.contract import Store
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.store.sqlite_store import SqliteStore
from tests.runtime.store.model import BY_START, TABLE, identity

DOCUMENTS = 5
BATCH = 3
PRUNE_EVERY = 7


def commit(number: int, previous: int | None) -> Commit:
    """All documents change at every commit: their value, and their place in the index, is the number."""
    old = None if previous is None else value_of(previous)
    return Commit(
        number,
        tuple(
            Write(TABLE, identity(each), value_of(number), previous, (KeyChange(BY_START, old, value_of(number)),))
            for each in range(DOCUMENTS)
        ),
        {"number": value_of(number)},
    )


def value_of(number: int) -> bytes:
    return number.to_bytes(8, "big")


def write_forever(store: Store) -> None:
    while True:
        latest = store.latest
        numbers = range(latest + 1, latest + 1 + BATCH)
        store.commit([commit(number, number - 1 if number > 1 else None) for number in numbers])
        sys.stdout.write(f"acknowledged {store.latest}\n")
        sys.stdout.flush()
        if latest % PRUNE_EVERY == 0:
            store.prune(store.latest - 1, 4)


if __name__ == "__main__":
    opened = SqliteStore(Path(sys.argv[1]), Durability.CRASH)
    if BY_START not in opened.indexes():
        opened.create_index(BY_START, TABLE)
        opened.finish_index(BY_START)
    write_forever(opened)
