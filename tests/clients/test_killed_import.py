"""A server that is killed while something is imported, and started again: all of it is there, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from convexgen.dev import transferring
from convexgen.dev.data_folder import RunningBackend
from convexgen.dev.transferring import FileToImport
from tests.clients.backend import Backend

_DOCUMENTS = 3_000


@pytest.mark.parametrize("looks", [0, 6])
def test_all_or_nothing(mortal_backend: Backend, tmp_path: Path, looks: int) -> None:
    """It is killed once somebody has looked so often how far the import is, or when it is completed."""
    backend = mortal_backend
    file = tmp_path / "counters.jsonl"
    file.write_text("".join(f'{{"name": "n{number}", "count": {number}}}\n' for number in range(_DOCUMENTS)))
    running = RunningBackend(backend.url, backend.admin_key)
    import_ = transferring.upload(running, FileToImport(file, "jsonLines", "append", "counters"), lambda _: None)
    next(state for state in transferring.import_states(running, import_) if state["state"] != "uploaded")
    transferring.perform(running, import_)
    for look, state in enumerate(transferring.import_states(running, import_)):
        if look == looks or state["state"] == "completed":
            break

    backend.kill()
    backend.start()

    state = next(transferring.import_states(running, import_))
    last = backend.query("counters:read", {"name": f"n{_DOCUMENTS - 1}"})
    first = backend.query("counters:read", {"name": "n1"})
    assert (state["state"], first, last) in (("completed", 1, _DOCUMENTS - 1), ("failed", 0, 0))
