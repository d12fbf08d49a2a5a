"""Files on their way in, in parts, as clients send them; and whole ones, until they are imported.

```
<folder>/<token>/1, 2, …    the parts of an upload
<folder>/<import>.data      an uploaded file that is yet to be imported
```

Nothing here outlives the process: what a restart finds is deleted.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final

MAXIMUM_PART: Final = 64 * 2**20
MAXIMUM_PARTS: Final = 10_000
_MAXIMUM_UPLOADS: Final = 16
"""Bytes of a part; parts of an upload; uploads that have begun and not ended."""

_is_token = re.compile(r"[0-9a-f]{32}").fullmatch


class UploadError(Exception):
    """An upload that cannot go on so. The text says why."""


class Uploads:
    """Any thread may call anything; it blocks. Raises `OSError` where the disk does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: list[str] = []

    def clear(self) -> None:
        """Forget everything: nobody can go on with it."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> str:
        """Begin one; gives its token. Where there are too many, the one that began first is given up."""
        token = token_hex(16)
        (self._folder / token).mkdir(parents=True)
        with self._lock:
            self._open.append(token)
            given_up = self._open[:-_MAXIMUM_UPLOADS]
            self._open = self._open[-_MAXIMUM_UPLOADS:]
        for each in given_up:
            shutil.rmtree(self._folder / each, ignore_errors=True)
        return token

    def put(self, token: str, part: int, content: bytes) -> str:
        """Take in a part, in the place of an earlier one with its number; gives its token. Raises `UploadError`."""
        folder = self._of(token)
        if not 0 < part <= MAXIMUM_PARTS:
            raise UploadError(f"parts have numbers from 1 to {MAXIMUM_PARTS}")
        try:
            (folder / str(part)).write_bytes(content)
        except FileNotFoundError:
            raise _no_upload() from None
        return f"{part}-{sha256(content).hexdigest()}"

    def finish(self, token: str, parts: Sequence[str], name: str) -> None:
        """Make a file of the parts with these tokens, in their order. Raises `UploadError`."""
        folder = self._of(token)
        numbers = [part.partition("-")[0] for part in parts]
        whole = self.path(name)
        try:
            with whole.open("wb") as file:
                for number, part in zip(numbers, parts, strict=True):
                    content = _part(folder, number)
                    if f"{number}-{sha256(content).hexdigest()}" != part:
                        raise UploadError("a part is not the one that was sent")
                    file.write(content)
        except BaseException:
            whole.unlink(missing_ok=True)
            raise
        with self._lock, suppress(ValueError):
            self._open.remove(token)
        shutil.rmtree(folder, ignore_errors=True)

    def path(self, name: str) -> Path:
        """Where a whole file is."""
        return self._folder / f"{name}.data"

    def forget(self, name: str) -> None:
        """Delete a whole file, if there is one."""
        self.path(name).unlink(missing_ok=True)

    def _of(self, token: str) -> Path:
        if not _is_token(token) or token not in self._open:
            raise _no_upload()
        return self._folder / token


def _part(folder: Path, number: str) -> bytes:
    if not number.isascii() or not number.isdecimal():
        raise UploadError("there is no such part")
    try:
        return (folder / number).read_bytes()
    except FileNotFoundError:
        raise UploadError("there is no such part") from None


def _no_upload() -> UploadError:
    return UploadError("there is no such upload, or it has ended")
