"""Sends files to a running backend to be imported there, and fetches snapshots: the other end of `transfer_api`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from convexgen.dev.calling import CallError, ask, call, fetch, send
from convexgen.dev.data_folder import RunningBackend

_PART: Final = 5 * 2**20
_MOST_PARTS: Final = 9_999
_BETWEEN: Final = (0.02, 0.5)
"""Seconds from one question how far something is to the next, at first and at most."""
_READ_AT_ONCE: Final = 2**18


@dataclass(frozen=True, slots=True)
class FileToImport:
    """`table` is None exactly for zip files. `format` and `mode` are those of `runtime.transfer.records`."""

    path: Path
    format: str
    mode: str
    table: str | None


def upload(backend: RunningBackend, file: FileToImport, sent: Callable[[int], None]) -> str:
    """Send a file; gives the id of the import. `sent` is told of bytes. Raises `CallError`, `OSError`."""
    token = _field(backend, send(backend, "/api/import/start_upload", b"", ""), "uploadToken")
    parts = []
    for number, part in enumerate(_parts(file), 1):
        path = f"/api/import/upload_part?uploadToken={quote(token)}&partNumber={number}"
        parts.append(send(backend, path, part, "application/octet-stream"))
        sent(len(part))
    wanted = {"mode": file.mode, "format": file.format, **({} if file.table is None else {"tableName": file.table})}
    question = {"import": wanted, "uploadToken": token, "partTokens": parts}
    return _field(backend, ask(backend, "/api/import/finish_upload", question), "importId")


def perform(backend: RunningBackend, import_: str) -> None:
    """Have an import carried out. Raises `CallError`."""
    ask(backend, "/api/perform_import", {"importId": import_})


def import_states(backend: RunningBackend, import_: str) -> Iterator[dict[str, Any]]:
    """How far an import is, again and again. Raises `CallError`."""
    for _ in _pauses():
        yield _state(backend, "queryImport", {"importId": import_})["state"]


def request_export(backend: RunningBackend, *, files: bool) -> None:
    """Begin an export. Raises `CallError`."""
    send(backend, f"/api/export/request/zip?includeStorage={str(files).lower()}", b"", "")


def export_states(backend: RunningBackend) -> Iterator[dict[str, Any]]:
    """How far the newest export is, again and again. Raises `CallError`."""
    for _ in _pauses():
        yield _state(backend, "exports:getLatest", {})


def download(
    backend: RunningBackend, snapshot: int, target: Path, began: Callable[[int | None], Callable[[int], None]]
) -> None:
    """Fetch a snapshot into a file, which is there wholly or not at all.

    `began` is told how many bytes will come, and gives what is told of those that came. Raises `CallError`, `OSError`.
    """
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with fetch(backend, f"/api/export/zip/{snapshot}") as response, unfinished.open("wb") as file:
            came = began(response.length)
            while part := response.read(_READ_AT_ONCE):
                file.write(part)
                came(len(part))
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def snapshot_of(state: dict[str, Any]) -> int:
    """The timestamp of a completed export."""
    return int(state["start_ts"])


def _parts(file: FileToImport) -> Iterator[bytes]:
    size = max(_PART, -(-file.path.stat().st_size // _MOST_PARTS))
    with file.path.open("rb") as opened:
        while part := opened.read(size):
            yield part


def _pauses() -> Iterator[None]:
    pause, longest = _BETWEEN
    while True:
        yield
        time.sleep(pause)
        pause = min(2 * pause, longest)


def _state(backend: RunningBackend, function: str, arguments: object) -> dict[str, Any]:
    answer = call(backend, f"_system/cli/{function}", arguments)
    if answer.error is not None:
        raise CallError(f"{backend.url} refuses: {answer.error}")
    if not isinstance(answer.value, dict) or "state" not in answer.value:
        raise CallError(f"{backend.url} does not answer as a backend does")
    return answer.value


def _field(backend: RunningBackend, answer: Any, name: str) -> str:
    if not isinstance(answer, dict) or not isinstance(answer.get(name), str):
        raise CallError(f"{backend.url} does not answer as a backend does")
    return str(answer[name])
