"""What the store remembers of its deployments: which numbers stand for what, and what documents were checked against.

Numbers of tables are in ids that users have, so the table of a name keeps its number for ever, even while no program
declares it. An index that is declared otherwise is another index, with another number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from convexgen.runtime.catalogue import (
    BY_CREATION_TIME,
    Catalogue,
    CataloguedIndex,
    CataloguedSearch,
    CataloguedTable,
    FieldPath,
    search_entry,
)
from convexgen.runtime.store import IndexKind, StoreVersionError
from convexgen.runtime.values import Value, entry_key
from convexgen.runtime.values.ids import FIRST_USER_TABLE

METADATA: Final = "deployment"
"""Under this name it lies in the store."""

_FORMAT: Final = 1
_CREATION_TIME: Final[FieldPath] = ("_creationTime",)

SYSTEM_TABLES: Final[Mapping[str, int]] = {
    "_storage": 1,
    "_scheduled_functions": 2,
    "_file_contents": 3,
    "_cron_jobs": 4,
    "_imports": 6,
    "_exports": 7,
}
SYSTEM_INDEXES: Final[Mapping[str, Mapping[str, tuple[FieldPath, ...]]]] = {
    "_storage": {BY_CREATION_TIME: (_CREATION_TIME,)},
    "_scheduled_functions": {
        BY_CREATION_TIME: (_CREATION_TIME,),
        "by_due": (("state", "kind"), ("scheduledTime",), _CREATION_TIME),
    },
    "_file_contents": {
        BY_CREATION_TIME: (_CREATION_TIME,),
        "by_file": (("file",), _CREATION_TIME),
        "by_name": (("name",), _CREATION_TIME),
    },
    "_cron_jobs": {
        BY_CREATION_TIME: (_CREATION_TIME,),
        "by_due": (("state", "kind"), ("scheduledTime",), _CREATION_TIME),
    },
    "_imports": {BY_CREATION_TIME: (_CREATION_TIME,)},
    "_exports": {BY_CREATION_TIME: (_CREATION_TIME,)},
}
"""The indexes of the system's tables: `by_due` finds the jobs that are pending, the one that is due first in front;
`by_file` the content of a file, and that of no file, which is to be deleted; `by_name` who a content belongs to.
"""


class KnownIndex(NamedTuple):
    """What an index of the store is made of: enough to tell where a document of the table stands in it.

    One of text has a single field, and the `filters` that go with it; of others they are None.
    """

    table: int
    fields: tuple[FieldPath, ...]
    filters: tuple[FieldPath, ...] | None = None

    @property
    def kind(self) -> IndexKind:
        return IndexKind.ORDERED if self.filters is None else IndexKind.TEXT

    def key(self, document: dict[str, Value]) -> bytes:
        """Where a document stands in the index."""
        if self.filters is None:
            return entry_key(document, self.fields)
        return search_entry(document, self.fields[0], self.filters).pack()


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """`number` is that of the newest deployment, 0 before the first.

    `tables`: the number of every table that there ever was. `served`: the indexes of those tables that are in the
    program, by name. `indexes`: all that the store may have, those too that are still being built or about to go.
    `checked`: the fingerprint of the type that all documents of a table are known to be of.
    """

    number: int = 0
    next_table: int = FIRST_USER_TABLE
    next_index: int = 1
    tables: Mapping[str, int] = field(default_factory=dict)
    served: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    indexes: Mapping[int, KnownIndex] = field(default_factory=dict)
    checked: Mapping[str, str] = field(default_factory=dict)

    def catalogue(self) -> Catalogue:
        """The tables that are served."""
        return Catalogue(
            {
                name: CataloguedTable(name, self.tables[name], self._ordered(indexes), self._searches(indexes))
                for name, indexes in self.served.items()
            }
        )

    def _ordered(self, indexes: Mapping[str, int]) -> dict[str, CataloguedIndex]:
        made = ((name, number, self.indexes[number]) for name, number in indexes.items())
        return {
            name: CataloguedIndex(name, number, index.fields) for name, number, index in made if index.filters is None
        }

    def _searches(self, indexes: Mapping[str, int]) -> dict[str, CataloguedSearch]:
        made = ((name, number, self.indexes[number]) for name, number in indexes.items())
        return {
            name: CataloguedSearch(name, number, index.fields[0], index.filters)
            for name, number, index in made
            if index.filters is not None
        }

    def served_indexes(self) -> frozenset[int]:
        return frozenset(number for indexes in self.served.values() for number in indexes.values())


def write_record(record: DeploymentRecord) -> bytes:
    content = {
        "format": _FORMAT,
        "number": record.number,
        "nextTable": record.next_table,
        "nextIndex": record.next_index,
        "tables": dict(record.tables),
        "served": {name: dict(indexes) for name, indexes in record.served.items()},
        "indexes": {str(number): list(index) for number, index in record.indexes.items()},
        "checked": dict(record.checked),
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def read_record(content: bytes | None) -> DeploymentRecord:
    """What `write_record` has written, or that of an empty store. Raises `StoreVersionError`."""
    if content is None:
        return DeploymentRecord()
    found: dict[str, Any] = json.loads(content)
    if found["format"] != _FORMAT:
        raise StoreVersionError(f"the deployment was written by another version, in the format {found['format']}")
    return DeploymentRecord(
        found["number"],
        found["nextTable"],
        found["nextIndex"],
        found["tables"],
        found["served"],
        {int(number): KnownIndex(table, *map(_paths, fields)) for number, (table, *fields) in found["indexes"].items()},
        found["checked"],
    )


def _paths(written: list[list[str]] | None) -> Any:
    return None if written is None else tuple(map(tuple, written))
