"""Where documents stand in all indexes of a store, whichever deployment they belong to.

A commit has to tell of every index that the store keeps up: those of the program, those that are being built for the
next one, and those that are no longer wanted and not yet dropped.
"""

from __future__ import annotations

from collections.abc import Mapping

from convexgen.runtime.commits.deployment_record import KnownIndex
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.store import Index, IndexState, KeyChange, Write


class EntryKeys:
    """The indexes of a store as they are at one moment, with what they are made of."""

    def __init__(self, indexes: Mapping[int, Index], known: Mapping[int, KnownIndex]) -> None:
        self.indexes = indexes
        self._by_table: dict[int, list[tuple[int, KnownIndex]]] = {}
        for number, index in sorted(indexes.items()):
            if index.state is not IndexState.DROPPING:
                self._by_table.setdefault(index.table, []).append((number, known[number]))

    def write(self, write: DocumentWrite, value: bytes | None) -> Write:
        """What is to be stored of a write, whose new document is `value` as bytes."""
        changes = tuple(
            KeyChange(
                number,
                None if write.old is None else index.key(write.old),
                None if write.new is None else index.key(write.new),
            )
            for number, index in self._by_table.get(write.table, ())
        )
        return Write(write.table, write.document, value, write.previous, changes)
