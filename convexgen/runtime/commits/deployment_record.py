"""What the store remembers of its deployments: which numbers stand for what, and what documents were checked against.

Numbers of tables are in ids that users have, so the table of a name keeps its number for ever, even while no program
declares it. An index that is declared otherwise is another index, with another number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from convexgen.runtime.catalogue import BY_CREATION_TIME, Catalogue, CataloguedIndex, CataloguedTable, FieldPath
from convexgen.runtime.store import StoreVersionError
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
    """What an index of the store is made of: enough to tell where a document of the table stands in it."""

    table: int
    fields: tuple[FieldPath, ...]


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
                name: CataloguedTable(
                    name,
                    self.tables[name],
                    {
                        index: CataloguedIndex(index, number, self.indexes[number].fields)
                        for index, number in indexes.items()
                    },
                )
                for name, indexes in self.served.items()
            }
        )

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
        "indexes": {str(number): [index.table, index.fields] for number, index in record.indexes.items()},
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
        {
            int(number): KnownIndex(table, tuple(tuple(path) for path in fields))
            for number, (table, fields) in found["indexes"].items()
        },
        found["checked"],
    )
