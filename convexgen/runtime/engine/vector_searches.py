"""Vector searches: what each index holds in memory, kept up by commits, and asked at the newest snapshot.

An index is read from its documents when it is first searched. From then on each commit says which documents it has
changed, and only those are read again. So a search sees all that was committed before it, and nothing by halves.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from convexgen import ir
from convexgen.authoring.contexts import VectorMatch
from convexgen.authoring.ids import Id
from convexgen.authoring.indexes import VectorIndex
from convexgen.authoring.tables import name_of
from convexgen.runtime.catalogue import FieldPath
from convexgen.runtime.commits import Committer
from convexgen.runtime.commits.document_checks import stored_document
from convexgen.runtime.database import Equal, any_of_all
from convexgen.runtime.engine.contexts import Deployed
from convexgen.runtime.store import END_OF_DOCUMENTS, LoggedCommit, Position
from convexgen.runtime.values import encode_id, sort_key, value_at

if TYPE_CHECKING:
    from convexgen.runtime.search.vectors import VectorMatrix

MAXIMUM_RESULTS: Final = 256
MAXIMUM_CONDITIONS: Final = 64


class _Made(NamedTuple):
    """What a vector index is made of."""

    table: int
    field: FieldPath
    dimensions: int
    filters: tuple[FieldPath, ...]

    @classmethod
    def of(cls, table: int, declared: ir.VectorIndex) -> _Made:
        filters = tuple(tuple(path.split(".")) for path in declared.filter_fields)
        return cls(table, tuple(declared.field.split(".")), declared.dimensions, filters)


class _Changed:
    """Documents that are to be read again, with when they were changed last. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._documents: dict[bytes, int] = {}

    def note(self, document: bytes, timestamp: int) -> None:
        with self._lock:
            self._documents[document] = timestamp

    def all(self) -> tuple[bytes, ...]:
        with self._lock:
            return tuple(self._documents)

    def forget(self, documents: Sequence[bytes], snapshot: int) -> None:
        """Those that were read at a snapshot, unless they have changed since."""
        with self._lock:
            for document in documents:
                if self._documents[document] <= snapshot:
                    del self._documents[document]


class _Held:
    """The vectors of one index."""

    def __init__(self, made: _Made) -> None:
        from convexgen.runtime.search.vectors import VectorMatrix  # noqa: PLC0415 (numpy, 0.1 s, for the first search)

        self.made = made
        self.lock = Lock()
        self.matrix: VectorMatrix = VectorMatrix(made.dimensions, len(made.filters))
        self.is_filled = False
        self.changed = _Changed()

    def put(self, document: bytes, value: bytes | None) -> None:
        """Take a document as it is stored, None if there is none."""
        vector = filters = None
        if value is not None:
            fields = stored_document(value)
            vector = _vector(value_at(fields, self.made.field))
            filters = [sort_key(value_at(fields, path)) for path in self.made.filters]
        if vector is None or filters is None:
            self.matrix.discard(document)
        else:
            self.matrix.put(document, vector, filters)


def _vector(value: Any) -> list[float] | None:
    return value if isinstance(value, list) and all(type(number) is float for number in value) else None


class VectorSearches:
    """All vector indexes that were searched. Any thread may use it."""

    def __init__(self, committer: Committer) -> None:
        self._committer = committer
        self._lock = Lock()
        self._held: dict[_Made, _Held] = {}
        """Never changed, but replaced: whoever commits looks at it without waiting."""
        self._follows = False

    def deployed(self, deployed: Deployed) -> None:
        """Let go of indexes that the program which is live now has not got."""
        tables = deployed.catalogue.tables
        made = {
            _Made.of(tables[name].number, index)
            for name, live in deployed.program.tables.items()
            for index in live.declared.vector_indexes
        }
        with self._lock:
            self._held = {each: held for each, held in self._held.items() if each in made}

    def search(
        self, deployed: Deployed, index: object, vector: Sequence[float], conditions: Sequence[object], limit: int
    ) -> list[VectorMatch[Any]]:
        """The nearest documents at the newest snapshot. Blocks. Raises `TypeError` and `ValueError` for what cannot be
        asked, `StoreError`.
        """
        if not isinstance(index, VectorIndex):
            raise TypeError(f"vector_search() takes a VectorIndex of a table, as in Food.by_embedding; got {index!r}")
        live = deployed.program.tables.get(name_of(index.table))
        declared = {each.name: each for each in live.declared.vector_indexes} if live else {}
        if live is None or index.name not in declared:
            raise ValueError(f"{index!r} is no vector index of this program")
        _check(index, vector, limit)
        groups = any_of_all(index, conditions, live)
        if sum(map(len, groups)) > MAXIMUM_CONDITIONS:
            raise ValueError(f"a vector search is narrowed by at most {MAXIMUM_CONDITIONS} conditions")
        table = deployed.catalogue.tables[live.name].number
        return self._nearest(_Made.of(table, declared[index.name]), [float(each) for each in vector], groups, limit)

    def _nearest(
        self, made: _Made, vector: list[float], groups: list[tuple[Equal, ...]], limit: int
    ) -> list[VectorMatch[Any]]:
        held = self._hold(made)
        with held.lock:
            self._bring_up_to_date(held)
            near = held.matrix.nearest(vector, groups, limit)
        return [VectorMatch(Id(encode_id(made.table, document)), score) for document, score in near]

    def _hold(self, made: _Made) -> _Held:
        with self._lock:
            if made not in self._held:
                if not self._follows:
                    self._committer.follow(self._note)
                    self._follows = True
                self._held = {**self._held, made: _Held(made)}
            return self._held[made]

    def _note(self, commits: Sequence[LoggedCommit]) -> None:
        """What each commit does before anybody can see it."""
        for held in self._held.values():
            for timestamp, changes in commits:
                for change in changes:
                    if change.table == held.made.table:
                        held.changed.note(change.document, timestamp)

    def _bring_up_to_date(self, held: _Held) -> None:
        store, table = self._committer.store, held.made.table
        with self._committer.snapshot() as snapshot:
            if not held.is_filled:
                self._fill(held, snapshot)
            changed = held.changed.all()
            for document in changed:
                version = store.get(table, document, snapshot)
                held.put(document, version and version.value)
            held.changed.forget(changed, snapshot)

    def _fill(self, held: _Held, snapshot: int) -> None:
        after: Position | None = None
        while True:
            batch = self._committer.store.scan_table(held.made.table, b"", END_OF_DOCUMENTS, snapshot, after=after)
            for row in batch.rows:
                held.put(row.document, row.value)
            after = batch.after
            if after is None:
                break
        held.is_filled = True


def _check(index: VectorIndex[Any], vector: Sequence[float], limit: int) -> None:
    if isinstance(vector, str | bytes) or not isinstance(vector, Sequence) or not len(vector):
        raise ValueError("`vector` must be a non-empty Array in vectorSearch")
    if len(vector) != index.dimensions:
        raise ValueError(f"{index!r} has vectors of {index.dimensions} dimensions, and this one has {len(vector)}")
    if not 1 <= limit <= MAXIMUM_RESULTS:
        raise ValueError(f"a vector search gives 1 to {MAXIMUM_RESULTS} documents, not {limit}")
