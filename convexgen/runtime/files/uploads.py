"""Content on its way in: counted, summed up, and either kept as a whole or gone without a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from convexgen.runtime.files.blobs import BlobError, BlobWriter
from convexgen.runtime.files.checksums import ChecksumMismatchError, checksum_text, read_checksum
from convexgen.runtime.files.documents import StoredContent

T = TypeVar("T")


class TooLargeError(ValueError):
    """More content than a file may have."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"a file may have {maximum} bytes at most")


class Upload:
    """One blob that is being written. Whoever has one calls `keep` or `discard`, or both.

    Any thread may call anything: whoever gives up an upload need not wait for a thread that is still writing to it.
    `let_go` is called once, when nothing happens to the blob any more.
    """

    def __init__(self, name: str, writer: BlobWriter, maximum: int, let_go: Callable[[], None]) -> None:
        self._name = name
        self._writer = writer
        self._maximum = maximum
        self._let_go = let_go
        self._checksum = sha256()
        self._size = 0
        self._is_open = True
        self._lock = threading.Lock()

    def write(self, part: bytes) -> None:
        """Add to the content. Raises `TooLargeError`, `BlobError`."""
        with self._lock:
            self._check_open()
            self._size += len(part)
            if self._size > self._maximum:
                raise TooLargeError(self._maximum)
            self._checksum.update(part)
            self._writer.write(part)

    def keep(self, content_type: str | None, expected: str | None, commit: Callable[[StoredContent], T]) -> T:
        """Make the content durable, then have it committed that there is a file of it; gives what `commit` gives.

        `expected` is the checksum that the content should have, if anyone said. Raises `ChecksumMismatchError`,
        `BlobError`, and what `commit` raises.
        """
        with self._lock:
            content = self._finish(content_type, expected)
            # From here on somebody may have committed it, even if an error says otherwise: only a look tells.
            try:
                return commit(content)
            finally:
                self._let_go()

    def finish(self, content_type: str | None, expected: str | None) -> StoredContent:
        """The same for whoever commits it later, with other things, and then calls `let_go`."""
        with self._lock:
            return self._finish(content_type, expected)

    def let_go(self) -> None:
        """Say that what was finished is committed, or never will be."""
        self._let_go()

    def _finish(self, content_type: str | None, expected: str | None) -> StoredContent:
        self._check_open()
        found = checksum_text(self._checksum.digest())
        if expected is not None and read_checksum(expected) != found:
            raise ChecksumMismatchError(expected, found)
        self._writer.finish()
        self._is_open = False
        return StoredContent(self._name, self._size, found, content_type)

    def discard(self) -> None:
        """Leave nothing of it, unless it was kept. Raises `BlobError`."""
        with self._lock:
            if self._is_open:
                self._is_open = False
                try:
                    self._writer.discard()
                finally:
                    self._let_go()

    def _check_open(self) -> None:
        if not self._is_open:
            raise BlobError("the upload has ended")
