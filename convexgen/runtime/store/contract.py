"""What the engine asks of a store, whatever it is made of: `tests/runtime/store/test_contract.py` holds each to it.

**Time.** Every version of a document has the timestamp of its commit. A snapshot is a timestamp too: it sees each
document as the last commit up to it left it. Snapshots from `oldest` to `latest` can be read; neither ever goes back,
across restarts as little as otherwise.

**Threads.** Any thread may call anything at any time. What writes waits for whatever else is writing; reads wait for
nobody. The calls block, for microseconds where nothing reaches for a disk; an event loop leaves writing to a thread.

**Memory.** No more is held than what is returned, and what is returned at once has a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

from convexgen.runtime.search import Match, TextQuery
from convexgen.runtime.store.commits import Commit, LoggedCommit

Order: TypeAlias = Literal["asc", "desc"]

BATCH_ROWS: Final = 256
BATCH_BYTES: Final = 4 * 2**20
"""A batch ends after this many rows, unless told otherwise, and with the row that brings its values to these bytes."""

END_OF_DOCUMENTS: Final = b"\xff" * 17
"""Above every id of a document: where a whole table ends."""


class StoreError(Exception):
    """A store that cannot do what it was asked, for a reason that no caller is to blame for."""


class StoreInUseError(StoreError):
    """Another process, or another part of this one, has opened the file. Only one may write."""


class StoreVersionError(StoreError):
    """The file is not a store, or one of another version of convexgen."""


class StoreCorruptError(StoreError):
    """The file is damaged."""


class StoreClosedError(StoreError):
    """The store was closed, or a write of it has failed in a way that only opening it again can clear up."""


class SnapshotUnavailableError(StoreError):
    """A snapshot that is no longer kept, or that lies in the future."""

    def __init__(self, snapshot: int, oldest: int, latest: int) -> None:
        super().__init__(f"the snapshot {snapshot} cannot be read: there are {oldest} to {latest}")


class IndexNotReadyError(StoreError):
    """An index that there is not, that is still being built, or that was not yet finished at the snapshot asked for."""


class Version(NamedTuple):
    """A document as of the commit at `timestamp`."""

    timestamp: int
    value: bytes


class Position(NamedTuple):
    """A place in a scan: that of an entry, whose document decides among equal keys."""

    key: bytes
    document: bytes


class Row(NamedTuple):
    """An entry of an index and the document it stands for. In a scan of a table the id is the key."""

    key: bytes
    document: bytes
    timestamp: int
    value: bytes

    @property
    def position(self) -> Position:
        return Position(self.key, self.document)


class Batch(NamedTuple):
    """Some rows of a scan. `after` is where to go on, None if these were the last."""

    rows: tuple[Row, ...]
    after: Position | None

    @classmethod
    def of(cls, rows: Iterable[tuple[bytes, bytes, int, bytes]], limit: int) -> Batch:
        """As many of the rows as fit in one. No more is taken of them than one row beyond."""
        taken: list[Row] = []
        size = 0
        for row in rows:
            if len(taken) >= limit or size >= BATCH_BYTES:
                return cls(tuple(taken), taken[-1].position)
            taken.append(Row(*row))
            size += len(taken[-1].value)
        return cls(tuple(taken), None)


class IndexState(StrEnum):
    """The life of an index: commits keep it up from the first, documents from before are added, it may be read."""

    BUILDING = "building"
    READY = "ready"
    DROPPING = "dropping"


class IndexKind(StrEnum):
    """What an index is good for, and so what its keys are: bytes to be put in order, or packed `SearchEntry`s."""

    ORDERED = "ordered"
    TEXT = "text"


class Index(NamedTuple):
    """An index of a store. `ready_since` is the first snapshot that it can be read at, None before it is ready."""

    table: int
    state: IndexState
    ready_since: int | None = None
    kind: IndexKind = IndexKind.ORDERED


class MissingEntry(NamedTuple):
    """The entry of a document from before the index: the version that its key was made of, and the key."""

    document: bytes
    timestamp: int
    key: bytes


class Store(Protocol):
    """Documents, indexes and a little metadata, all with one clock.

    Whatever writes raises `StoreError` if it cannot, with everything as it was. What reads a snapshot raises
    `SnapshotUnavailableError` for one outside of `oldest` … `latest`.
    """

    @property
    def latest(self) -> int:
        """The timestamp of the newest commit that can be read; 0 before the first."""
        ...

    @property
    def oldest(self) -> int:
        """The oldest snapshot that can be read."""
        ...

    def commit(self, commits: Sequence[Commit]) -> None:
        """Write all of these or, with an error, none. When this returns they are as durable as the store makes them.

        Several commits together cost hardly more than one. Raises `InvalidCommitError`.
        """
        ...

    def get(self, table: int, document: bytes, snapshot: int) -> Version | None:
        """The document, None if it did not exist."""
        ...

    def scan(
        self,
        index: int,
        lower: bytes,
        upper: bytes,
        snapshot: int,
        *,
        order: Order = "asc",
        after: Position | None = None,
        limit: int = BATCH_ROWS,
    ) -> Batch:
        """The next rows of those with keys from `lower` up to, but not including `upper`, beyond `after`.

        `after` is what a batch of the same scan gave, or the position of any row that there is or was.
        At least one row is returned, however large, if any is left. Raises `IndexNotReadyError`.
        """
        ...

    def scan_table(
        self,
        table: int,
        lower: bytes,
        upper: bytes,
        snapshot: int,
        *,
        order: Order = "asc",
        after: Position | None = None,
        limit: int = BATCH_ROWS,
    ) -> Batch:
        """The same in the order of ids, which needs no index: `lower` and `upper` are ids."""
        ...

    def matches(self, index: int, query: TextQuery, snapshot: int) -> list[Match]:
        """All documents that answer a search, in no order. Raises `IndexNotReadyError`, `ValueError` for an index that
        is not of text.
        """
        ...

    def log(self, since: int, limit: int) -> tuple[LoggedCommit, ...]:
        """The first commits after the snapshot `since`, the oldest first, at most `limit` of them."""
        ...

    def metadata(self, name: str) -> bytes | None:
        """What the newest commit that wrote it has kept under this name."""
        ...

    def expire_metadata(self, prefix: str, before: int, limit: int) -> bool:
        """Forget metadata whose names begin so and that were written before a timestamp. True if more may be left."""
        ...

    def prune(self, before: int, limit: int) -> bool:
        """Make `before` the oldest snapshot, unless it is already past, and forget what only older ones could see.

        Goes through commits until it has seen `limit` changes. True if more is left. Raises
        `SnapshotUnavailableError` for a `before` in the future.
        """
        ...

    def indexes(self) -> Mapping[int, Index]:
        """All indexes by their numbers."""
        ...

    def create_index(self, index: int, table: int, kind: IndexKind = IndexKind.ORDERED) -> None:
        """Begin to build an index: from the next commit on, writes to its table tell of it.

        Building it again while it is being built changes nothing. Raises `ValueError` for a number that is taken.
        """
        ...

    def add_entries(self, index: int, entries: Sequence[MissingEntry]) -> None:
        """Put documents from before into an index that is being built. Those changed since are left out: the commit
        that changed them has put them in. Twice the same does no harm. Raises `IndexNotReadyError` if it is not being
        built.
        """
        ...

    def finish_index(self, index: int) -> None:
        """Say that all documents are in the index: snapshots from the latest on may read it."""
        ...

    def drop_index(self, index: int, limit: int) -> bool:
        """Forget an index and at most `limit` of its entries. True if more are left: call again, after restarts too."""
        ...

    def close(self) -> None:
        """Let go of everything, once. Nobody may be using the store."""
        ...
