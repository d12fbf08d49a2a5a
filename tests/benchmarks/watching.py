"""Measuring how long after a save a running `convexgen watch` has brought both outputs up to date, or judged types."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.benchmarks.processes import Command, CommandFailedError, start

WARM_UP = 3
PATIENCE = 60.0
"""Seconds after which an answer is no longer waited for."""
LOOK_EVERY = 0.000_5
"""Seconds between two looks at the outputs: looking all the time would take a processor from what is measured."""
QUIET = 0.1
"""Seconds between one answer and the next save, so that every save finds a process at rest."""

FUNCTION = '''

@query
async def watched_{number}(ctx: QueryCtx, limit: int = 10) -> list[str]:
    """A function that was not there before."""
    return [str(limit)]
'''
FIRST_NUMBER = 10_000
"""All numbers have as many digits, so that no name is the beginning of another."""


def measure_saves(watch: Command, source: Path, saves: int) -> list[float]:
    """Seconds from each of `saves` saves to the moment when both outputs show it.

    `source` is the functions folder, its outputs where they lie by default. Each save adds a function to one of the
    modules in turn. The first saves, which find everything cold, are not counted.
    """
    modules = sorted(source.glob("area_*.py"))
    generated = source / "_generated"
    times = []
    with _running(watch) as still_running:
        outputs = [_Output(generated / "api.d.ts", "watched{}")]
        for number in range(WARM_UP + saves):
            saved = _add_function(modules[number % len(modules)], FIRST_NUMBER + number)
            seen = max(output.wait_for(FIRST_NUMBER + number, still_running) for output in outputs)
            times.append(seen - saved)
            time.sleep(QUIET)
            if number == 0:
                outputs.append(_Output(_file_with(generated / "client", f"watched_{FIRST_NUMBER}"), "watched_{}"))
    return times[WARM_UP:]


def measure_verdicts(watch: Command, source: Path, saves: int) -> list[float]:
    """Seconds from each of `saves` saves to the moment when the command says what mypy thinks of it.

    The saves are those of `measure_saves`. The command says `types: ` and a verdict, once for each.
    """
    modules = sorted(source.glob("area_*.py"))
    times = []
    with _listening(watch) as until_verdict:
        until_verdict()
        for number in range(WARM_UP + saves):
            time.sleep(QUIET)
            saved = _add_function(modules[number % len(modules)], FIRST_NUMBER + number)
            times.append(until_verdict() - saved)
    return times[WARM_UP:]


@contextmanager
def _listening(watch: Command) -> Iterator[Callable[[], float]]:
    """Runs the command meanwhile. What it gives waits for the next verdict and tells when it came."""
    reading, writing = os.pipe()
    process = start(watch, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as said:

        def until_verdict() -> float:
            heard = []
            for line in said:
                if line.startswith("types: "):
                    return time.perf_counter()
                heard.append(line)
            raise CommandFailedError(f"watch ended by itself:\n{''.join(heard)}")

        try:
            yield until_verdict
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def _add_function(module: Path, number: int) -> float:
    """Save `module` with one more function, and tell when that was done."""
    with module.open("a", encoding="utf-8", newline="\n") as file:
        file.write(FUNCTION.format(number=number))
    return time.perf_counter()


class _Output:
    """A generated file that is looked at until it shows a function. It is read only when it is another than before."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._known: tuple[int, int] | None = None

    def wait_for(self, number: int, still_running: Callable[[], None]) -> float:
        """When the function was first seen."""
        wanted = self._name.format(number)
        limit = time.perf_counter() + PATIENCE
        while True:
            if self._is_new():
                seen = time.perf_counter()
                if wanted in self._path.read_text(encoding="utf-8"):
                    return seen
            still_running()
            if time.perf_counter() > limit:
                raise CommandFailedError(f"{self._path} does not show {wanted} after {PATIENCE:.0f} s")
            time.sleep(LOOK_EVERY)

    def _is_new(self) -> bool:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return False
        before, self._known = self._known, (status.st_ino, status.st_mtime_ns)
        return before != self._known


def _file_with(folder: Path, text: str) -> Path:
    """The one file in `folder` that holds `text`."""
    return next(path for path in sorted(folder.rglob("*.py")) if text in path.read_text(encoding="utf-8"))


@contextmanager
def _running(watch: Command) -> Iterator[Callable[[], None]]:
    """Runs the command meanwhile; what it gives raises `CommandFailedError` if the command has ended."""
    with tempfile.TemporaryFile() as said:
        process = start(watch, said.fileno())
        try:
            yield lambda: _must_run(process, said)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def _must_run(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    if process.poll() is not None:
        said.seek(0)
        raise CommandFailedError(f"watch ended by itself:\n{said.read().decode(errors='replace')}")
