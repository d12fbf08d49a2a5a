"""Going through a stretch of an index: what the snapshot has there and what the transaction has written, as one.

The two are merged step by step, so that a scan that goes on after a write sees it if it lies ahead. Rows of the
snapshot come in batches, small at first where few are wanted.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, cast

from convexgen.runtime.database.access_paths import AccessPath
from convexgen.runtime.database.limits import Usage
from convexgen.runtime.database.pending_writes import PendingWrites
from convexgen.runtime.store import Order, Position, Row, Store
from convexgen.runtime.store.contract import BATCH_ROWS
from convexgen.runtime.values import Interval, Value, from_canonical, size


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is to be gone through: the interval in this order, beyond `after`, up to and with `until`."""

    path: AccessPath
    interval: Interval
    order: Order = "asc"
    after: Position | None = None
    until: Position | None = None

    @property
    def keys(self) -> Interval:
        """The keys that are looked at.

        That of `after` is one of them: other documents may have the same key and come later by their ids.
        """
        found = self.interval
        if self.after is not None:
            found = found.through(self.after.key, "desc" if self.order == "asc" else "asc")
        return found if self.until is None else found.through(self.until.key, self.order)

    def goes_beyond(self, position: Position) -> bool:
        """Whether a position comes after the end."""
        if self.until is None:
            return False
        return position > self.until if self.order == "asc" else position < self.until


@dataclass(slots=True)
class Progress:
    """How far a scan has come: what it has read of its stretch."""

    stretch: Stretch
    position: Position | None = None
    exhausted: bool = False

    @property
    def covered(self) -> Interval:
        """Where no document can come, go or change without the scan giving something else."""
        keys = self.stretch.keys
        if self.exhausted:
            return keys
        if self.position is None:
            return Interval(keys.start, keys.start)
        return keys.through(self.position.key, self.stretch.order)


class Found(NamedTuple):
    """A document on the way. The value is the receiver's own."""

    position: Position
    value: dict[str, Value]


def copy_of(value: Value) -> Value:
    """A value that can be changed without changing this one."""
    if isinstance(value, dict):
        return {name: copy_of(item) for name, item in value.items()}
    return [copy_of(item) for item in value] if isinstance(value, list) else value


def document_of(value: bytes) -> dict[str, Value]:
    """The document that a store has kept as these bytes."""
    return cast("dict[str, Value]", from_canonical(value.decode()))


class Scan:
    """Gives the documents of a stretch one after another, on the account of the transaction.

    `expected` is how many will be asked for, None for all of them.
    """

    def __init__(
        self,
        store: Store,
        snapshot: int,
        pending: PendingWrites,
        usage: Usage,
        stretch: Stretch,
        expected: int | None = None,
    ) -> None:
        self.progress = Progress(stretch)
        self._store = store
        self._snapshot = snapshot
        self._pending = pending
        self._usage = usage
        self._keys = stretch.keys
        self._rows: deque[Row] = deque()
        self._after = stretch.after
        self._more = True
        self._limit = BATCH_ROWS if expected is None else max(1, min(expected, BATCH_ROWS))

    def next(self) -> Found | None:
        """The next document, None after the last. Raises `LimitError`."""
        self._usage.check()
        found = self._next()
        if found is None or self.progress.stretch.goes_beyond(found.position):
            self.progress.exhausted = True
            return None
        self.progress.position = found.position
        self._usage.read_document(size(found.value))
        return found

    def _next(self) -> Found | None:
        stretch = self.progress.stretch
        position = self.progress.position or stretch.after
        written = self._pending.next(stretch.path, self._keys, position, stretch.order)
        row = self._next_row()
        if written is not None and (row is None or _is_before(written, row.position, stretch.order)):
            return Found(written, self._written_value(written.document))
        if row is None:
            return None
        self._rows.popleft()
        return Found(row.position, document_of(row.value))

    def _written_value(self, document: bytes) -> dict[str, Value]:
        write = self._pending.find(self.progress.stretch.path.table.number, document)
        assert write is not None and write.new is not None
        return cast("dict[str, Value]", copy_of(write.new))

    def _next_row(self) -> Row | None:
        """The next row of the snapshot that the transaction has not written itself."""
        table = self.progress.stretch.path.table.number
        while True:
            while self._rows:
                if self._pending.find(table, self._rows[0].document) is None:
                    return self._rows[0]
                self._rows.popleft()
            if not self._more:
                return None
            self._read_batch()

    def _read_batch(self) -> None:
        stretch = self.progress.stretch
        batch = stretch.path.batch(self._store, self._keys, self._snapshot, stretch.order, self._after, self._limit)
        self._rows.extend(batch.rows)
        self._after = batch.after
        self._more = batch.after is not None
        self._limit = min(2 * self._limit, BATCH_ROWS)


def _is_before(one: Position, other: Position, order: Order) -> bool:
    return one < other if order == "asc" else one > other
