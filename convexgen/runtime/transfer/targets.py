"""Where documents of an import go: which tables, what becomes of those that are there, and which numbers are in ids.

Documents keep the ids they bring, so that whatever refers to them still does. Ids hold the number of a table, and
another backend may have given the table another one: then it takes the number from the ids. That needs a table without
other documents. One that has the number already, and no documents, gives way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from convexgen.runtime.commits.deployment_record import DeploymentRecord
from convexgen.runtime.engine.contexts import Deployed
from convexgen.runtime.transfer.archive_reading import FILES
from convexgen.runtime.transfer.problems import Problems
from convexgen.runtime.transfer.records import Mode
from convexgen.runtime.values.ids import FIRST_USER_TABLE

_GREATEST_NUMBER: Final = 1_000_000
"""Beyond what any backend has come to by counting tables."""


@dataclass(frozen=True, slots=True)
class Targets:
    """`tables`: the number of each table in the import, as it will be. `before`: of all tables, as they are.

    `cleared`: the tables whose documents go, as far as the import does not bring them. `renumbered`: the new numbers of
    tables that get one. `names`: of all tables by their numbers, as they will be.
    """

    tables: Mapping[str, int]
    before: Mapping[str, int]
    cleared: frozenset[str]
    renumbered: Mapping[str, int]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Aim:
    """What decides about targets. `is_empty` says whether a table of a number has no documents."""

    deployed: Deployed
    record: DeploymentRecord
    mode: Mode
    is_empty: Callable[[int], bool]

    def targets(self, numbers: Mapping[str, int | None], problems: Problems) -> Targets:
        """`numbers`: what the ids of each table in the import say, None if there are none. What cannot be is told."""
        before = {name: table.number for name, table in self.deployed.catalogue.tables.items()}
        users = {name for name in before if not name.startswith("_")}
        known = {name: number for name, number in numbers.items() if name in users or name == FILES}
        for name in sorted(numbers.keys() - known.keys()):
            problems.add(_unknown(name, users))
        cleared = self._cleared(known, users)
        if self.mode == "requireEmpty":
            for name in known:
                if not self.is_empty(before[name]):
                    problems.add(f'the table "{name}" is not empty: append to it, or replace what is in it')
        renumbered = self._renumbered(known, before, cleared, problems)
        after = {**before, **{name: number for name, number in renumbered.items() if name in before}}
        return Targets(
            {name: after[name] for name in known},
            before,
            cleared,
            renumbered,
            {number: name for name, number in after.items()},
        )

    def _cleared(self, known: Iterable[str], users: Iterable[str]) -> frozenset[str]:
        match self.mode:
            case "replace":
                return frozenset(known)
            case "replaceAll":
                return frozenset((*known, *users))
            case _:
                return frozenset()

    def _renumbered(
        self, known: Mapping[str, int | None], before: Mapping[str, int], cleared: frozenset[str], problems: Problems
    ) -> dict[str, int]:
        wanted = {name: number for name, number in known.items() if number is not None and number != before[name]}
        said = [number for number in known.values() if number is not None]
        free = max(self.record.next_table, *(number + 1 for number in said)) if said else self.record.next_table
        holders = {number: name for name, number in self.record.tables.items()}
        renumbered = dict(wanted)
        for name, number in wanted.items():
            holder = holders.get(number)
            if said.count(number) > 1:
                problems.add(f"the documents of several tables have IDs of one table, {number}")
            elif _is_odd(name, number) or (holder is not None and holder.startswith("_")):
                problems.add(f'the IDs of "{name}" are of the table {number}, which no table can be here')
            elif name not in cleared and not self.is_empty(before[name]):
                problems.add(
                    f'the IDs of "{name}" are of the table {number}, but those here are of {before[name]}: '
                    "they can only replace what is there"
                )
            elif holder is not None and holder not in wanted:
                if holder not in cleared and not self.is_empty(number):
                    problems.add(f'the IDs of "{name}" are of the table {number}, which is "{holder}" here')
                renumbered[holder], free = free, free + 1
        return renumbered


def _is_odd(name: str, number: int) -> bool:
    return number > _GREATEST_NUMBER or name.startswith("_") == (number >= FIRST_USER_TABLE)


def _unknown(name: str, users: Iterable[str]) -> str:
    close = get_close_matches(name, sorted(users), 1)
    meant = f': did you mean "{close[0]}"?' if close else ""
    return f'there is no table "{name}" in the schema{meant}'
