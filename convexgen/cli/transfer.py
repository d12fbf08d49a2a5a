"""`convexgen import` and `convexgen export`: files into the tables of a running backend, and snapshots out of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from convexgen.cli.streams import CLEAN, FINDINGS, UNREADABLE, count, moving, say, waiting
from convexgen.cli.target import Target, backend_of, refuse
from convexgen.dev import transferring
from convexgen.dev.calling import CallError
from convexgen.dev.data_folder import RunningBackend
from convexgen.dev.transferring import FileToImport
from convexgen.folders import reason

FORMATS: Final = {".csv": "csv", ".jsonl": "jsonLines", ".json": "jsonArray", ".zip": "zip"}
"""What a file is, by how its name ends."""


def import_file(target: Target, file: FileToImport, *, yes: bool) -> int:
    """0 with everything imported, 1 with nothing; 2 where the backend or the file cannot be reached."""
    backend = backend_of(target)
    if backend is None:
        return UNREADABLE
    try:
        return _import(backend, file, yes=yes)
    except CallError as error:
        return refuse(error, target)
    except OSError as error:
        say(f"Error: {file.path} cannot be read: {reason(error)}.")
        return UNREADABLE


def _import(backend: RunningBackend, file: FileToImport, *, yes: bool) -> int:
    with moving(f"sending {file.path.name}", file.path.stat().st_size) as sent:
        import_ = transferring.upload(backend, file, sent)
    with waiting(f"reading {file.path.name}"):
        state = _until(transferring.import_states(backend, import_), "waiting_for_confirmation", "failed")
    if state["state"] == "waiting_for_confirmation":
        say(state["message_to_confirm"])
        if state["require_manual_confirmation"] and not yes and not _agreed():
            say("Nothing was imported.")
            return FINDINGS
        transferring.perform(backend, import_)
        with waiting(f"importing {file.path.name}"):
            state = _until(transferring.import_states(backend, import_), "completed", "failed")
    if state["state"] == "failed":
        sys.stdout.write(f"{state['error_message']}\n")
        say("Nothing was imported.")
        return FINDINGS
    say(f"{count(int(state['num_rows_written']), 'document')} imported.")
    return CLEAN


def _agreed() -> bool:
    if not sys.stdin.isatty():
        say("Documents would be deleted: --yes agrees to that.")
        return False
    sys.stderr.write("Go on? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def export(target: Target, path: Path, *, files: bool) -> int:
    """0 with a snapshot written, 1 if the backend could not make one; 2 where it, or the path, cannot be reached."""
    if path.exists() and not path.is_dir():
        say(f"Error: {path} is there already.")
        return UNREADABLE
    if not path.parent.is_dir():
        say(f"Error: there is no folder {path.parent}.")
        return UNREADABLE
    backend = backend_of(target)
    if backend is None:
        return UNREADABLE
    try:
        return _export(backend, path, files=files)
    except CallError as error:
        return refuse(error, target)
    except OSError as error:
        say(f"Error: {path} cannot be written: {reason(error)}.")
        return UNREADABLE


def _export(backend: RunningBackend, path: Path, *, files: bool) -> int:
    transferring.request_export(backend, files=files)
    with waiting("making a snapshot"):
        state = _until(transferring.export_states(backend), "completed", "failed")
    if state["state"] == "failed":
        say("The backend could not make a snapshot; its log says why.")
        return FINDINGS
    snapshot = transferring.snapshot_of(state)
    written = path / f"snapshot_{snapshot}.zip" if path.is_dir() else path
    with ExitStack() as bar:

        def began(total: int | None) -> Callable[[int], None]:
            return bar.enter_context(moving(f"fetching {written.name}", total))

        transferring.download(backend, snapshot, written, began)
    say(f"Wrote {written}.")
    return CLEAN


def _until(states: Iterator[dict[str, Any]], *ends: str) -> dict[str, Any]:
    """The first state that is one of those."""
    return next(state for state in states if state["state"] in ends)
