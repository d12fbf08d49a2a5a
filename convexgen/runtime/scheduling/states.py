"""How far a job or cron has come, as its document says it, and how the next one that is due is found."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, cast

from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.values import Value

BY_DUE: Final = "by_due"

Kind: TypeAlias = Literal["pending", "inProgress", "success", "failed", "canceled"]
Document: TypeAlias = dict[str, Value]


def kind_of(document: Document) -> Kind:
    return cast("Kind", cast("dict[str, Value]", document["state"])["kind"])


def due_of(document: Document) -> float:
    """Milliseconds since the epoch."""
    return cast("float", document["scheduledTime"])


def fields_of(document: Document) -> Document:
    """The document without its system fields."""
    return {name: value for name, value in document.items() if name not in ("_id", "_creationTime")}


def of_kind(system: SystemDocuments, table: str, kind: Kind, limit: int) -> list[Document]:
    """Documents in this state, the one that is due first in front."""
    return system.find(table, BY_DUE, (kind,), limit=limit)
