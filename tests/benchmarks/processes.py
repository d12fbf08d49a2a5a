"""Measuring whole processes, as a user meets them: start-up, imports and all."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """A process to run. `environment` is added to that of this process."""

    arguments: tuple[str | Path, ...]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run took: wall and processor time in seconds, `peak` memory in MiB of the largest single process."""

    wall: float
    processor: float
    peak: float


class CommandFailedError(Exception):
    """A command that is measured ended with an error: there is nothing to measure."""


def measure(command: Command) -> Usage:
    """Run `command` to its end. Children that it has waited for are counted in.

    The system counts the memory of the process that starts another as the other's, so `peak` is never less than what
    this process has needed at most: it has to stay small.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = start(command, said.fileno())
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            text = said.read().decode(errors="replace")
            raise CommandFailedError(f"{' '.join(map(str, command.arguments))} exited {process.returncode}:\n{text}")
    peak = usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    return Usage(wall, usage.ru_utime + usage.ru_stime, peak)


def start(command: Command, output: int) -> subprocess.Popen[bytes]:
    """Start `command`, everything that it says going to the file `output`."""
    return subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env={**_environment(), **command.environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )


def _environment() -> dict[str, str]:
    """That of this process, but Python may keep what it compiles, as it does for everybody who installs a package."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def median(values: Sequence[float]) -> float:
    return percentile(values, 50)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest of `values` that at least `percent` per cent of them do not exceed.

    >>> percentile([3, 1, 2, 4], 50), percentile([1, 2, 3], 99)
    (2, 3)
    """
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(rank, 1) - 1]
