"""Which indexes a store has: what it looks up for every write and every scan."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from types import MappingProxyType

from convexgen.runtime.store.contract import Index, IndexKind, IndexNotReadyError, IndexState


class IndexCatalogue:
    """All indexes by their numbers. A change makes a new one: whoever holds one goes on with what was true.

    `by_table` has the numbers of those that writes to a table have to tell of, `building` of those that may not yet
    have an entry for each document, `of_text` of those that are searched.
    """

    def __init__(self, indexes: Mapping[int, Index]) -> None:
        self.indexes = MappingProxyType(dict(indexes))
        kept_up: dict[int, set[int]] = {}
        for number, index in indexes.items():
            if index.state is not IndexState.DROPPING:
                kept_up.setdefault(index.table, set()).add(number)
        self.by_table = {table: frozenset(numbers) for table, numbers in kept_up.items()}
        self.building = frozenset(n for n, index in indexes.items() if index.state is IndexState.BUILDING)
        self.of_text = frozenset(n for n, index in indexes.items() if index.kind is IndexKind.TEXT)

    def having(self, number: int, index: Index) -> IndexCatalogue:
        # A new program may come with a thousand indexes, each of which changes a few times: not all is made anew.
        changed = copy(self)
        changed.indexes = MappingProxyType({**self.indexes, number: index})
        alone = frozenset((number,))
        changed.building = self.building | alone if index.state is IndexState.BUILDING else self.building - alone
        changed.of_text = self.of_text | alone if index.kind is IndexKind.TEXT else self.of_text - alone
        others = self.by_table.get(index.table, frozenset()) - alone
        kept_up = others if index.state is IndexState.DROPPING else others | alone
        changed.by_table = {**self.by_table, index.table: kept_up}
        return changed

    def without(self, number: int) -> IndexCatalogue:
        return IndexCatalogue({known: index for known, index in self.indexes.items() if known != number})

    def created(self, number: int, table: int, kind: IndexKind) -> Index | None:
        """The index to make, None if it is being built already. Raises `ValueError` if the number is taken."""
        known = self.indexes.get(number)
        wanted = Index(table, IndexState.BUILDING, kind=kind)
        if known not in {None, wanted}:
            raise ValueError(f"there is an index {number} already: {known}")
        return wanted if known is None else None

    def being_built(self, number: int) -> Index:
        """Raises `IndexNotReadyError` for any other."""
        if number not in self.building:
            raise IndexNotReadyError(f"the index {number} is not being built")
        return self.indexes[number]

    def finished(self, number: int, latest: int) -> Index:
        """The index as it is once it can be read. Raises `IndexNotReadyError` if it is not being built."""
        return self.being_built(number)._replace(state=IndexState.READY, ready_since=latest)

    def text_index(self, number: int, snapshot: int) -> Index:
        """An index that can be searched at a snapshot. Raises `IndexNotReadyError`, `ValueError` for another kind."""
        index = self._readable(number, snapshot)
        if index.kind is not IndexKind.TEXT:
            raise ValueError(f"the index {number} cannot be searched")
        return index

    def table_to_scan(self, number: int, snapshot: int) -> int:
        """The table of an index that can be read at a snapshot, in order. Raises `IndexNotReadyError`."""
        return self._readable(number, snapshot).table

    def _readable(self, number: int, snapshot: int) -> Index:
        index = self.indexes.get(number)
        if index is None or index.ready_since is None or index.state is IndexState.DROPPING:
            raise IndexNotReadyError(f"the index {number} cannot be read: {index.state if index else 'there is none'}")
        if snapshot < index.ready_since:
            raise IndexNotReadyError(f"the index {number} cannot be read at {snapshot}, before {index.ready_since}")
        return index
