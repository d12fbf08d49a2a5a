"""Reading whole folders of small files quickly, without stumbling over what else a disk may hold.

There may be thousands of files and a fraction of a second for them all, hence the bare calls of the operating system.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from convexgen.project_files import is_listed
from convexgen.source import SourceFile

Stamp = tuple[int, int, int, int]
"""Time of writing, time of change of the entry itself, size and inode."""

_SETTLED = 2_000_000_000
"""Nanoseconds after which a second writing of a file must show in its stamp, on whatever file system."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a process that reads the same folders again and again has read before. Lives as long as it does.

    A content is taken from here when the file's stamp is the same and was already old when the content was read: a
    file can be written twice within one tick of the clock that stamps it.
    """

    files: dict[str, tuple[Stamp, bytes]] = field(default_factory=dict)
    sources: dict[str, SourceFile] = field(default_factory=dict)

    def read(self, place: str) -> bytes:
        status = os.stat(place)  # noqa: PTH116
        stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
        kept = self.files.get(place)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        content = read(place)
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _SETTLED:
            self.files[place] = (stamp, content)
        else:
            self.files.pop(place, None)
        return content

    def source(self, path: str, content: bytes) -> SourceFile:
        kept = self.sources.get(path)
        if kept is None or kept.content is not content:
            kept = self.sources[path] = SourceFile.of(path, content)
        return kept


class FolderReader:
    """Reads below the folder `base`. Paths are given and yielded relative to it, with `/`.

    `unreadable` collects path and reason of what could not be read.
    """

    def __init__(self, base: str, known: Contents | None = None) -> None:
        self.unreadable: list[tuple[str, str]] = []
        self._base = base
        self._read = known.read if known else read
        self.source = known.source if known else SourceFile.of

    def files(
        self, folder: str, wanted: Callable[[str], bool], skipped: Callable[[str], bool]
    ) -> Iterator[tuple[str, bytes]]:
        """All files below `folder` with a wanted name, and their contents; folders with a skipped path are left out.

        Linked folders are entered, unless that would lead back into a folder that is being read.
        """
        top = f"{self._base}/{folder}"
        pending: list[tuple[str, str, tuple[str, ...]]] = [(top, folder, (os.path.realpath(top),))]
        while pending:
            place, relative, above = pending.pop()
            for entry in self._entries(place, relative):
                path = f"{relative}/{entry.name}"
                if _is_folder(entry):
                    real = os.path.realpath(entry.path) if entry.is_symlink() else f"{above[-1]}{os.sep}{entry.name}"
                    if real not in above and not skipped(path):
                        pending.append((entry.path, path, (*above, real)))
                elif wanted(entry.name) and _is_file(entry):
                    yield from self._content(entry.path, path)

    def single(self, path: str) -> Iterator[tuple[str, bytes]]:
        """The one file at `path` with its content; nothing where there is none."""
        place = f"{self._base}/{path}"
        if os.path.lexists(place) and not os.path.isdir(place):  # noqa: PTH112
            yield from self._content(place, path)

    def _entries(self, place: str, relative: str) -> list[os.DirEntry[str]]:
        """What a folder holds, hidden things and compiled modules left out."""
        try:
            with os.scandir(place) as listing:
                return [entry for entry in listing if is_listed(entry.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            self.unreadable.append((printable(relative), reason(error)))
            return []

    def _content(self, place: str, path: str) -> Iterator[tuple[str, bytes]]:
        """What a file holds, or nothing with the reason noted. A file that has just gone is as good as never seen."""
        if not path.isascii() and printable(path) != path:
            self.unreadable.append((printable(path), "its name is not valid UTF-8"))
            return
        try:
            yield path, self._read(place)
        except FileNotFoundError:
            if os.path.islink(place):  # noqa: PTH114
                self.unreadable.append((path, "it is a link to a file that is not there"))
        except OSError as error:
            self.unreadable.append((path, reason(error)))


def read(place: str) -> bytes:
    """A file's bytes, in half the time that a file object takes. Raises `OSError`."""
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
