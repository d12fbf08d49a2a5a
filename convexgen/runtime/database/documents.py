"""One transaction in the words of the engine: documents as values, tables by number. What `ctx.db` rests on."""

from __future__ import annotations

import math
from random import Random
from typing import cast

from convexgen.runtime.catalogue import Catalogue, CataloguedTable
from convexgen.runtime.database.limits import Usage
from convexgen.runtime.database.pending_writes import PendingWrites
from convexgen.runtime.database.scans import Progress, Scan, Stretch, copy_of, document_of
from convexgen.runtime.database.searches import Search, SearchScan
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.reads import ReadRecorder, Reads
from convexgen.runtime.store import Store
from convexgen.runtime.values import (
    DocumentId,
    Value,
    encode_id,
    new_internal_id,
    prefixed,
    size,
)
from convexgen.runtime.values.ids import RANDOM_SIZE


class Documents:
    """Reads a snapshot with the transaction's own writes over it, and remembers what was read and written.

    `now`: milliseconds since the epoch, the same throughout.
    """

    def __init__(self, store: Store, catalogue: Catalogue, snapshot: int, now: float, random: Random) -> None:
        self.catalogue = catalogue
        self.pending = PendingWrites()
        self.usage = Usage()
        self._store = store
        self._snapshot = snapshot
        self._now = now
        self._random = random
        self.last_creation_time: float | None = None
        self._points: set[tuple[int, bytes]] = set()
        self._scans: list[Progress] = []
        self._searches: list[Search] = []

    def table_of(self, document: DocumentId) -> CataloguedTable:
        """The table that an id belongs to. Raises `ValueError` if there is none."""
        name = self.catalogue.names.get(document.table_number)
        if name is None:
            raise ValueError(f"the ID {document} belongs to no table")
        return self.catalogue.tables[name]

    def get(self, document: DocumentId) -> dict[str, Value] | None:
        """A document, None if there is none. The value is the caller's own."""
        self.usage.read_range()
        found = self._current(document)
        return None if found is None else cast("dict[str, Value]", copy_of(found.new))

    def current(self, document: DocumentId) -> DocumentWrite | None:
        """A document as it is, as the write that would leave it so; None if there is none."""
        self.usage.check()
        return self._current(document)

    def _current(self, document: DocumentId) -> DocumentWrite | None:
        table, internal = document
        self._points.add((table, internal))
        found = self.pending.find(table, internal)
        if found is None:
            version = self._store.get(table, internal, self._snapshot)
            if version is None:
                return None
            value = document_of(version.value)
            found = DocumentWrite(table, internal, version.timestamp, value, value)
        if found.new is None:
            return None
        self.usage.read_document(size(found.new))
        return found

    def scan(self, stretch: Stretch, expected: int | None = None) -> Scan:
        """Go through a stretch. What is read of it is noted as it is read."""
        self.usage.read_range()
        scan = Scan(self._store, self._snapshot, self.pending, self.usage, stretch, expected)
        self._scans.append(scan.progress)
        return scan

    def search(self, search: Search) -> SearchScan:
        """Go through what answers a search. All of that counts as read."""
        self.usage.read_range()
        self._searches.append(search)
        return SearchScan(self._store, self._snapshot, self.pending, self.usage, search)

    def new(self, table: CataloguedTable, fields: dict[str, Value]) -> DocumentWrite:
        """The write of a new document, which is given its id and creation time. It is yet to be put."""
        internal = new_internal_id(self._random.randbytes(RANDOM_SIZE), self._now)
        last = self.last_creation_time
        created = self._now if last is None else math.nextafter(last, math.inf)
        self.last_creation_time = created
        value = {**fields, "_id": encode_id(table.number, internal), "_creationTime": created}
        return DocumentWrite(table.number, internal, None, None, value)

    def put(self, write: DocumentWrite, size: int) -> None:
        """Take a write that was checked. `size`: of the new value in bytes, 0 where it deletes. Raises `LimitError`."""
        self.usage.write_document(size)
        self.pending.put(write)

    def reads(self) -> Reads:
        """All that was looked at so far."""
        recorder = ReadRecorder()
        for table, document in self._points:
            recorder.documents(table, prefixed(document))
        for progress in self._scans:
            path = progress.stretch.path
            if path.index is None:
                recorder.documents(path.table.number, progress.covered)
            else:
                recorder.entries(path.index.number, progress.covered)
        for search in self._searches:
            recorder.search(search.index.number, search.query)
        return recorder.reads()
