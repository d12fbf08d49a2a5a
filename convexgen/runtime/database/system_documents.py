"""The system's own documents, which functions read and only the engine writes: jobs, files and what it keeps beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from convexgen.runtime.database.access_paths import AccessPath
from convexgen.runtime.database.documents import Documents
from convexgen.runtime.database.scans import Stretch
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.values import DocumentId, Value, check_document, decode_id, encode_id, index_interval


class SystemDocuments:
    """Documents of system tables as wire values. Whether they are what their table says, nobody checks."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, document_id: str) -> dict[str, Value] | None:
        """The document with its system fields, None if there is none."""
        return self._documents.get(self._decoded(document_id))

    def find(self, table: str, index: str, equal: Sequence[Value], *, limit: int) -> list[dict[str, Value]]:
        """The first `limit` documents of an index among those whose first fields in it are `equal`."""
        path = AccessPath.of(self._documents.catalogue.tables[table], index)
        scan = self._documents.scan(Stretch(path, index_interval(equal)), limit)
        found: list[dict[str, Value]] = []
        while len(found) < limit and (document := scan.next()) is not None:
            found.append(document.value)
        return found

    def insert(self, table: str, fields: dict[str, Value]) -> str:
        """Store a new document, without its system fields, and give its id."""
        write = self._documents.new(self._documents.catalogue.tables[table], fields)
        self._put(write)
        return encode_id(write.table, write.document)

    def replace(self, document_id: str, fields: dict[str, Value]) -> None:
        """Put other fields in the place of those of the document. Raises `ValueError` if it does not exist."""
        current = self._current(document_id)
        kept = cast("dict[str, Value]", current.new)
        value = {**fields, "_id": kept["_id"], "_creationTime": kept["_creationTime"]}
        self._put(replace(current, new=value))

    def delete(self, document_id: str) -> None:
        """Delete a document. Raises `ValueError` if it does not exist."""
        self._documents.put(replace(self._current(document_id), new=None), 0)

    def _put(self, write: DocumentWrite) -> None:
        assert write.new is not None
        self._documents.put(write, check_document(write.new))

    def _current(self, document_id: str) -> DocumentWrite:
        current = self._documents.current(self._decoded(document_id))
        if current is None:
            raise ValueError(f"there is no document {document_id}")
        return current

    def _decoded(self, document_id: str) -> DocumentId:
        document = decode_id(document_id)
        name = self._documents.table_of(document).name
        if not name.startswith("_"):
            raise ValueError(f"{name!r} is no table of the system")
        return document
