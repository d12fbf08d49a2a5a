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
    """`open` gives a store in a folder of its own; `persistent` says whether a second one finds what the first left.

    `examples` are as many runs of a comparison with a model as are worth their time.
    """

    name: str
    open: Callable[[Path], Store]
    persistent: bool
    examples: int


def _open_sqlite(folder: Path) -> Store:
    return SqliteStore(folder / "store.sqlite3", Durability.CRASH)


def _open_postgres(folder: Path) -> Store:
    """The same database for the same folder. Those who open something else need not wait for what is imported here."""
    from convexgen.runtime.store.postgres_store import PostgresStore  # noqa: PLC0415

    url = folder / "postgres-url"
    if not url.exists():
        from tests import postgres  # noqa: PLC0415

        url.write_text(postgres.server().new_database())
    return PostgresStore(url.read_text())


IMPLEMENTATIONS = (
    Implementation("memory", lambda folder: MemoryStore(), persistent=False, examples=150),
    Implementation("sqlite", _open_sqlite, persistent=True, examples=60),
    Implementation("postgres", _open_postgres, persistent=True, examples=20),
)
