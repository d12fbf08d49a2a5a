"""Documents of all tables as wire values, for administrators: whatever the program thinks of them, they can be read.

What is written is held to the schema, as what functions write is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.runtime.catalogue import BY_CREATION_TIME
from convexgen.runtime.database.access_paths import AccessPath
from convexgen.runtime.database.documents import Documents
from convexgen.runtime.database.pages import Journal, read_page
from convexgen.runtime.database.scans import Stretch
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.values import EVERYTHING, Order, Value, check_document, decode_id, encode_id

Document = dict[str, Value]

_GIVEN = ("_id", "_creationTime")
"""The fields that the database gives."""


def every(document: Document) -> bool:
    """The filter that lets all documents through."""
    del document
    return True


class StoredDocuments:
    """`tables`: those that functions may see, of the program and of the system."""

    def __init__(self, documents: Documents, tables: Mapping[str, LiveTable], journal: Journal) -> None:
        self._documents = documents
        self._tables = tables
        self._journal = journal

    def get(self, document_id: str) -> Document | None:
        """The document with its system fields, None if there is none. Raises `ValueError` for what is no id."""
        return self._documents.get(decode_id(document_id))

    def page(
        self, table: str, order: Order, options: PaginationOptions, matches: Callable[[Document], bool] = every
    ) -> Page[Any]:
        """A page of the documents that match, in the order in which they were made.

        Raises `ValueError` for a table that there is not and for options that nobody may ask for, `InvalidCursorError`.
        """
        if table not in self._tables:
            raise ValueError(f"There is no table {table!r}.")
        path = AccessPath.of(self._documents.catalogue.tables[table], BY_CREATION_TIME)
        stretch = Stretch(path, EVERYTHING, order)
        return read_page(
            self._documents, self._journal, stretch, lambda found: found if matches(found) else None, options
        )

    def insert(self, table: str, fields: Document) -> str:
        """Store a new document; gives its id. Raises `ValueError`."""
        live = self._writable(table)
        _check_names(fields)
        write = self._documents.new(self._documents.catalogue.tables[table], fields)
        self._put(write, live)
        return encode_id(write.table, write.document)

    def replace(self, document_id: str, fields: Document) -> None:
        """Put other fields in the place of those that a document has. Raises `ValueError`."""
        live, current, before = self._current(document_id)
        _check_names(fields)
        self._put(replace(current, new={**fields, **{name: before[name] for name in _GIVEN}}), live)

    def delete(self, document_id: str) -> None:
        """Raises `ValueError` if there is no such document."""
        _, current, _ = self._current(document_id)
        self._documents.put(replace(current, new=None), 0)

    def _current(self, document_id: str) -> tuple[LiveTable, DocumentWrite, Document]:
        document = decode_id(document_id)
        live = self._writable(self._documents.table_of(document).name)
        current = self._documents.current(document)
        if current is None or current.new is None:
            raise ValueError(f"There is no document {document_id}.")
        return live, current, current.new

    def _put(self, write: DocumentWrite, live: LiveTable) -> None:
        assert write.new is not None
        size = check_document(write.new)
        live.check(write.new, self._documents.catalogue.names)
        self._documents.put(write, size)

    def _writable(self, table: str) -> LiveTable:
        if table not in self._tables:
            raise ValueError(f"There is no table {table!r}.")
        if table.startswith("_"):
            raise ValueError(f"{table!r} is a table of the system: its documents are not written like others.")
        return self._tables[table]


def _check_names(fields: Document) -> None:
    for name in fields:
        if name.startswith("_"):
            raise ValueError(f"The field {name!r} cannot be set: names that begin with _ are the system's.")
