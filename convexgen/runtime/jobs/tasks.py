"""One run of something that is due, be it a job or a cron: how it is claimed, and how its end is written down.

Both are done in transactions. For a mutation it is the one in which it runs; an action is claimed before it begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, cast

from convexgen.runtime.calls import Call, canonical_path
from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.scheduling import cron_documents, job_documents
from convexgen.runtime.scheduling.states import Document, due_of, of_kind
from convexgen.runtime.values import Value


class Task(Protocol):
    """`id` is that of its document, `due` in milliseconds since the epoch. `call` has no kind: it may have changed."""

    @property
    def id(self) -> str: ...
    @property
    def due(self) -> float: ...
    @property
    def call(self) -> Call: ...

    def claim(self, system: SystemDocuments) -> bool:
        """Note that it is being run; False if it is not to be run any more."""
        ...

    def finish(self, system: SystemDocuments, now: float, error: str | None) -> None:
        """Note that it was run, and what went wrong."""
        ...


@dataclass(frozen=True, slots=True)
class JobRun:
    id: str
    due: float
    call: Call

    def claim(self, system: SystemDocuments) -> bool:
        return job_documents.claim(system, self.id)

    def finish(self, system: SystemDocuments, now: float, error: str | None) -> None:
        job_documents.finish(system, self.id, now, error)


@dataclass(frozen=True, slots=True)
class CronRun:
    id: str
    due: float
    call: Call

    def claim(self, system: SystemDocuments) -> bool:
        return cron_documents.claim(system, self.id, self.due)

    def finish(self, system: SystemDocuments, now: float, error: str | None) -> None:
        cron_documents.finish(system, self.id, self.due, now)


_INFINITE: Final = float("inf")


def pending(system: SystemDocuments, limit: int) -> list[Task]:
    """The first `limit` jobs and crons that wait for their time, the one that is due first in front."""
    jobs: list[Task] = [_job(each) for each in of_kind(system, job_documents.JOBS, "pending", limit)]
    crons: list[Task] = [_cron(each) for each in of_kind(system, cron_documents.CRONS, "pending", limit)]
    return sorted((task for task in jobs + crons if task.due < _INFINITE), key=lambda task: task.due)[:limit]


def _job(document: Document) -> JobRun:
    arguments = cast("list[dict[str, Value]]", document["args"])[0]
    job = str(document["_id"])
    return JobRun(job, due_of(document), Call(canonical_path(str(document["name"])), arguments, None, job=job))


def _cron(document: Document) -> CronRun:
    arguments = cast("dict[str, Value]", document["arguments"])
    return CronRun(str(document["_id"]), due_of(document), Call(str(document["path"]), arguments, None))
