"""The tables that every deployment has. They are read like any other and are not written."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from convexgen.authoring.tables import Table


class StoredFile(Table, name="_storage"):
    """What is known about an uploaded file. Its content is read with `ctx.storage`."""

    sha256: str
    """The checksum of the content, in base64."""
    size: int
    """Bytes."""
    content_type: str | None = None
    """The `Content-Type` it was uploaded with."""


class JobState(BaseModel, defer_build=True):
    """How far a scheduled function has come. `error` is there when `kind` is `"failed"`."""

    kind: Literal["pending", "inProgress", "success", "failed", "canceled"]
    error: str | None = None


class ScheduledJob(Table, name="_scheduled_functions"):
    """A function that was scheduled. Finished ones are kept for seven days."""

    name: str
    """The function, as `"messages.js:send"`."""
    args: list[Any]
    """One item: the object of arguments."""
    scheduled_time: float
    """Milliseconds since the epoch."""
    completed_time: float | None = None
    """Milliseconds since the epoch."""
    state: JobState
