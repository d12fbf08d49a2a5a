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
        if kind_of(found) == "inProgress" or due_of(found) < now:
            _wait(system, found, now)


def claim(system: SystemDocuments, cron: str, due: float) -> bool:
    """Note that a cron is being run; False if it is gone, runs already or is not due at that time any more."""
    found = system.get(cron)
    if found is None or kind_of(found) != "pending" or due_of(found) != due:
        return False
    system.replace(cron, {**fields_of(found), "state": {"kind": "inProgress"}})
    return True


def finish(system: SystemDocuments, cron: str, now: float) -> None:
    """Let a cron that was being run wait for its next time."""
    found = system.get(cron)
    if found is not None and kind_of(found) == "inProgress":
        _wait(system, found, now)


def _wait(system: SystemDocuments, found: Document, now: float) -> None:
    due = due_of(found)
    if due <= now:  # otherwise it has another schedule since it began
        due = _or_never(following(str(found["schedule"]), due, now))
    system.replace(str(found["_id"]), {**fields_of(found), "scheduledTime": due, "state": {"kind": "pending"}})


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
