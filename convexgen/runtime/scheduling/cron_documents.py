"""The documents of `_cron_jobs`, which users do not see: what runs again and again, and when it is due next.

A cron waits (`pending`) for `scheduledTime`, or runs (`inProgress`). When it has run, and when it could not, it waits
for its next time after now: what it missed meanwhile is not made up for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.scheduling.occurrences import first, following
from convexgen.runtime.scheduling.states import Document, due_of, fields_of, kind_of, of_kind
from convexgen.runtime.values import Value

CRONS: Final = "_cron_jobs"

_NEVER: Final = float("inf")
_ALL: Final = 10_000
_EARLY: Final = 1.0
"""Milliseconds before its time in which a cron that ran may have been run for it."""


@dataclass(frozen=True, slots=True)
class CronEntry:
    """What the program says of a cron. `path` is canonical, `schedule` canonical text."""

    name: str
    schedule: str
    path: str
    arguments: Mapping[str, Value]


def synchronise(system: SystemDocuments, declared: Iterable[CronEntry], now: float) -> None:
    """Make the crons of a program, now live, the ones that there are.

    One that has the same name and schedule as before keeps its time, whatever it runs now; any other begins anew.
    """
    wanted = {entry.name: entry for entry in declared}
    for found in all_crons(system):
        entry = wanted.pop(str(found["name"]), None)
        if entry is None:
            system.delete(str(found["_id"]))
            continue
        fields = {**fields_of(found), **_said(entry)}
        if found["schedule"] != entry.schedule:
            fields["scheduledTime"] = _or_never(first(entry.schedule, now))
        if fields != fields_of(found):
            system.replace(str(found["_id"]), fields)
    for entry in wanted.values():
        due = _or_never(first(entry.schedule, now))
        system.insert(CRONS, {**_said(entry), "scheduledTime": due, "state": {"kind": "pending"}})


def resume(system: SystemDocuments, now: float) -> None:
    """Let all crons wait for a time to come, when a server begins: what they missed, and broke off, is gone."""
    for found in all_crons(system):
        has_begun = kind_of(found) == "inProgress"
        if due_of(found) < now + (_EARLY if has_begun else 0):
            _wait_after(system, found, now)
        elif has_begun:  # it was given another schedule since
            system.replace(str(found["_id"]), {**fields_of(found), "state": {"kind": "pending"}})


def claim(system: SystemDocuments, cron: str, due: float) -> bool:
    """Note that a cron is being run; False if it is gone, runs already or is not due at that time any more."""
    found = system.get(cron)
    if found is None or kind_of(found) != "pending" or due_of(found) != due:
        return False
    system.replace(cron, {**fields_of(found), "state": {"kind": "inProgress"}})
    return True


def finish(system: SystemDocuments, cron: str, due: float, now: float) -> None:
    """Let a cron that was run for the time `due` wait for the next one."""
    found = system.get(cron)
    if found is None or kind_of(found) != "inProgress":
        return
    if due_of(found) == due:
        _wait_after(system, found, now)
    else:  # it was given another schedule since it began
        system.replace(cron, {**fields_of(found), "state": {"kind": "pending"}})


def _wait_after(system: SystemDocuments, found: Document, now: float) -> None:
    """Let a cron wait for its first time after now, and after the one that it has had."""
    due = due_of(found)
    # It may be run a moment early: clocks are not exact. That time is over all the same.
    then = _or_never(following(str(found["schedule"]), due, max(now, due)))
    system.replace(str(found["_id"]), {**fields_of(found), "scheduledTime": then, "state": {"kind": "pending"}})


def all_crons(system: SystemDocuments) -> list[Document]:
    """Those that wait, the one that is due first in front, and those that run."""
    return [*of_kind(system, CRONS, "pending", _ALL), *of_kind(system, CRONS, "inProgress", _ALL)]


def _said(entry: CronEntry) -> Document:
    return {
        "name": entry.name,
        "schedule": entry.schedule,
        "path": entry.path,
        "arguments": dict(entry.arguments),
    }


def _or_never(due: float | None) -> float:
    return _NEVER if due is None else due
