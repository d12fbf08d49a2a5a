"""The documents of `_scheduled_functions`, which users see: from `pending` to one of three ends, and never back."""

from __future__ import annotations

from typing import Final, cast

from convexgen.runtime.calls import stored_path
from convexgen.runtime.commits.deployment_record import SYSTEM_TABLES
from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.scheduling.states import Document, Kind, due_of, fields_of, kind_of, of_kind
from convexgen.runtime.values import InvalidIdError, Value, decode_id

JOBS: Final = "_scheduled_functions"

KEPT: Final = 7 * 24 * 60 * 60 * 1000.0
"""Milliseconds that a job stays known after its end."""

_ENDS: Final[tuple[Kind, ...]] = ("success", "failed", "canceled")

TRANSIENT: Final = "Transient error while executing action"


def add(
    system: SystemDocuments, path: str, arguments: dict[str, Value], due: float, now: float, parent: str | None
) -> str:
    """A new job; gives its id. `parent` is the job that schedules it: if that was canceled, so is this one."""
    fields: Document = {
        "name": stored_path(path),
        "args": [arguments],
        "scheduledTime": due,
        "state": {"kind": "pending"},
    }
    if parent is not None and (found := system.get(parent)) is not None and kind_of(found) == "canceled":
        fields = _ended(fields, now, "canceled")
    return system.insert(JOBS, fields)


def cancel(system: SystemDocuments, job: str, now: float, current: str | None) -> None:
    """Let a job never start, or, if it runs, nothing that it schedules from now on. One that has ended stays as it is,
    and so does `current`, the mutation that asks. Raises `ValueError` for what is no job's id.
    """
    if not _is_job(job):
        raise ValueError(f"{job!r} is no id of a scheduled function")
    found = system.get(job)
    if found is None or job == current or kind_of(found) not in ("pending", "inProgress"):
        return
    system.replace(job, _ended(fields_of(found), now, "canceled"))


def claim(system: SystemDocuments, job: str) -> bool:
    """Note that a job is being run; False if it is not to be run any more."""
    found = system.get(job)
    if found is None or kind_of(found) != "pending":
        return False
    system.replace(job, {**fields_of(found), "state": {"kind": "inProgress"}})
    return True


def finish(system: SystemDocuments, job: str, now: float, error: str | None) -> None:
    """Note how a job that was being run came out. One that was canceled meanwhile stays canceled."""
    found = system.get(job)
    if found is None or kind_of(found) != "inProgress":
        return
    fields = fields_of(found)
    system.replace(job, _ended(fields, now, "success") if error is None else _ended(fields, now, "failed", error))


def give_up_interrupted(system: SystemDocuments, now: float, limit: int) -> bool:
    """Let jobs fail that nobody runs any more, though they began: they may have done half of what they do.

    For a time when nothing runs. True if more may be left.
    """
    found = of_kind(system, JOBS, "inProgress", limit)
    for each in found:
        finish(system, str(each["_id"]), now, TRANSIENT)
    return len(found) == limit


def forget(system: SystemDocuments, now: float, limit: int) -> bool:
    """Delete jobs that ended long ago, by the time for which they were scheduled. True if more may be left."""
    more = False
    for kind in _ENDS:
        found = of_kind(system, JOBS, kind, limit)
        old = [each for each in found if now - max(due_of(each), _ended_at(each)) >= KEPT]
        for each in old:
            system.delete(str(each["_id"]))
        more = more or len(old) == limit
    return more


def _is_job(job: str) -> bool:
    try:
        return decode_id(job).table_number == SYSTEM_TABLES[JOBS]
    except InvalidIdError:
        return False


def _ended(fields: Document, now: float, kind: Kind, error: str | None = None) -> Document:
    state: dict[str, Value] = {"kind": kind} if error is None else {"kind": kind, "error": error}
    return {**fields, "completedTime": now, "state": state}


def _ended_at(document: Document) -> float:
    return cast("float", document.get("completedTime", document["scheduledTime"]))
