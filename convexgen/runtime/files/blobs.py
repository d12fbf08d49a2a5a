"""What is asked of a store of blobs, whatever it is made of: `tests/runtime/files/test_blobs.py` holds each to it.

A blob is content under a name, written once and never changed. It is there wholly or not at all, after a crash too.
Names are UUIDs in lower case, drawn at random, so that two never meet.

**Threads.** Different blobs may be used by different threads at once; one writer or reader by one at a time. The calls
block: an event loop leaves them to a thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Protocol

PART: Final = 256 * 1024
"""Bytes that are read at once, and that it is worth to write at once."""

is_name = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


class BlobError(Exception):
    """A store that cannot do what it was asked. The same may succeed later."""


class MissingBlobError(BlobError):
    """There is no blob of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no blob {name}")


class BlobWriter(Protocol):
    """A blob that is being written. Whoever has one calls `finish` or `discard`."""

    def write(self, part: bytes) -> None:
        """Add to the content. Raises `BlobError`."""
        ...

    def finish(self) -> None:
        """Make it a blob: when this returns, it is as durable as the store makes them. Raises `BlobError`."""
        ...

    def discard(self) -> None:
        """Leave nothing of it. After `finish`, and a second time, nothing happens."""
        ...


class BlobReader(Protocol):
    """Reads a blob: the first `read` looks for it, and what comes after may find it gone, or not."""

    def read(self) -> bytes:
        """The next bytes, about `PART` of them; none at the end and after `close`. Raises `BlobError`."""
        ...

    def close(self) -> None:
        """Let go of it, in any thread: one that is reading is waited for. Twice does no harm."""
        ...


class Blobs(Protocol):
    """Raises `ValueError` for what is no name of a blob."""

    def create(self, name: str) -> BlobWriter:
        """Begin to write a blob. Raises `BlobError`."""
        ...

    def open(self, name: str, start: int, stop: int) -> BlobReader:
        """A reader of a blob from the byte `start`, which it must have, up to, but not including, `stop`.

        Where that is no stretch at all, nothing is looked for. Does nothing yet.
        """
        ...

    def delete(self, name: str) -> None:
        """Forget a blob, if there is one. Raises `BlobError`."""
        ...

    def names(self) -> Iterator[str]:
        """All blobs; those that come or go meanwhile, perhaps. Raises `BlobError`."""
        ...


def check_name(name: str) -> str:
    """Raises `ValueError` for a text that is not the name of a blob, such as one that leads out of a folder."""
    if not is_name(name):
        raise ValueError(f"{name!a} is not the name of a blob")
    return name
