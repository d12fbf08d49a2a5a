"""Blobs as files in a folder.

```
content/3f/3f2504e0-4f89-41d3-9a0c-0305e82c3301    a blob, in one of 256 folders
incoming/9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d      one that is being written
```

What is being written becomes a blob by being renamed, once it has reached the disk. What is in `incoming` when the
folder is opened was left by a crash, and is deleted.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from convexgen.runtime.files.blobs import PART, BlobError, MissingBlobError, check_name, is_name


class DiskBlobs:
    """`Blobs`. Only one may be open on a folder: who holds the store of the documents beside it sees to that."""

    def __init__(self, folder: Path) -> None:
        """Raises `OSError`."""
        self._content = folder / "content"
        self._incoming = folder / "incoming"
        for each in (self._content, self._incoming):
            each.mkdir(parents=True, exist_ok=True)
        for left in self._incoming.iterdir():
            left.unlink()

    def create(self, name: str) -> _Writer:
        return _Writer(self._incoming / check_name(name), self._path(name))

    def open(self, name: str, start: int, stop: int) -> _Reader:
        return _Reader(self._path(name), start, stop)

    def delete(self, name: str) -> None:
        with _as_blob_errors():
            self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        with _as_blob_errors():
            for folder in self._content.iterdir():
                for file in folder.iterdir():
                    if is_name(file.name):
                        yield file.name

    def _path(self, name: str) -> Path:
        return self._content / check_name(name)[:2] / name


class _Writer:
    def __init__(self, incoming: Path, target: Path) -> None:
        self._incoming = incoming
        self._target = target
        with _as_blob_errors():
            self._file = incoming.open("xb")

    def write(self, part: bytes) -> None:
        with _as_blob_errors():
            self._file.write(part)

    def finish(self) -> None:
        with _as_blob_errors():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._target.parent.mkdir(exist_ok=True)
            self._incoming.rename(self._target)
            _sync_folder(self._target.parent)
            _sync_folder(self._target.parent.parent)

    def discard(self) -> None:
        with _as_blob_errors():
            try:
                self._file.close()  # which may write, and fail
            finally:
                self._incoming.unlink(missing_ok=True)


class _Reader:
    def __init__(self, path: Path, start: int, stop: int) -> None:
        self._path = path
        self._position = start
        self._stop = stop
        self._file: FileIO | None = None
        self._lock = threading.Lock()

    def read(self) -> bytes:
        with self._lock, _as_blob_errors():
            if self._position >= self._stop:
                return b""
            if self._file is None:
                self._file = self._opened()
            part = os.pread(self._file.fileno(), min(PART, self._stop - self._position), self._position)
            self._position += len(part)
            return part

    def close(self) -> None:
        with self._lock:
            self._stop = 0
            if self._file is not None:
                self._file.close()

    def _opened(self) -> FileIO:
        try:
            return FileIO(self._path)
        except FileNotFoundError:
            raise MissingBlobError(self._path.name) from None


def _sync_folder(path: Path) -> None:
    """Make it durable what a folder has in it."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _as_blob_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BlobError(str(error)) from error
