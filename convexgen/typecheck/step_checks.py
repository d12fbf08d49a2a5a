"""Type checks while sources are being edited: a process that stays, and each time looks only at what has changed.

Life cycle: the first check is a run from beginning to end, which leaves behind what the process that stays needs to
know; that one is then started, and reads it while nobody waits. When it dies, for whatever reason, the check that it
owed an answer for is another run from beginning to end, and so on. It ends with `close`, and by itself when its input
ends.
"""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Lock

from convexgen.diagnostics import Diagnostic
from convexgen.settings import Settings
from convexgen.typecheck.command_line import user_settings
from convexgen.typecheck.mypy_process import TypeCheck, is_installed, read_answer, start_engine

_FOR_STEPS = "--cache-fine-grained"
_FROM_CACHE = "--use-fine-grained-cache"


class StepChecks:
    """All checks of one `watch`. One at a time: the threads that wait for a verdict take turns."""

    def __init__(self, root: Path, cache: Path) -> None:
        self._root = root
        self._cache = cache
        self._turn = Lock()
        self._engine: subprocess.Popen[str] | None = None
        self._ready = False
        self._basis: object = None
        self._closed = False

    def check(self, settings: Settings) -> StepCheck:
        """A check of the project as it is when the verdict is asked for."""
        return StepCheck(self, settings)

    def close(self) -> None:
        """End the process that stays. Checks under way come to no verdict."""
        self._closed = True
        self._end_engine()

    def verdict(self, check: StepCheck) -> tuple[Diagnostic, ...]:
        """Called by the check, in the thread that waits for it."""
        with self._turn:
            if check.stopped or self._closed:
                return ()
            answer = self._answer(check.settings)
            if answer is not None:
                return read_answer(answer, "", check.settings.source).findings
            found = check.run(self._root, self._cache)
            if not check.stopped and not self._closed and is_installed():
                self._start_engine(check.settings)
            return found

    def _answer(self, settings: Settings) -> str | None:
        """What the engine answers; None if there is none that could."""
        engine = self._engine
        if engine is None or engine.stdin is None or engine.stdout is None:
            return None
        if self._basis != self._basis_now(settings):
            self._end_engine()
            return None
        try:
            if not self._ready:
                self._ready = bool(engine.stdout.readline())
            engine.stdin.write("check\n")
            engine.stdin.flush()
            answer = engine.stdout.readline()
        except (OSError, ValueError):
            answer = ""
        if not answer:
            self._end_engine()
        return answer or None

    def _start_engine(self, settings: Settings) -> None:
        self._end_engine()
        self._ready = False
        self._basis = self._basis_now(settings)
        options = (_FOR_STEPS, _FROM_CACHE)
        self._engine = start_engine("serve", self._root, settings, self._cache, options, subprocess.PIPE)
        if self._closed:
            self._end_engine()

    def _end_engine(self) -> None:
        engine, self._engine = self._engine, None
        if engine is None:
            return
        engine.kill()
        engine.wait()
        for pipe in (engine.stdin, engine.stdout):
            with suppress(OSError):  # what was to be sent to it is lost
                if pipe is not None:
                    pipe.close()

    def _basis_now(self, settings: Settings) -> object:
        """What the engine was started with and does not look at again."""
        path = user_settings(self._root)
        try:
            return settings.source, path, path and path.read_bytes()
        except OSError:
            return None


class StepCheck:
    """One check. `stop` may come from another thread than the one that waits for the verdict."""

    def __init__(self, checks: StepChecks, settings: Settings) -> None:
        self.settings = settings
        self.stopped = False
        self._checks = checks
        self._run: TypeCheck | None = None

    def verdict(self) -> tuple[Diagnostic, ...]:
        return self._checks.verdict(self)

    def run(self, root: Path, cache: Path) -> tuple[Diagnostic, ...]:
        """A run from beginning to end, that leaves behind what an engine can start from."""
        with TypeCheck.start(root, self.settings, cache, _FOR_STEPS) as run:
            self._run = run
            if self.stopped:
                run.stop()
            return run.verdict()

    def stop(self) -> None:
        self.stopped = True
        if self._run is not None:
            self._run.stop()
