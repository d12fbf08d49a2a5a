"""What a transaction has written and nobody else can see yet, in the order of every index that it reads."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from typing import NamedTuple

from convexgen.runtime.database.access_paths import AccessPath
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.store import Order, Position
from convexgen.runtime.values import Interval


class _Undo(NamedTuple):
    table: int
    document: bytes
    before: DocumentWrite | None


class _Sorted(NamedTuple):
    path: AccessPath
    positions: list[Position]


class PendingWrites:
    """The last write to each document. An index is sorted when it is first scanned, and kept up from then on."""

    def __init__(self) -> None:
        self._tables: dict[int, dict[bytes, DocumentWrite]] = {}
        self._sorted: dict[int, dict[int | None, _Sorted]] = {}
        self._undo: list[_Undo] = []

    def find(self, table: int, document: bytes) -> DocumentWrite | None:
        """The write to a document, if it was written."""
        written = self._tables.get(table)
        return written.get(document) if written else None

    def of_table(self, table: int) -> Mapping[bytes, DocumentWrite]:
        """The writes to a table by document."""
        return self._tables.get(table, {})

    def put(self, write: DocumentWrite) -> None:
        """Take a write in the place of an earlier one to the same document, whose `previous` and `old` it has."""
        written = self._tables.setdefault(write.table, {})
        before = written.get(write.document)
        self._undo.append(_Undo(write.table, write.document, before))
        written[write.document] = write
        self._move(before, write)

    def savepoint(self) -> int:
        return len(self._undo)

    def roll_back(self, savepoint: int) -> None:
        """Take back all writes since."""
        while len(self._undo) > savepoint:
            table, document, before = self._undo.pop()
            written = self._tables[table]
            self._move(written[document], before)
            if before is None:
                del written[document]
            else:
                written[document] = before

    def all(self) -> tuple[DocumentWrite, ...]:
        """What is to be committed. Documents that came and went within the transaction are not."""
        return tuple(
            write
            for written in self._tables.values()
            for write in written.values()
            if write.old is not None or write.new is not None
        )

    def next(self, path: AccessPath, interval: Interval, after: Position | None, order: Order) -> Position | None:
        """The first written document in the interval, or the first beyond `after`."""
        if path.table.number not in self._tables:
            return None
        positions = self._positions(path)
        if order == "asc":
            start = Position(interval.start, b"")
            place = bisect_right(positions, start if after is None else after)
        else:
            end = Position(interval.end, b"")
            place = bisect_left(positions, end if after is None else after) - 1
        if 0 <= place < len(positions) and interval.holds(positions[place].key):
            return positions[place]
        return None

    def _positions(self, path: AccessPath) -> list[Position]:
        indexes = self._sorted.setdefault(path.table.number, {})
        number = None if path.index is None else path.index.number
        if number not in indexes:
            written = self._tables[path.table.number].values()
            positions = [path.position(write.document, write.new) for write in written if write.new is not None]
            indexes[number] = _Sorted(path, sorted(positions))
        return indexes[number].positions

    def _move(self, before: DocumentWrite | None, after: DocumentWrite | None) -> None:
        present = before or after
        assert present is not None
        for path, positions in self._sorted.get(present.table, {}).values():
            if before is not None and before.new is not None:
                del positions[bisect_left(positions, path.position(before.document, before.new))]
            if after is not None and after.new is not None:
                insort(positions, path.position(after.document, after.new))
