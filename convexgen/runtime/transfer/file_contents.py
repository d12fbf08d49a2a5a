"""The contents of files in an archive, on their way into the store of blobs.

They are durable before the import is committed. Where it is not, what was uploaded for it has no file, and goes with
all other content that has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import IO
from zipfile import ZipInfo

from convexgen.runtime.files import ChecksumMismatchError, StoredFiles, Upload
from convexgen.runtime.files.blobs import PART
from convexgen.runtime.files.content_types import InvalidContentTypeError, check_content_type
from convexgen.runtime.files.documents import StoredContent
from convexgen.runtime.transfer.archive_reading import FILES, Archive
from convexgen.runtime.transfer.documents import Document
from convexgen.runtime.transfer.problems import Problems
from convexgen.runtime.values import readable


@dataclass(slots=True)
class FileContents:
    """`missing`: the files, by their ids, whose contents are not here yet."""

    files: StoredFiles
    archive: Archive
    missing: dict[str, Document] = field(default_factory=dict)

    def need(self, file: Document) -> None:
        """Take note of a file of the import."""
        found = self.files.find(str(file["_id"]))
        if found is None or (found.content.sha256, float(found.content.size)) != (file["sha256"], file["size"]):
            self.missing[str(file["_id"])] = file

    def check(self, problems: Problems) -> None:
        """See whether all that are missing are in the archive, and may be stored."""
        for id_, file in self.missing.items():
            entry = self.archive.contents.get(id_)
            if entry is None:
                problems.add(
                    f"the content of the file {id_} is not in the zip file: was it exported with its files?",
                    file=f"{FILES}/{id_}",
                )
                continue
            problem = self._problem(file, entry)
            if problem is not None:
                problems.add(problem, file=entry.filename)

    def _problem(self, file: Document, entry: ZipInfo) -> str | None:
        if entry.file_size != file["size"]:
            return f"the content has {entry.file_size} bytes, not {file['size']!r}"
        if entry.file_size > self.files.maximum:
            return f"a file may have {readable(self.files.maximum)} at most"
        content_type = file.get("contentType")
        if isinstance(content_type, str):
            try:
                check_content_type(content_type)
            except InvalidContentTypeError as error:
                return str(error)
        return None

    def upload(self, problems: Problems, uploads: ExitStack) -> Mapping[str, StoredContent]:
        """Store what is missing. `uploads` says, at its end, that it is committed or never will be.

        Raises `BlobError`.
        """
        contents = {}
        for id_, file in self.missing.items():
            entry = self.archive.contents[id_]
            upload = self.files.begin()
            uploads.callback(upload.let_go)
            uploads.callback(upload.discard)
            with self.archive.content(entry, problems) as opened:
                for part in _parts(opened):
                    upload.write(part)
                stored = _finished(upload, str(file["sha256"]))
                if stored is None:
                    problems.add("the content is not what its checksum says", file=entry.filename)
                else:
                    contents[id_] = stored
        return contents


def _finished(upload: Upload, checksum: str) -> StoredContent | None:
    """The content, None if it is another one than was expected."""
    with suppress(ChecksumMismatchError, ValueError):
        return upload.finish(None, checksum)
    return None


def _parts(opened: IO[bytes]) -> Iterator[bytes]:
    while part := opened.read(PART):
        yield part
