"""The only reader of the disk: finds the project, and takes the picture of it that everything else is computed from.

What it gives back depends on names and contents alone, never on the order in which a folder lists its entries, on
time stamps or on the machine's separators.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from convexgen.diagnostics import Diagnostic, Label
from convexgen.folders import Contents, FolderReader
from convexgen.project_files import PYPROJECT, ProjectFiles, is_output_name, is_source_name
from convexgen.rules.reading import UNREADABLE_FILE
from convexgen.rules.tool import MISSING_SOURCE
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import Span

_OWN_SECTION = re.compile(rb"^\s*(\[\[?\s*)?tool\s*\.\s*convexgen\b", re.MULTILINE)


def find_project(start: Path) -> Path:
    """The root of the project that `start` lies in.

    That is the nearest folder, from `start` upwards, whose pyproject.toml has a `[tool.convexgen]` section; without
    one, the nearest that has a pyproject.toml or a functions folder of the default name; without that, `start` itself.
    """
    candidates = (start, *start.parents)
    for folder in candidates:
        if _OWN_SECTION.search(read_cache(folder / PYPROJECT) or b""):
            return folder
    for folder in candidates:
        if (folder / PYPROJECT).is_file() or (folder / Settings().source).is_dir():
            return folder
    return start


def read_pyproject(root: Path) -> bytes | None:
    """The project's pyproject.toml, or None where there is none. Raises `OSError` when it cannot be read."""
    try:
        return (root / PYPROJECT).read_bytes()
    except FileNotFoundError:
        return None


def discover(root: Path, settings: Settings, known: Contents | None = None) -> Snapshot:
    """The project as it now lies on disk. Never raises for a file: one that cannot be read is listed as such.

    `known` spares a process that looks again and again the files that have not been written since.
    """
    reader = FolderReader(os.fspath(root), known)
    files = ProjectFiles.of(settings)
    sources = [
        reader.source(path, content) for path, content in reader.files(files.source, is_source_name, files.ends_sources)
    ]
    outputs: dict[str, bytes] = {}
    for path in files.single:
        outputs.update(reader.single(path))
    for folder in files.folders:
        if not _has_parent_in(folder, files.folders):
            outputs.update(reader.files(folder, is_output_name, lambda _: False))
    return Snapshot(
        tuple(sorted(sources, key=lambda source: source.path)),
        dict(sorted(outputs.items())),
        tuple(sorted(set(reader.unreadable))),
    )


def read_output_folder(root: Path, folder: str) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """What lies in `folder` by path below `root`, and a finding for each thing in it that cannot be read."""
    reader = FolderReader(os.fspath(root))
    outputs = dict(sorted(reader.files(folder, is_output_name, lambda _: False)))
    unreadable = (
        Diagnostic(UNREADABLE_FILE, f"this cannot be read: {why}", Label(Span(path)))
        for path, why in sorted(set(reader.unreadable))
    )
    return outputs, tuple(unreadable)


def missing_source(root: Path, settings: Settings) -> Diagnostic | None:
    """The finding that the functions folder is not there, or None where it is.

    Asked before every run: a folder that is gone must not be taken for one from which everything was deleted.
    """
    if (root / settings.source).is_dir():
        return None
    return Diagnostic(
        MISSING_SOURCE,
        f"there is no functions folder `{settings.source}` in this project",
        Label(Span(settings.source)),
        help="run `convexgen init` to make one, name another project with `-C DIR`, "
        "or set `source` in `[tool.convexgen]` of pyproject.toml",
    )


def repository_prefix(root: Path) -> str:
    """What leads from the root of the repository that `root` lies in to `root` itself: `services/chat/`, or nothing."""
    real = Path(os.path.realpath(root))
    for folder in (real, *real.parents):
        if (folder / ".git").exists():
            return f"{real.relative_to(folder).as_posix()}/" if folder != real else ""
    return ""


def cache_folder(root: Path, environment: Mapping[str, str]) -> Path:
    """Where what may be forgotten about this project is kept: never inside the project, safe to delete."""
    own, shared = environment.get("CONVEXGEN_CACHE_DIR"), environment.get("XDG_CACHE_HOME")
    base = Path(own) if own else (Path(shared) if shared else Path.home() / ".cache") / "convexgen"
    return base / blake2b(os.fsencode(os.path.realpath(root)), digest_size=8).hexdigest()


@cache
def tool_version() -> bytes:
    """16 bytes that change with every file of convexgen and with the Python that runs it.

    To be asked before any of it is imported: what is imported later must not be newer than what this speaks of.
    """
    package = Path(__file__).parent
    found = blake2b(sys.version.encode(), digest_size=16)
    for folder in (package, package.parent / "templates"):
        for path, names, files in os.walk(folder):
            names.sort()
            for name in sorted(files):
                if name.endswith((".py", ".jinja", ".j2")):
                    stat = os.stat(f"{path}/{name}")  # noqa: PTH116 - two hundred of them, before any work
                    found.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
    return found.digest()


def read_cache(path: Path) -> bytes | None:
    """The content of a file, or None for whatever reason it cannot be had."""
    try:
        return path.read_bytes()
    except (OSError, ValueError):
        return None


def _has_parent_in(path: str, folders: frozenset[str]) -> bool:
    """Whether an output lies inside another one, which is read anyway."""
    parts = path.split("/")
    return any("/".join(parts[:end]) in folders for end in range(1, len(parts)))
