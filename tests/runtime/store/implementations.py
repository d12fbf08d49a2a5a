"""Every implementation of `Store`: the contract, and the comparison with the model, are run on each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from convexgen.runtime.store.contract import Store
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.store.sqlite_file import Durability
from convexgen.runtime.store.sqlite_store import SqliteStore


@dataclass(frozen=True, slots=True)
class Implementation:
    """`open` gives a store in a folder of its own; `persistent` says whether a second one finds what the first left."""

    name: str
    open: Callable[[Path], Store]
    persistent: bool


def _open_sqlite(folder: Path) -> Store:
    return SqliteStore(folder / "store.sqlite3", Durability.CRASH)


IMPLEMENTATIONS = (
    Implementation("memory", lambda folder: MemoryStore(), persistent=False),
    Implementation("sqlite", _open_sqlite, persistent=True),
)
