"""What is kept between runs: the memory of a project, and the last clean run of each command line.

A command line that was run before, in the same folder and environment, on a project that has not changed by a byte,
has the same outcome, which is told before typer, pydantic or the compiler is imported. Every source and every output is
read and fingerprinted for that; time stamps are not believed.
"""

from __future__ import annotations

import os
import pickle
import sys
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from convexgen.apply import write_cache
from convexgen.discover import cache_folder, find_project, read_cache, read_pyproject, tool_version
from convexgen.settings import Settings
from convexgen.snapshot import Plan, Snapshot, fingerprint, fingerprint_sources

if TYPE_CHECKING:
    from convexgen.analysis.analyse import Understanding
    from convexgen.typecheck.unchanged import Verdict

_ENVIRONMENT = ("NO_COLOR", "FORCE_COLOR", "TERM")


class CleanRun(NamedTuple):
    """A run that found nothing: on which project, with what settings, in what state it left it, and what it said.

    `types` is the verdict of mypy, where it was asked for one.
    """

    version: bytes
    directory: Path
    root: Path
    pyproject: bytes | None
    settings: Settings
    state: bytes
    said: str
    types: Verdict | None = None


def known_run(arguments: list[str]) -> CleanRun | None:
    """The last clean run of a command line, if its project, its settings and convexgen are what they were."""
    if arguments[:1] not in (["generate"], ["check"]):
        return None
    version = tool_version()
    content = read_cache(_path(arguments))
    if content is None:
        return None
    try:
        run = CleanRun(*pickle.loads(content))
        same = (
            run.version == version
            and find_project(run.directory) == run.root
            and read_pyproject(run.root) == run.pyproject
        )
    except (OSError, ValueError, TypeError, AttributeError, ImportError, EOFError, pickle.UnpicklingError):
        return None  # damaged, or written by another version: the long way tells the truth
    return run if same else None


def is_unchanged(run: CleanRun, snapshot: Snapshot) -> bool:
    """Whether every source and every output is what it was after the run: the sources, which tend to change, first.

    And, if mypy was asked, all that its verdict rests on.
    """
    if not run.state.startswith(fingerprint_sources(snapshot)) or fingerprint(snapshot) != run.state:
        return False
    if run.types is None:
        return True
    from convexgen.typecheck.unchanged import still_holds  # noqa: PLC0415 - only for those who check types

    return still_holds(run.types, run.root)


def keep_clean_run(
    directory: Path, root: Path, settings: Settings, snapshot: Snapshot, said: str, types: Verdict | None = None
) -> None:
    """Remember that the command line of this process ran clean and left the project as `snapshot` has it."""
    state = fingerprint(snapshot)
    run = CleanRun(tool_version(), directory.resolve(), root, read_pyproject(root), settings, state, said, types)
    write_cache(_path(sys.argv[1:]), (pickle.dumps(tuple(run), pickle.HIGHEST_PROTOCOL),))


def known_sources(root: Path) -> Understanding:
    """What earlier runs have understood of the sources, for who makes no plan. It is read and not written."""
    from convexgen.memory import CHANGES, WHOLE, unpack  # noqa: PLC0415 - as below

    folder = cache_folder(root, os.environ)
    return unpack({name: read_cache(folder / name) for name in (WHOLE, CHANGES)}, tool_version()).understanding


def load_compiler() -> None:
    """Import what `plan_with_memory` will need, for who has nothing else to do for now."""
    import_module("convexgen.plan")
    import_module("jinja2")


def plan_with_memory(
    root: Path, snapshot: Snapshot, settings: Settings, *, alone: bool = False, advice: bool = True
) -> Plan:
    """The plan of a process that makes only this one, from what earlier ones have worked out.

    `alone` keeps it to one processor, where the other one has something better to do. `advice` is as in `plan`.
    """
    from convexgen.memory import CHANGES, WHOLE, pack, unpack  # noqa: PLC0415 - the compiler, which an unchanged project spares
    from convexgen.plan import plan  # noqa: PLC0415

    version = tool_version()
    folder = cache_folder(root, os.environ)
    memory = unpack({name: read_cache(folder / name) for name in (WHOLE, CHANGES)}, version)
    planned = plan(snapshot, settings, memory, alone=alone, advice=advice)
    if memory.changed:
        name, pieces = pack(memory, version)
        write_cache(folder / name, pieces)
    return planned


def _path(arguments: list[str]) -> Path:
    """Where the clean run of a command line is kept: by the folder it was given in, its words, and the environment."""
    here = Path.cwd()
    own = sorted(item for item in os.environ.items() if item[0].startswith("CONVEXGEN_") or item[0] in _ENVIRONMENT)
    name = blake2b(repr((arguments, own, sys.stdout.isatty())).encode("utf-8", "surrogateescape"), digest_size=16)
    return cache_folder(here, os.environ) / f"clean-{name.hexdigest()}"
