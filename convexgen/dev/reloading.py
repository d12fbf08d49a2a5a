"""Keeps a backend at what the sources say: loads what was found good, puts it live, or leaves all as it was."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from convexgen import ir
from convexgen.analysis.analyse import module_name
from convexgen.authoring.http import HttpRouter
from convexgen.dev.backend import Backend
from convexgen.dev.package_name import Package, package_of
from convexgen.dev.two_readings import differences
from convexgen.naming import Naming
from convexgen.plan import compile_ir
from convexgen.runtime.auth.issuers import InvalidAuthConfigError, MissingVariablesError
from convexgen.runtime.commits import DeployError, Progress
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.reloading import Loader, LoadError
from convexgen.runtime.store import StoreError
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot

_PROGRESS_EVERY: Final = 1.0
"""Seconds."""

Contents = tuple[Settings, tuple[tuple[str, str], ...]]


class Reloading:
    """Remembers what is live. `say` is given lines for the user, of what goes wrong above all.

    `try_again` may be called from any thread.
    """

    def __init__(self, root: Path, backend: Backend, say: Callable[[str], None]) -> None:
        self._root = root
        self._backend = backend
        self._say = say
        self._loader: Loader | None = None
        self._place: tuple[Package, Naming] | None = None
        self._tried: Contents | None = None
        self._compared: ir.Ir | None = None
        self._told_at = 0.0
        self._lock = threading.Lock()
        self._waiting: Callable[[], None] | None = None
        """What lacked nothing but variables when it was tried last."""

    def go_live(self, settings: Settings, snapshot: Snapshot) -> bool | None:
        """Try to bring the backend to these sources. None if it has been tried with the very same ones before."""
        contents = (settings, tuple((source.path, str(source.digest)) for source in snapshot.sources))
        if contents == self._tried:
            return None
        self._tried = contents
        return self.try_live(settings, snapshot)

    def try_live(self, settings: Settings, snapshot: Snapshot) -> bool:
        """Try to bring the backend to these sources, whatever was tried before."""

        def work() -> None:
            program = self._loaded(settings, snapshot).load(_modules(settings, snapshot))
            self._compare(program, settings, snapshot)
            self._backend.go_live(program, self._router(), self._tell)

        with self._lock:
            return self._try(work)

    @property
    def lacks_variables(self) -> bool:
        """Whether what was tried last would be live if some variables were set."""
        return self._waiting is not None

    def try_again(self) -> None:
        """For when variables were set: bring the backend to what only lacked those."""
        with self._lock:
            if self._waiting is not None and self._try(self._waiting):
                self._say("the functions are live")

    def _try(self, work: Callable[[], None]) -> bool:
        self._waiting = None
        mistake = self._mistake(work)
        self._waiting = work if isinstance(mistake, MissingVariablesError) else None
        return mistake is None

    def rehearse(self, settings: Settings, snapshot: Snapshot) -> bool:
        """Whether `try_live` would do so, as far as that can be known beforehand. What is live stays as it is."""

        def work() -> None:
            program = self._loaded(settings, snapshot).rehearse(_modules(settings, snapshot))
            self._backend.rehearse(program, self._tell)

        return self._mistake(work) is None

    def _mistake(self, work: Callable[[], None]) -> Exception | None:
        """Do it, and tell and give what keeps it from going well."""
        self._told_at = time.monotonic()
        try:
            work()
        except LoadError as error:
            where = f"{error.file}:{error.line}: " if error.file else ""
            self._say(f"{where}{error.text}")
            return error
        except (DeployError, EngineError, InvalidAuthConfigError, StoreError) as error:
            self._say(str(error))
            return error
        return None

    def _loaded(self, settings: Settings, snapshot: Snapshot) -> Loader:
        place = (package_of(settings.source, snapshot.sources), settings.naming)
        if self._loader is None or self._place != place:
            self.close()
            (package, base), naming = self._place = place
            if base and str(self._root / base) not in sys.path:
                sys.path.insert(0, str(self._root / base))
            self._loader = Loader(self._root, package, naming)
        return self._loader

    def close(self) -> None:
        """Forget the modules. What is live stays so."""
        if self._loader is not None:
            self._loader.close()

    def _router(self) -> HttpRouter | None:
        """The router of the program that was loaded last."""
        assert self._place is not None
        router = getattr(sys.modules.get(f"{self._place[0].name}.http"), "http", None)
        return router if isinstance(router, HttpRouter) else None

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


def _modules(settings: Settings, snapshot: Snapshot) -> list[str]:
    return [module_name(source.path, settings.source) for source in snapshot.sources]
