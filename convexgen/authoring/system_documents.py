"""The documents of the system tables as they are on the wire, where what is not known is absent, never null.

`system_tables` has the classes that users see. This stands apart so that it is known without importing pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping

from convexgen.ir import ArrayOf, Field, LiteralOf, Named, ObjectDef, Scalar, UnionOf

_STRING, _FLOAT = Scalar("string"), Scalar("float")
_STATES = ("pending", "inProgress", "success", "failed", "canceled")

_DEFINITIONS = (
    ObjectDef(
        "convexgen.StoredFile",
        "StoredFile",
        (
            Field("sha256", "sha256", _STRING, doc="The checksum of the content, in base64."),
            Field("size", "size", Scalar("int"), doc="Bytes."),
            Field("content_type", "contentType", UnionOf((_STRING, Scalar("null"))), "absent"),
        ),
        "What is known about an uploaded file.",
        table="_storage",
    ),
    ObjectDef(
        "convexgen.ScheduledJob",
        "ScheduledJob",
        (
            Field("name", "name", _STRING),
            Field("args", "args", ArrayOf(Scalar("any"))),
            Field("scheduled_time", "scheduledTime", _FLOAT, doc="Milliseconds since the epoch."),
            Field("completed_time", "completedTime", _FLOAT, "absent", doc="Milliseconds since the epoch."),
            Field("state", "state", Named("convexgen.JobState")),
        ),
        "A function that was scheduled.",
        table="_scheduled_functions",
    ),
    ObjectDef(
        "convexgen.JobState",
        "JobState",
        (
            Field("kind", "kind", UnionOf(tuple(map(LiteralOf, _STATES)))),
            Field("error", "error", _STRING, "absent"),
        ),
        "How far a scheduled function has come.",
    ),
)

DEFINITIONS: Mapping[str, ObjectDef] = {each.symbol: each for each in _DEFINITIONS}
"""By symbol."""
