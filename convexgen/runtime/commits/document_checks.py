"""Holding stored documents to the schema of a program that is about to go live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast

from convexgen.runtime.commits.errors import Mismatch, SchemaMismatchError
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.store import END_OF_DOCUMENTS, LoggedCommit, Position, Store
from convexgen.runtime.values import InvalidValueError, Value, encode_id, from_canonical

_MISMATCHES_TOLD: Final = 10


def stored_document(value: bytes) -> dict[str, Value]:
    """The document that a commit has written as bytes."""
    return cast("dict[str, Value]", from_canonical(value.decode()))


class DocumentChecks:
    """Tables by number, with what their documents are held to; and the documents that did not fit."""

    def __init__(self, tables: Mapping[int, LiveTable], names: Mapping[int, str]) -> None:
        self._tables = tables
        self._names = names
        self._mismatches: dict[tuple[int, bytes], Mismatch] = {}

    @property
    def are_needed(self) -> bool:
        """Whether there is any table to check."""
        return bool(self._tables)

    def all_documents(self, store: Store, snapshot: int) -> Iterator[int]:
        """Check all documents at a snapshot; gives the number of those seen after each batch.

        Raises `SchemaMismatchError`.
        """
        seen = 0
        for table in self._tables:
            after: Position | None = None
            while True:
                batch = store.scan_table(table, b"", END_OF_DOCUMENTS, snapshot, after=after)
                for row in batch.rows:
                    self._check(table, row.document, row.value)
                seen += len(batch.rows)
                yield seen
                after = batch.after
                if after is None:
                    break
        self._raise()

    def changed_documents(self, store: Store, commits: Iterable[LoggedCommit], snapshot: int) -> int:
        """Check, as they are at a snapshot, the documents that some commits have changed; gives how many that are.

        Raises `SchemaMismatchError`.
        """
        changed = {
            (change.table, change.document): None
            for commit in commits
            for change in commit.changes
            if change.table in self._tables
        }
        for table, document in changed:
            version = store.get(table, document, snapshot)
            if version is not None:
                self._check(table, document, version.value)
        self._raise()
        return len(changed)

    def _check(self, table: int, document: bytes, value: bytes) -> None:
        try:
            self._tables[table].check(stored_document(value), self._names)
        except InvalidValueError as error:
            name = self._tables[table].name
            self._mismatches[table, document] = Mismatch(name, encode_id(table, document), str(error))
            if len(self._mismatches) == _MISMATCHES_TOLD:
                self._raise()

    def _raise(self) -> None:
        if self._mismatches:
            raise SchemaMismatchError(tuple(self._mismatches.values()))
