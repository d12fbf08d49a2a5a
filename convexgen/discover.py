"""The only reader of the disk: finds the project, and takes the picture of it that everything else is computed from.

What it gives back depends on names and contents alone, never on the order in which a folder lists its entries, on
time stamps or on the machine's separators.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.tool import MISSING_SOURCE
from convexgen.settings import Settings, SpecOutput
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile, Span

PYPROJECT = "pyproject.toml"
GENERATED = "_generated"
_OWN_SECTION = re.compile(rb"^\s*(\[\[?\s*)?tool\s*\.\s*convexgen\b", re.MULTILINE)

_Wanted = Callable[[str], bool]


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


def discover(root: Path, settings: Settings) -> Snapshot:
    """The project as it now lies on disk. Never raises for a file: one that cannot be read is listed as such."""
    base = os.fspath(root)
    unreadable: list[tuple[str, str]] = []
    skipped = {output.path for output in settings.all_outputs if not isinstance(output, SpecOutput)}
    sources = [
        SourceFile.of(path, content) for path, content in _files(base, settings.source, _is_source, skipped, unreadable)
    ]
    outputs: dict[str, bytes] = {}
    for output in settings.all_outputs:
        if isinstance(output, SpecOutput):
            outputs.update(_single_file(base, output.path, unreadable))
        elif not _has_parent_in(output.path, skipped):
            outputs.update(_files(base, output.path, _is_output, set(), unreadable))
    return Snapshot(
        tuple(sorted(sources, key=lambda source: source.path)),
        dict(sorted(outputs.items())),
        tuple(sorted(set(unreadable))),
    )


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


def cache_folder(root: Path, environment: Mapping[str, str]) -> Path:
    """Where what may be forgotten about this project is kept: never inside the project, safe to delete."""
    own, shared = environment.get("CONVEXGEN_CACHE_DIR"), environment.get("XDG_CACHE_HOME")
    base = Path(own) if own else (Path(shared) if shared else Path.home() / ".cache") / "convexgen"
    return base / blake2b(os.fsencode(os.path.realpath(root)), digest_size=8).hexdigest()


def read_cache(path: Path) -> bytes | None:
    """The content of a file, or None for whatever reason it cannot be had."""
    try:
        return path.read_bytes()
    except (OSError, ValueError):
        return None


def _is_source(name: str) -> bool:
    return name.endswith(".py") and not name.startswith("test_") and name != "conftest.py"


def _is_output(name: str) -> bool:
    return not name.endswith((".pyc", ".pyo"))


def _has_parent_in(path: str, folders: set[str]) -> bool:
    """Whether an output lies inside another one, which is read anyway."""
    parts = path.split("/")
    return any("/".join(parts[:end]) in folders for end in range(1, len(parts)))


def _files(
    base: str, folder: str, wanted: _Wanted, skipped: set[str], unreadable: list[tuple[str, str]]
) -> Iterator[tuple[str, bytes]]:
    """All wanted files below `folder` with their contents, as paths relative to `base`.

    Linked folders are entered, unless that would lead back into a folder that is being read.
    """
    top = f"{base}/{folder}"
    pending: list[tuple[str, str, tuple[str, ...]]] = [(top, folder, (os.path.realpath(top),))]
    while pending:
        place, relative, above = pending.pop()
        for entry in _entries(place, relative, unreadable):
            name = entry.name
            path = f"{relative}/{name}"
            if _is_folder(entry):
                real = os.path.realpath(entry.path) if entry.is_symlink() else f"{above[-1]}{os.sep}{name}"
                if path not in skipped and real not in above and not (wanted is _is_source and name == GENERATED):
                    pending.append((entry.path, path, (*above, real)))
            elif wanted(name) and _is_file(entry):
                content = _content(entry.path, path, unreadable)
                if content is not None:
                    yield path, content


def _entries(place: str, relative: str, unreadable: list[tuple[str, str]]) -> list[os.DirEntry[str]]:
    """What a folder holds, hidden things and compiled modules left out."""
    try:
        with os.scandir(place) as listing:
            return [entry for entry in listing if not entry.name.startswith(".") and entry.name != "__pycache__"]
    except FileNotFoundError:
        return []
    except OSError as error:
        unreadable.append((printable(relative), reason(error)))
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether to read it: a plain file, or a link that leads nowhere, of which the reading will tell why."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry.path).exists())
    except OSError:
        return True


def _single_file(base: str, path: str, unreadable: list[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    place = f"{base}/{path}"
    if os.path.lexists(place) and not os.path.isdir(place):  # noqa: PTH112
        content = _content(place, path, unreadable)
        if content is not None:
            yield path, content


def _content(place: str, path: str, unreadable: list[tuple[str, str]]) -> bytes | None:
    """What a file holds, or None with the reason noted. A file that has just gone is as good as never seen."""
    if not path.isascii() and printable(path) != path:
        unreadable.append((printable(path), "its name is not valid UTF-8"))
        return None
    try:
        return _read(place)
    except FileNotFoundError:
        if os.path.islink(place):  # noqa: PTH114
            unreadable.append((path, "it is a link to a file that is not there"))
    except OSError as error:
        unreadable.append((path, reason(error)))
    return None


def _read(place: str) -> bytes:
    """A file's bytes by bare system calls, which takes half the time of a file object; there may be thousands."""
    descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        content = os.read(descriptor, 1 << 17)
        chunk = content
        while chunk:
            chunk = os.read(descriptor, 1 << 20)
            content += chunk
        return content
    finally:
        os.close(descriptor)


def printable(path: str) -> str:
    """`path` with the bytes that are not UTF-8 written as escapes, so that it can be shown anywhere."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def reason(error: OSError) -> str:
    """Why the operating system refused, without the path, which is told already."""
    if error.errno == errno.EACCES:
        return "permission denied"
    return (error.strerror or type(error).__name__).lower()
