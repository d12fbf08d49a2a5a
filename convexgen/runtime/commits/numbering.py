"""Numbers for the tables and indexes of a program: the old ones for what is as it was, new ones for all else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from convexgen.ir import Table
from convexgen.runtime.catalogue import BY_CREATION_TIME, FieldPath
from convexgen.runtime.commits.deployment_record import SYSTEM_INDEXES, SYSTEM_TABLES, DeploymentRecord, KnownIndex
from convexgen.runtime.store import Index, IndexState

_CREATION_TIME: Final[FieldPath] = ("_creationTime",)


@dataclass(frozen=True, slots=True)
class Numbering:
    """`reserved` is the old record with the new numbers in it, so that none is given twice; nothing of it is live yet.

    `served` has the indexes of each table of the program by name; `new` are those that the store has not got.
    """

    reserved: DeploymentRecord
    served: Mapping[str, Mapping[str, int]]
    new: tuple[int, ...]


def number(record: DeploymentRecord, tables: Iterable[Table], indexes: Mapping[int, Index]) -> Numbering:
    """`indexes` are those of the store. One that is made as the program wants it is taken, whatever state it is in,
    unless it is on its way out.
    """
    declared = {**SYSTEM_INDEXES, **{table.name: _declared_indexes(table) for table in tables}}
    numbers = {**SYSTEM_TABLES, **record.tables}
    next_table, next_index = record.next_table, record.next_index
    known = {n: made for n, made in record.indexes.items() if n in indexes}
    usable = {made: n for n, made in known.items() if indexes[n].state is not IndexState.DROPPING}
    new: list[int] = []
    served: dict[str, dict[str, int]] = {}
    for name in sorted(declared):
        if name not in numbers:
            numbers[name], next_table = next_table, next_table + 1
        served[name] = {}
        for index, fields in declared[name].items():
            made = KnownIndex(numbers[name], fields)
            if made not in usable:
                usable[made], next_index = next_index, next_index + 1
                known[usable[made]] = made
                new.append(usable[made])
            served[name][index] = usable[made]
    reserved = replace(record, next_table=next_table, next_index=next_index, tables=numbers, indexes=known)
    return Numbering(reserved, served, tuple(new))


def _declared_indexes(table: Table) -> dict[str, tuple[FieldPath, ...]]:
    declared = {
        index.name: (*(tuple(path.split(".")) for path in index.fields), _CREATION_TIME) for index in table.indexes
    }
    return {BY_CREATION_TIME: (_CREATION_TIME,), **declared}
