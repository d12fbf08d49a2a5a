"""What an import writes over a snapshot: documents that come, that go, and that change. Nothing for those that stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from convexgen.runtime.commits.document_checks import stored_document
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.files import documents as file_documents
from convexgen.runtime.files.documents import CONTENTS, StoredContent
from convexgen.runtime.store import Row, Store
from convexgen.runtime.transfer.archive_reading import FILES
from convexgen.runtime.transfer.documents import Document, SystemFields
from convexgen.runtime.transfer.problems import ImportRefusedError
from convexgen.runtime.transfer.records import completed, with_state
from convexgen.runtime.transfer.stored import is_empty, rows_of
from convexgen.runtime.transfer.targets import Targets
from convexgen.runtime.values import decode_id, encode_id


@dataclass(slots=True)
class Imported:
    """Everything of an import, in memory: `documents` as they are stored, by table and by the bytes of their ids.

    `contents`: those of files that were uploaded for it, by the ids of the files.
    """

    documents: dict[str, dict[bytes, bytes]] = field(default_factory=dict)
    contents: dict[str, StoredContent] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many documents there are."""
        return sum(map(len, self.documents.values()))


@dataclass(frozen=True, slots=True)
class Changes:
    """Says the writes over the newest snapshot, while nobody else commits. `import_` is the id of the import.

    `needs_empty`: whether tables must not have documents.
    """

    store: Store
    targets: Targets
    imported: Imported
    needs_empty: bool
    import_: str
    given: SystemFields

    def __call__(self, snapshot: int) -> Iterator[DocumentWrite]:
        """Raises `ImportRefusedError`."""
        for name in sorted(self.targets.cleared | self.targets.tables.keys()):
            yield from self._table(name, snapshot)
        yield from self._contents(snapshot)
        yield self._completed(snapshot)

    def _table(self, name: str, snapshot: int) -> Iterator[DocumentWrite]:
        before, after = self.targets.before[name], self.targets.tables.get(name)
        coming: Mapping[bytes, bytes] = self.imported.documents.get(name, {})
        kept: set[bytes] = set()
        if name in self.targets.cleared:
            for row in rows_of(self.store, before, snapshot):
                value = coming.get(row.document) if before == after else None
                if value is not None:
                    kept.add(row.document)
                if value != row.value:
                    yield _write(before, row, None if value is None else stored_document(value))
        elif self.needs_empty and not is_empty(self.store, before, snapshot):
            raise ImportRefusedError(f'Documents have come into the table "{name}", which was empty before')
        if after is not None:
            for internal, value in coming.items():
                if internal not in kept:
                    yield self._new(name, after, internal, value, snapshot)

    def _new(self, name: str, table: int, internal: bytes, value: bytes, snapshot: int) -> DocumentWrite:
        if name not in self.targets.cleared and self.store.get(table, internal, snapshot) is not None:
            raise ImportRefusedError(
                f'There is a document {encode_id(table, internal)} in the table "{name}" already: '
                "it can only be replaced, with all others of its table"
            )
        return DocumentWrite(table, internal, None, None, stored_document(value))

    def _contents(self, snapshot: int) -> Iterator[DocumentWrite]:
        """What ties files to their contents: those that are new, and those that are to be deleted."""
        if FILES not in self.targets.tables:
            return
        table = self.targets.before[CONTENTS]
        staying = frozenset(self._staying_files())
        missing = set(staying)
        if FILES in self.targets.cleared:
            for row in rows_of(self.store, table, snapshot):
                old = stored_document(row.value)
                missing.discard(str(old["file"]))
                if old["file"] is not None and old["file"] not in staying:
                    yield _write(table, row, {**old, "file": None})
        if missing:
            raise ImportRefusedError("Files were deleted that the import counts on. Import again")
        for file, content in self.imported.contents.items():
            id_ = self.given.id(table)
            fields = file_documents.content_fields(file, content.name)
            new = {**fields, "_id": id_, "_creationTime": self.given.creation_time()}
            yield DocumentWrite(table, decode_id(id_).internal, None, None, new)

    def _staying_files(self) -> Iterator[str]:
        """The files whose content is here already."""
        for internal in self.imported.documents.get(FILES, {}):
            file = encode_id(self.targets.tables[FILES], internal)
            if file not in self.imported.contents:
                yield file

    def _completed(self, snapshot: int) -> DocumentWrite:
        table, internal = decode_id(self.import_)
        version = self.store.get(table, internal, snapshot)
        if version is None:
            raise ImportRefusedError("The import was forgotten")
        old = stored_document(version.value)
        new = with_state(old, completed(self.imported.count, snapshot))
        return DocumentWrite(table, internal, version.timestamp, old, new)


def _write(table: int, row: Row, new: Document | None) -> DocumentWrite:
    return DocumentWrite(table, row.document, row.timestamp, stored_document(row.value), new)
