"""The files of a deployment: taking them in, finding them, and seeing to it that content without a file goes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final, Protocol, TypeVar
from uuid import UUID

from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.files import documents
from convexgen.runtime.files.blobs import BlobError, BlobReader, Blobs
from convexgen.runtime.files.content_types import check_content_type
from convexgen.runtime.files.documents import StoredContent
from convexgen.runtime.files.uploads import Upload

R = TypeVar("R")

logger = logging.getLogger("convexgen.files")

MAXIMUM_SIZE: Final = 2**30
"""Bytes of a file, unless told otherwise."""
GRACE: Final = 60 * 60 * 10**9
"""Nanoseconds that content may be without a file, from when that is first noticed.

An upload that is under way is told from one that a crash has ended. This is for people: whoever puts data back from a
copy may begin with the content.
"""
_AT_ONCE: Final = 500
"""Names that are looked up, and contents that are deleted, in one transaction."""


class Transact(Protocol):
    """Does something with the system's documents in a transaction, several times where others come in between."""

    def __call__(self, work: Callable[[SystemDocuments], R], /) -> R: ...


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, and how to read it. That it is there is no promise for the next moment."""

    content: StoredContent
    blobs: Blobs

    def open(self, start: int, stop: int) -> BlobReader:
        """Its content from the byte `start` up to, but not including, `stop`."""
        return self.blobs.open(self.content.name, start, stop)

    def read_all(self) -> bytes:
        """All of it. Raises `BlobError`."""
        with closing(self.open(0, self.content.size)) as reader:
            return b"".join(iter(reader.read, b""))


class StoredFiles:
    """Any thread may call anything; all of it blocks. `random` gives the names of blobs."""

    def __init__(self, blobs: Blobs, transact: Transact, random: Random, maximum: int = MAXIMUM_SIZE) -> None:
        self.maximum = maximum
        self._blobs = blobs
        self._transact = transact
        self._random = random
        self._under_way: set[str] = set()
        self._unnamed: dict[str, int] = {}
        self._lock = threading.Lock()

    def begin(self) -> Upload:
        """Begin to take in a file. Raises `BlobError`."""
        name = str(UUID(int=self._random.getrandbits(128), version=4))
        with self._lock:
            self._under_way.add(name)
        try:
            writer = self._blobs.create(name)
        except BaseException:
            self._ended(name)
            raise
        return Upload(name, writer, self.maximum, lambda: self._ended(name))

    def keep(self, upload: Upload, content_type: str | None = None, sha256: str | None = None) -> str:
        """Make a file of what was uploaded; gives its id.

        `sha256` (base64) is what the content should have. Raises `InvalidContentTypeError`, `ChecksumMismatchError`,
        `ValueError` for what is no checksum, `BlobError`, and what the transaction raises: discard the upload then.
        """
        checked = None if content_type is None else check_content_type(content_type)

        def commit(content: StoredContent) -> str:
            return self._transact(lambda system: documents.add(system, content))

        return upload.keep(checked, sha256, commit)

    def store(self, content: bytes, content_type: str | None = None, sha256: str | None = None) -> str:
        """Make a file of some bytes; gives its id. Raises what `keep` and `Upload.write` raise."""
        upload = self.begin()
        try:
            upload.write(content)
            return self.keep(upload, content_type, sha256)
        finally:
            upload.discard()

    def find(self, file: str) -> FoundFile | None:
        """The file of this id, None if there is none."""
        return self._found(self._transact(lambda system: documents.content_of(system, file)))

    def find_named(self, name: str) -> FoundFile | None:
        """The file whose content has this name, None if there is none."""
        return self._found(self._transact(lambda system: documents.content_named(system, name)))

    def _found(self, content: StoredContent | None) -> FoundFile | None:
        return None if content is None else FoundFile(content, self._blobs)

    def delete_forgotten(self) -> bool:
        """Delete the contents of files that were deleted, some of them; true if more may be left.

        First the content, then the document that says so: whatever comes in between, this is done again.
        """
        forgotten = self._transact(lambda system: documents.forgotten(system, _AT_ONCE))
        deleted: list[str] = []
        for each in forgotten:
            try:
                self._blobs.delete(each.name)
            except BlobError:
                logger.exception("the content of a deleted file is still there")
            else:
                deleted.append(each.document)
        if deleted:
            self._transact(lambda system: documents.drop(system, deleted))
        return len(deleted) == _AT_ONCE

    def sweep(self, now: int) -> None:
        """Delete content that belongs to no file and has not for `GRACE`. `now`: nanoseconds since the epoch.

        Such content is what a crash leaves between the end of an upload and its commit. Raises `BlobError`.
        """
        names = self._blobs.names()
        unnamed: dict[str, int] = {}
        while batch := tuple(islice(names, _AT_ONCE)):
            for name in self._without_file(batch):
                unnamed[name] = min(self._unnamed.get(name, now), now)
        self._unnamed = dict(self._swept(unnamed, now))

    def _swept(self, unnamed: dict[str, int], now: int) -> Iterator[tuple[str, int]]:
        """Delete those of the names that have waited for long enough, and give the others."""
        for name, since in unnamed.items():
            if now - since < GRACE:
                yield name, since
            else:
                self._blobs.delete(name)

    def _without_file(self, names: tuple[str, ...]) -> list[str]:
        """Those of the names that belong to no file, and never will.

        An upload is under way until it is committed, if ever. So whoever looks first at the uploads and then at the
        documents finds each blob in one place or the other, and a name that is in neither is not used again.
        """
        with self._lock:
            settled = [name for name in names if name not in self._under_way]
        return self._transact(lambda system: documents.unknown(system, settled))

    def _ended(self, name: str) -> None:
        with self._lock:
            self._under_way.discard(name)
