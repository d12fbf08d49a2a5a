"""The server as `convexgen dev` has it, over a file, in a process that can be killed and started again at once.

Processes are forked from one that has imported everything, which is what takes the time when a server starts.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Final

from convexgen.dev.backend import Backend
from convexgen.dev.data_folder import DataFolder
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.server.serving import take_port
from tests.clients.backend import free_port

_MODULES: Final = ("entries", "schema")
_TOO_LONG: Final = 60
_forking: Final = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([__name__, "tests.runtime.server.ledger.entries", "uvicorn", "websockets"])


class MortalServer:
    """Serves the functions of `ledger` on one port from one folder, one life after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: multiprocessing.process.BaseProcess | None = None

    def start(self) -> None:
        """Come back when it serves. Raises `RuntimeError` if it never does."""
        ready, says = _forking.Pipe(duplex=False)
        process = _forking.Process(target=_serve, args=(self.folder, self.port, says))
        process.start()
        says.close()
        self._process = process
        with ready:
            try:
                served = ready.poll(_TOO_LONG) and ready.recv()
            except EOFError:
                served = False
        if not served:
            self.kill()
            raise RuntimeError("the server does not serve")

    def kill(self) -> None:
        """End it as SIGKILL does."""
        assert self._process is not None
        self._process.kill()
        self._process.join()
        self._process.close()
        self._process = None

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.is_alive()


def _serve(folder: Path, port: int, says: Connection) -> None:
    backend = Backend(DataFolder(folder), "a test", lambda finished: None)
    backend.go_live(load_program("tests.runtime.server.ledger", _MODULES, "camel"), None, lambda progress: None)
    backend.serve(take_port("127.0.0.1", port), take_port("127.0.0.1", 0))
    says.send(True)
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])  # nobody would kill it any more
    os._exit(0)
