"""A process that writes to a store until it is killed, and says what it has been told is kept.

Each commit writes the same number into several documents, their entries and the metadata. A line is printed when a
batch of commits has returned: `acknowledged NUMBER`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from convexgen.runtime.search import SearchEntry
from convexgen.runtime.store.commits import Commit, KeyChange, Write
from convexgen.runtime.store.contract import IndexKind, Store
from tests.runtime.store.implementations import IMPLEMENTATIONS
from tests.runtime.store.model import BY_START, TABLE, identity

OF_WORDS = 3
DOCUMENTS = 5
BATCH = 3
PRUNE_EVERY = 7


def commit(number: int, previous: int | None) -> Commit:
    """All documents change at every commit: their value, their place in the index, and their words, are the number."""
    old, old_words = (None, None) if previous is None else (value_of(previous), words_of(previous))
    keys = (KeyChange(BY_START, old, value_of(number)), KeyChange(OF_WORDS, old_words, words_of(number)))
    return Commit(
        number,
        tuple(Write(TABLE, identity(each), value_of(number), previous, keys) for each in range(DOCUMENTS)),
        {"number": value_of(number)},
    )


def value_of(number: int) -> bytes:
    return number.to_bytes(8, "big")


def words_of(number: int) -> bytes:
    """The entry of a text: one word that all have, and one for the number."""
    return SearchEntry.of(0.0, [], f"every n{number}").pack()


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
    (implementation,) = (each for each in IMPLEMENTATIONS if each.name == sys.argv[1])
    opened = implementation.open(Path(sys.argv[2]))
    if BY_START not in opened.indexes():
        opened.create_index(BY_START, TABLE)
        opened.finish_index(BY_START)
        opened.create_index(OF_WORDS, TABLE, IndexKind.TEXT)
        opened.finish_index(OF_WORDS)
    write_forever(opened)
