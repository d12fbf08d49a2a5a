"""Whether mypy would say again what it said: everything that its last verdict rests on, and the state of all that.

A verdict is remembered only if there was nothing to find. Files of the project are compared by content. Installed
packages, stubs and typeshed are compared by size and time of change, as mypy itself does, and every folder that
something was found in, or looked for in, by the names in it: a package or stub that comes or goes, or is another
version, is seen. Nothing of mypy is imported for that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from convexgen.typecheck.command_line import user_settings

_ENVIRONMENT = ("MYPY", "PYTHON", "VIRTUAL_ENV")
"""How the variables begin that mypy or the interpreter that it asks may heed."""


class Basis(NamedTuple):
    """Absolute paths of all files that mypy has read, and of the folders that it looks for modules in."""

    files: tuple[str, ...]
    folders: tuple[str, ...]


class Verdict(NamedTuple):
    """That mypy found nothing: what this rests on, and in what state that was."""

    basis: Basis
    state: bytes


def remember(basis: Basis, root: Path, began: int) -> Verdict | None:
    """The verdict of a run that began at `began` (ns since the epoch) and found nothing.

    None if something may have changed meanwhile, so that nobody knows which state mypy has seen.
    """
    around = {file.rpartition(os.sep)[0] for file in basis.files}
    complete = Basis(basis.files, tuple(sorted({*basis.folders, *around})))
    if any(_touched(path) >= began for path in complete.files):
        return None
    return Verdict(complete, _state(complete, root))


def still_holds(verdict: Verdict, root: Path) -> bool:
    """Whether everything is as it was."""
    return _state(verdict.basis, root) == verdict.state


def _touched(path: str) -> int:
    try:
        status = os.stat(path)  # noqa: PTH116 - hundreds of files, in a command that is to take no time
    except OSError:
        return sys.maxsize
    return max(status.st_mtime_ns, status.st_ctime_ns)


def _state(basis: Basis, root: Path) -> bytes:
    found = blake2b(digest_size=16)
    for piece in (*_settings(root), *_files(basis.files, f"{root}{os.sep}"), *map(_names, basis.folders)):
        found.update(len(piece).to_bytes(8, "big"))
        found.update(piece)
    return found.digest()


def _settings(root: Path) -> Iterable[bytes]:
    from importlib.util import find_spec  # noqa: PLC0415

    path = user_settings(root)
    yield repr((path, sys.version, sys.executable, sys.prefix)).encode("utf-8", "surrogatepass")
    yield b"" if path is None else _content(path)
    mypy = find_spec("mypy")
    yield repr(mypy and mypy.origin).encode()
    yield repr(sorted(item for item in os.environ.items() if item[0].startswith(_ENVIRONMENT))).encode(
        "utf-8", "surrogatepass"
    )


def _files(paths: Iterable[str], inside: str) -> Iterable[bytes]:
    for path in paths:
        yield _content(Path(path)) if path.startswith(inside) else _status(path)


def _content(path: Path) -> bytes:
    try:
        return blake2b(path.read_bytes(), digest_size=16).digest()
    except OSError:
        return b"-"


def _status(path: str) -> bytes:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return b"-"
    return f"{status.st_size} {status.st_mtime_ns}".encode()


def _names(folder: str) -> bytes:
    """The names in a folder that a search for modules can heed."""
    try:
        names = sorted(name for name in os.listdir(folder) if _matters(name))  # noqa: PTH208
    except OSError:
        return b"-"
    return "\0".join(names).encode("utf-8", "surrogatepass")


def _matters(name: str) -> bool:
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name != "__pycache__"
    return bool(stem) and ending in ("py", "pyi", "pth", "dist-info", "egg-info", "egg-link", "typed", "so", "pyd")
