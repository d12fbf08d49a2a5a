"""Where documents are kept: every version that a snapshot may still see, and entries of indexes, in plain values.

The stores themselves are in `sqlite_store` and `memory_store`.
"""

from convexgen.runtime.store.build_index import build_index
from convexgen.runtime.store.commits import Change, Commit, InvalidCommitError, KeyChange, LoggedCommit, Write
from convexgen.runtime.store.contract import (
    END_OF_DOCUMENTS,
    Batch,
    Index,
    IndexKind,
    IndexNotReadyError,
    IndexState,
    MissingEntry,
    Order,
    Position,
    Row,
    SnapshotUnavailableError,
    Store,
    StoreClosedError,
    StoreCorruptError,
    StoreError,
    StoreInUseError,
    StoreVersionError,
    Version,
)

__all__ = [
    "END_OF_DOCUMENTS",
    "Batch",
    "Change",
    "Commit",
    "Index",
    "IndexKind",
    "IndexNotReadyError",
    "IndexState",
    "InvalidCommitError",
    "KeyChange",
    "LoggedCommit",
    "MissingEntry",
    "Order",
    "Position",
    "Row",
    "SnapshotUnavailableError",
    "Store",
    "StoreClosedError",
    "StoreCorruptError",
    "StoreError",
    "StoreInUseError",
    "StoreVersionError",
    "Version",
    "Write",
    "build_index",
]
