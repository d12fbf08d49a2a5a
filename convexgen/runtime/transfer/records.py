"""What is remembered of imports and exports, in documents: so whoever waits for one is told, and a restart knows.

The shapes are those that clients of `_system/cli/queryImport` and `_system/cli/exports:getLatest` read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from convexgen.authoring.ids import Int64
from convexgen.runtime.catalogue import BY_CREATION_TIME
from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.values import InvalidIdError, Value

IMPORTS: Final = "_imports"
EXPORTS: Final = "_exports"

Format: TypeAlias = Literal["csv", "jsonLines", "jsonArray", "zip"]
Mode: TypeAlias = Literal["requireEmpty", "append", "replace", "replaceAll"]
FORMATS: Final[tuple[Format, ...]] = ("csv", "jsonLines", "jsonArray", "zip")
MODES: Final[tuple[Mode, ...]] = ("requireEmpty", "append", "replace", "replaceAll")

Document: TypeAlias = dict[str, Value]

STOPPED: Final = "The backend stopped before this was done. Nothing was imported."
_REMEMBERED: Final = 100
"""Imports, and exports, that are remembered; older ones are forgotten when there is a new one."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """`table` is None exactly for zip files, which name their tables."""

    format: Format
    mode: Mode
    table: str | None


def add_import(system: SystemDocuments, request: ImportRequest) -> str:
    """Remember a file that was uploaded; gives the id of the import."""
    _forget_old(system, IMPORTS)
    fields: Document = {"format": request.format, "mode": request.mode, "state": {"state": "uploaded"}}
    return system.insert(IMPORTS, fields if request.table is None else {**fields, "tableName": request.table})


def request_of(document: Document) -> ImportRequest:
    """What a remembered import was asked for."""
    table = document.get("tableName")
    return ImportRequest(cast("Format", document["format"]), cast("Mode", document["mode"]), cast("str | None", table))


def set_import(system: SystemDocuments, import_: str, state: Document) -> None:
    """Say how far an import is. One that is completed stays so."""
    found = system.get(import_)
    if found is not None and _import_state(found) != "completed":
        system.replace(import_, with_state(found, state))


def with_state(document: Document, state: Document) -> Document:
    """An import or export that is in another state."""
    return {**document, "state": state}


def import_of(system: SystemDocuments, import_: str) -> Document | None:
    """The import of this id, None if there is none."""
    try:
        return system.get(import_)
    except (InvalidIdError, ValueError):
        return None


def imports(system: SystemDocuments) -> list[Document]:
    """All that are remembered, the oldest first."""
    return system.find(IMPORTS, BY_CREATION_TIME, (), limit=2 * _REMEMBERED)


def waiting(message: str, *, deletes: bool) -> Document:
    """The state of an import that somebody has to agree to; where it `deletes`, the client should ask a person."""
    return {
        "state": "waiting_for_confirmation",
        "message_to_confirm": message,
        "require_manual_confirmation": deletes,
    }


def in_progress(message: str, done: Sequence[str] = ()) -> Document:
    """The state of an import that is being carried out."""
    return {"state": "in_progress", "progress_message": message, "checkpoint_messages": list(done)}


def completed(documents: int, timestamp: int) -> Document:
    return {"state": "completed", "num_rows_written": Int64(documents), "ts": Int64(timestamp)}


def failed(message: str) -> Document:
    return {"state": "failed", "error_message": message}


def add_export(system: SystemDocuments, *, files: bool) -> str | None:
    """Begin an export; gives its id, None while another one is going on."""
    if any(_state(each) in ("requested", "in_progress") for each in exports(system)):
        return None
    _forget_old(system, EXPORTS)
    return system.insert(EXPORTS, {"state": "requested", "include_storage": files})


def set_export(system: SystemDocuments, export: str, state: str, **fields: Value) -> None:
    """Say how far an export is."""
    found = system.get(export)
    if found is not None:
        system.replace(export, {**found, "state": state, **fields})


def exports(system: SystemDocuments) -> list[Document]:
    """All that are remembered, the oldest first."""
    return system.find(EXPORTS, BY_CREATION_TIME, (), limit=2 * _REMEMBERED)


def interrupted(system: SystemDocuments) -> None:
    """Say of everything that is not done that it never will be: nobody goes on with it."""
    for each in imports(system):
        if _import_state(each) not in ("completed", "failed"):
            system.replace(str(each["_id"]), with_state(each, failed(STOPPED)))
    for each in exports(system):
        if _state(each) not in ("completed", "failed"):
            system.replace(str(each["_id"]), {**each, "state": "failed"})


def _import_state(document: Document) -> Value:
    return cast("Document", document["state"])["state"]


def _state(export: Document) -> str:
    return str(export["state"])


def _forget_old(system: SystemDocuments, table: str) -> None:
    found = system.find(table, BY_CREATION_TIME, (), limit=2 * _REMEMBERED)
    for each in found[: len(found) - _REMEMBERED + 1] if len(found) >= _REMEMBERED else []:
        system.delete(str(each["_id"]))
