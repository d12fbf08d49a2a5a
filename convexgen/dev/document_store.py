"""Where documents lie: in the data folder, unless a variable names a PostgreSQL database.

A folder has its documents in one of the two places and remembers which, since a backend that looked in the other would
begin anew, with none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from convexgen.dev.data_folder import DataFolder
from convexgen.runtime.store import Store, StoreError
from convexgen.runtime.store.sqlite_store import SqliteStore

VARIABLE: Final = "CONVEXGEN_DATABASE"


def open_documents(folder: DataFolder, variables: Mapping[str, str]) -> Store:
    """The store at the URL in `CONVEXGEN_DATABASE`, or that of the folder. Raises `StoreError`, `OSError`."""
    url = variables.get(VARIABLE)
    if not url:
        if folder.has_database:
            raise StoreError(f"the documents of {folder.path} are in a PostgreSQL database: name it in {VARIABLE}")
        return SqliteStore(folder.store)
    if folder.store.exists():
        raise StoreError(
            f"{folder.store} has documents already, and {VARIABLE} names a database: take them there with"
            " `convexgen export` and `convexgen import`, from one data folder into another"
        )
    try:
        from convexgen.runtime.store.postgres_store import PostgresStore  # noqa: PLC0415 # an optional dependency
    except ImportError:
        raise StoreError(f"{VARIABLE} needs more packages: `pip install convexgen[postgres]`") from None
    store = PostgresStore(url)
    try:
        folder.keep_database_in_mind()
    except OSError:
        store.close()
        raise
    return store


def has_documents(folder: DataFolder, variables: Mapping[str, str]) -> bool:
    """Whether there is anything to open: a store is made only where something is to be kept in it."""
    return bool(variables.get(VARIABLE)) or folder.has_database or folder.store.exists()
