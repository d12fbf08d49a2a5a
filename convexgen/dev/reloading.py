"""Keeps a backend at what the sources say: loads what was found good, puts it live, or leaves all as it was."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from convexgen import ir
from convexgen.analysis.analyse import module_name
from convexgen.dev.backend import Backend
from convexgen.dev.two_readings import differences
from convexgen.plan import compile_ir
from convexgen.runtime.commits import DeployError, Progress
from convexgen.dev.temporary_loader import Loader, LoadError
from convexgen.runtime.program.live import Program
from convexgen.runtime.store import StoreError
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot

_PROGRESS_EVERY: Final = 1.0
"""Seconds."""

Contents = tuple[Settings, tuple[tuple[str, str], ...]]


class Reloading:
    """Remembers what is live. `say` is given lines for the user, of what goes wrong above all."""

    def __init__(self, root: Path, backend: Backend, say: Callable[[str], None]) -> None:
        self._root = root
        self._backend = backend
        self._say = say
        self._loader: Loader | None = None
        self._tried: Contents | None = None
        self._compared: ir.Ir | None = None
        self._told_at = 0.0

    def go_live(self, settings: Settings, snapshot: Snapshot) -> bool | None:
        """Try to bring the backend to these sources. None if it has been tried with the very same ones before."""
        contents = (settings, tuple((source.path, str(source.digest)) for source in snapshot.sources))
        if contents == self._tried:
            return None
        self._tried = contents
        try:
            program = self._load(settings, snapshot)
            self._compare(program, settings, snapshot)
            self._told_at = time.monotonic()
            self._backend.go_live(program, self._tell)
        except (LoadError, DeployError, StoreError) as error:
            self._say(str(error))
            return False
        return True

    def _load(self, settings: Settings, snapshot: Snapshot) -> Program:
        if self._loader is None:
            self._loader = Loader(self._root, settings.source)
        modules = [module_name(source.path, settings.source) for source in snapshot.sources]
        return self._loader.load(modules, settings.naming)

    def _compare(self, program: Program, settings: Settings, snapshot: Snapshot) -> None:
        """Tell where what was imported is not what was read: that is a mistake of ours, and clients are told of the
        one while functions do the other.
        """
        if program.ir == self._compared:
            return
        self._compared = program.ir
        read, _ = compile_ir(snapshot, settings)
        for difference in differences(read, program.ir) if read is not None else ():
            self._say(f"convexgen misread the program; please report this: {difference}")

    def _tell(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._told_at < _PROGRESS_EVERY:
            return
        self._told_at = now
        if progress.building is None:
            self._say(f"checked {progress.documents} documents against the new schema")
        else:
            self._say(f"put {progress.documents} documents into the index {progress.building}")
