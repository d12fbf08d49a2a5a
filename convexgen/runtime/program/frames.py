"""The frames of users' code in a traceback, out of all those that are ours or of a library."""

from __future__ import annotations

import site
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import NamedTuple

import convexgen


class Frame(NamedTuple):
    """Where code of the user's stood. `file` begins at the project: `backend/messages.py`."""

    function: str
    file: str
    line: int


def frames_of(traceback: TracebackType | None) -> list[Frame]:
    """The frames of users' code, the innermost first."""
    found = [
        Frame(frame.f_code.co_name, _file_in_project(frame), line)
        for frame, line in _all(traceback)
        if _is_users(frame)
    ]
    return found[::-1]


def _all(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next


def _is_users(frame: FrameType) -> bool:
    return not _is_elsewhere(frame.f_code.co_filename)


@lru_cache(1024)
def _is_elsewhere(filename: str) -> bool:
    """Whether a file is ours, of Python or of a library; what has no file, such as generated code, is of a library."""
    return filename.startswith(_others())


@lru_cache(1)
def _others() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {*site.getsitepackages(), site.getusersitepackages(), str(Path(convexgen.__file__).parent)}
    return ("<", *(f"{folder}/" for folder in sorted(folders)))


def _file_in_project(frame: FrameType) -> str:
    """The file, from the folder on in which the top package of its module lies."""
    parts = Path(frame.f_code.co_filename).parts
    count = len(str(frame.f_globals.get("__name__", "")).split("."))
    if parts[-1] == "__init__.py":
        count += 1
    return "/".join(parts[-count:])
