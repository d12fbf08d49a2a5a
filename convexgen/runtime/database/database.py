"""`ctx.db`: users' calls, with ids as text and documents as objects, become reads and writes of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from typing_extensions import TypeVar

from convexgen.authoring.ids import Id
from convexgen.authoring.tables import Table, is_view, name_of, table_of
from convexgen.runtime.catalogue import BY_CREATION_TIME
from convexgen.runtime.database.access_paths import AccessPath
from convexgen.runtime.database.documents import Documents
from convexgen.runtime.database.pages import Journal
from convexgen.runtime.database.queries import TableDocuments
from convexgen.runtime.database.scans import Stretch, copy_of
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.values import EVERYTHING, DocumentId, InvalidIdError, Value, check_document, decode_id, encode_id

T = TypeVar("T", bound=Table)


class Reader:
    """A `DatabaseReader`."""

    def __init__(self, documents: Documents, tables: Mapping[str, LiveTable], journal: Journal) -> None:
        self._documents = documents
        self._tables = tables
        self._journal = journal

    async def get(self, document_id: Id[T], /) -> T | None:
        document = _decoded(document_id)
        live = self._live_of(document)
        found = self._documents.get(document)
        return None if found is None else cast("T", live.load(found))

    def query(self, table: type[T], /) -> TableDocuments[T]:
        live = self._live(table)
        if table_of(table) is not table:
            raise TypeError(f"{table.__name__} is one variant of {table_of(table).__name__}: query that, and filter")
        path = AccessPath.of(self._documents.catalogue.tables[live.name], BY_CREATION_TIME)
        return TableDocuments(self._documents, self._journal, live, Stretch(path, EVERYTHING))

    def normalize_id(self, table: type[T], text: str, /) -> Id[T] | None:
        live = self._live(table)
        try:
            found = decode_id(text)
        except InvalidIdError:
            return None
        return Id(text) if found.table_number == self._documents.catalogue.tables[live.name].number else None

    def _live(self, table: type[Table]) -> LiveTable:
        """The table of a class. Raises `TypeError` for a view and for what is no table of the program."""
        if is_view(table):
            raise TypeError(f"{table.__name__} is a view: it is made from documents, and is never stored")
        if not (isinstance(table, type) and issubclass(table, Table)):
            raise TypeError(f"{table!r} is no table")
        name = name_of(table)
        if name not in self._tables:
            raise TypeError(f"{table.__name__} is no table of this program")
        return self._tables[name]

    def _live_of(self, document: DocumentId) -> LiveTable:
        """The table that an id belongs to. Raises `ValueError` if there is none that functions may see."""
        name = self._documents.table_of(document).name
        if name not in self._tables:
            raise ValueError(f"the ID {document} belongs to no table of this program")
        return self._tables[name]


class Writer(Reader):
    """A `DatabaseWriter`."""

    async def insert(self, document: T, /) -> Id[T]:
        live = self._writable(self._live(type(document)))
        write = self._documents.new(self._documents.catalogue.tables[live.name], live.dump(document))
        self._put(write, live)
        return Id(encode_id(write.table, write.document))

    async def patch(self, document_id: Id[Table], /, **changes: object) -> None:
        live, current = self._current(document_id, "Update")
        value = cast("dict[str, Value]", copy_of(current.new))
        self._put(replace(current, new=live.changed(value, changes) | _system_fields(current)), live)

    async def replace(self, document_id: Id[T], document: T, /) -> None:
        live, current = self._current(document_id, "Replace")
        if self._live(type(document)) is not live:
            raise TypeError(f"{type(document).__name__} is no document of the table {live.name!r}")
        self._put(replace(current, new=live.dump(document) | _system_fields(current)), live)

    async def delete(self, document_id: Id[Table], /) -> None:
        _, current = self._current(document_id, "Delete")
        self._documents.put(replace(current, new=None), 0)

    def _current(self, document_id: str, action: str) -> tuple[LiveTable, DocumentWrite]:
        document = _decoded(document_id)
        live = self._writable(self._live_of(document))
        current = self._documents.current(document)
        if current is None:
            raise ValueError(f"{action} on nonexistent document ID {document_id}")
        return live, current

    def _put(self, write: DocumentWrite, live: LiveTable) -> None:
        assert write.new is not None
        size = check_document(write.new)
        live.check(write.new, self._documents.catalogue.names)
        self._documents.put(write, size)

    def _writable(self, live: LiveTable) -> LiveTable:
        if live.name.startswith("_"):
            raise ValueError(f"{live.name!r} is a table of the system: functions read it, and do not write it")
        return live


def _decoded(document_id: Any) -> DocumentId:
    if not isinstance(document_id, str):
        raise TypeError(f"an id is a str, not {document_id!r}")
    return decode_id(document_id)


def _system_fields(current: DocumentWrite) -> dict[str, Value]:
    assert current.new is not None
    return {name: current.new[name] for name in ("_id", "_creationTime")}
