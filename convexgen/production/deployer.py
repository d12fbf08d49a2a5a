"""Puts what was sent live in the place of what was sent before, or leaves all as it was."""

from __future__ import annotations

import threading
from collections.abc import Callable

from convexgen.dev.backend import Backend
from convexgen.dev.reloading import Reloading
from convexgen.discover import discover
from convexgen.ir import Ir
from convexgen.plan import compile_ir
from convexgen.production.bundle import Bundle
from convexgen.production.releases import Releases
from convexgen.runtime.program.loading import program_of


class BusyError(Exception):
    """Somebody else deploys at this moment."""


class Deployer:
    """For one backend. Any thread may deploy, one at a time.

    Life cycle: `start` once, before anything is served; then `deploy` whenever something comes.
    """

    def __init__(self, backend: Backend, releases: Releases) -> None:
        self._backend = backend
        self._releases = releases
        self._say: Callable[[str], None] = lambda _: None
        self._reloading = Reloading(releases.root, backend, self._tell)
        self._lock = threading.Lock()
        self._live: Bundle | None = None

    def start(self, say: Callable[[str], None]) -> bool:
        """Put live what was live last, or else a program without functions. False where it cannot be, which is told.

        Raises `OSError`, `InvalidBundleError`, `StoreError`.
        """
        self._say = say
        self._live = self._releases.current()
        if self._live is not None:
            return self._try_live(self._live)
        self._backend.go_live(program_of({}, "camel"), None, lambda _: None)
        return True

    def deploy(self, bundle: Bundle, say: Callable[[str], None], *, rehearse: bool) -> bool:
        """Put a bundle live, or find out whether it could be. `say` is given lines: what goes wrong, and how far it is.

        Raises `BusyError`, `OSError`.
        """
        if not self._lock.acquire(blocking=False):
            raise BusyError
        try:
            self._say = say
            with self._releases.trying(bundle) as trial:
                if rehearse:
                    good = self._reloading.rehearse(bundle.settings, discover(self._releases.root, bundle.settings))
                else:
                    good = self._try_live(bundle)
                    if good:
                        trial.keep()
                        self._live = bundle
            if not good or (rehearse and self._is_elsewhere(bundle)):
                self._bring_back()
            return good
        finally:
            self._lock.release()

    def program(self) -> Ir | None:
        """What is live, None before the first deployment."""
        with self._lock:
            live = self._live
            if live is None:
                return None
            program, _ = compile_ir(discover(self._releases.root, live.settings), live.settings)
            return program

    def _is_elsewhere(self, bundle: Bundle) -> bool:
        """Whether loading the bundle has made us forget the modules of what is live."""
        live = self._live
        return live is not None and (live.source, live.naming) != (bundle.source, bundle.naming)

    def _bring_back(self) -> None:
        """Load what is live anew, so that what its functions import while they run is theirs again."""
        if self._live is not None:
            self._say = lambda _: None
            self._try_live(self._live)

    def _tell(self, line: str) -> None:
        self._say(line)

    def _try_live(self, bundle: Bundle) -> bool:
        return self._reloading.try_live(bundle.settings, discover(self._releases.root, bundle.settings))
