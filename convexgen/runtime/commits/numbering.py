"""Numbers for the tables and indexes of a program: the old ones for what is as it was, new ones for all else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from convexgen.ir import Table
from convexgen.runtime.catalogue import BY_CREATION_TIME, FieldPath
from convexgen.runtime.commits.deployment_record import SYSTEM_INDEXES, SYSTEM_TABLES, DeploymentRecord, KnownIndex
from convexgen.runtime.store import Index, IndexState

Fields: TypeAlias = tuple[FieldPath, ...]
_Made: TypeAlias = tuple[Fields, Fields | None]
"""Fields of an index, and those that a search may be narrowed by if it is one of text."""

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
    declared = {name: _ordered(indexes) for name, indexes in SYSTEM_INDEXES.items()}
    declared |= {table.name: _declared_indexes(table) for table in tables}
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
        for index, (fields, filters) in declared[name].items():
            made = KnownIndex(numbers[name], fields, filters)
            if made not in usable:
                usable[made], next_index = next_index, next_index + 1
                known[usable[made]] = made
                new.append(usable[made])
            served[name][index] = usable[made]
    reserved = replace(record, next_table=next_table, next_index=next_index, tables=numbers, indexes=known)
    return Numbering(reserved, served, tuple(new))


def _ordered(indexes: Mapping[str, Fields]) -> dict[str, _Made]:
    return {name: (fields, None) for name, fields in indexes.items()}


def _declared_indexes(table: Table) -> dict[str, _Made]:
    ordered = {index.name: (*_paths(index.fields), _CREATION_TIME) for index in table.indexes}
    searches = {index.name: (_paths([index.field]), _paths(index.filter_fields)) for index in table.search_indexes}
    return _ordered({BY_CREATION_TIME: (_CREATION_TIME,), **ordered}) | searches


def _paths(fields: Iterable[str]) -> Fields:
    return tuple(tuple(path.split(".")) for path in fields)
