"""What is kept between runs: the memory of a project, and the last clean run of each command line.

A command line that was run before, in the same folder and environment, on a project that has not changed by a byte,
has the same outcome: `unchanged` tells so before typer, pydantic or the compiler is imported. Every source and every
output is read and fingerprinted for that; time stamps are not believed.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from convexgen.apply import write_cache
from convexgen.discover import cache_folder, discover, find_project, read_cache, read_pyproject, tool_version
from convexgen.settings import Settings
from convexgen.snapshot import Plan, Snapshot, fingerprint

_ENVIRONMENT = ("NO_COLOR", "FORCE_COLOR", "TERM")


class CleanRun(NamedTuple):
    """A run that found nothing: on which project, with what settings, in what state it left it, and what it said."""

    version: bytes
    directory: str
    root: str
    pyproject: bytes | None
    settings: Settings
    state: bytes
    said: str


def unchanged(arguments: list[str]) -> str | None:
    """What to say if `arguments` ran clean before and nothing has changed since; otherwise None."""
    content = read_cache(_path(arguments))
    if content is None or arguments[:1] not in (["generate"], ["check"]):
        return None
    try:
        run = CleanRun(*pickle.loads(content))
        root = Path(run.root)
        same = (
            run.version == tool_version()
            and find_project(Path(run.directory)) == root
            and read_pyproject(root) == run.pyproject
            and fingerprint(discover(root, run.settings)) == run.state
        )
    except (OSError, ValueError, TypeError, AttributeError, ImportError, EOFError, pickle.UnpicklingError):
        return None  # damaged, or written by another version: the long way tells the truth
    return run.said if same else None


def plan_with_memory(root: Path, snapshot: Snapshot, settings: Settings) -> Plan:
    """The plan of a process that makes only this one, from what earlier ones have worked out."""
    from convexgen.memory import FILE, pack, unpack  # noqa: PLC0415 - the compiler, which `unchanged` does without
    from convexgen.plan import plan  # noqa: PLC0415

    gc.disable()  # nothing here goes in circles, and the process ends soon
    version = tool_version()
    path = cache_folder(root, os.environ) / FILE
    memory = unpack(read_cache(path), version)
    planned = plan(snapshot, settings, memory, alone=False)
    if memory.changed:
        write_cache(path, pack(memory, version))
    return planned


def keep_clean_run(directory: Path, root: Path, settings: Settings, snapshot: Snapshot, said: str) -> None:
    """Remember that the command line of this process ran clean and left the project as `snapshot` has it."""
    run = CleanRun(
        tool_version(),
        os.fspath(directory.resolve()),
        os.fspath(root),
        read_pyproject(root),
        settings,
        fingerprint(snapshot),
        said,
    )
    write_cache(_path(sys.argv[1:]), pickle.dumps(tuple(run), pickle.HIGHEST_PROTOCOL))


def _path(arguments: list[str]) -> Path:
    """Where the clean run of a command line is kept: by the folder it was given in, its words, and the environment."""
    here = Path.cwd()
    own = sorted(item for item in os.environ.items() if item[0].startswith("CONVEXGEN_") or item[0] in _ENVIRONMENT)
    name = blake2b(repr((arguments, own, sys.stdout.isatty())).encode("utf-8", "surrogateescape"), digest_size=16)
    return cache_folder(here, os.environ) / f"clean-{name.hexdigest()}"
