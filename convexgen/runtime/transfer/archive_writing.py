"""The zip file of an export: the same data give the same bytes, whenever and wherever it is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from mimetypes import MimeTypes
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from convexgen.runtime.transfer.archive_reading import DOCUMENTS, FILES, TABLES
from convexgen.runtime.values import FORMATS, Value, write_json

_MIDNIGHT: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file knows of."""
_UNIX: Final = 3
_READABLE: Final = 0o600 << 16
_EXTENSIONS: Final = MimeTypes(filenames=())

_export = FORMATS["export_json"]

README: Final = """\
# A snapshot of a backend

`TABLE/documents.jsonl` has the documents of a table, one on each line. Integers without a point are Int64, all other
numbers Float64. `_tables/documents.jsonl` says which number in ids stands for which table.

`_storage/documents.jsonl` has what is known of files. Their contents are beside it, under their ids, if they were
exported too.

`convexgen import` and `npx convex import` put it into another backend, with all ids as they are.
"""
_MARK: Final = b'"uniform"\n'
"""What stands where older importers look for a schema: that there is nothing to know beside the documents."""


class ArchiveWriter:
    """Written from front to back. As a context it is whole at the end, unless the block raises."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED)
        self._put("README.md", README.encode())

    def close(self) -> None:
        """Write the end. Without it, it is no zip file."""
        self._zip.close()

    def tables(self, numbers: Iterable[tuple[str, int]]) -> None:
        """Which tables there are, with the numbers in their ids."""
        lines = (write_json({"name": name, "id": number}) + "\n" for name, number in numbers)
        self._put(f"{TABLES}/{DOCUMENTS}", "".join(lines).encode())

    def documents(self, table: str, documents: Iterable[Value]) -> None:
        """All documents of a table, bit by bit."""
        if table != FILES:
            self._put(f"{table}/generated_schema.jsonl", _MARK)
        with self._entry(f"{table}/{DOCUMENTS}") as entry:
            for document in documents:
                entry.write(f"{write_json(_export(document))}\n".encode())

    def content(self, file: str, content_type: str | None, parts: Iterable[bytes]) -> None:
        """The content of a file."""
        with self._entry(f"{FILES}/{file}{_extension(content_type)}") as entry:
            for part in parts:
                entry.write(part)

    def _put(self, name: str, content: bytes) -> None:
        with self._entry(name) as entry:
            entry.write(content)

    @contextmanager
    def _entry(self, name: str) -> Iterator[IO[bytes]]:
        info = ZipInfo(name, _MIDNIGHT)
        info.compress_type = ZIP_DEFLATED
        info.create_system, info.external_attr = _UNIX, _READABLE
        with self._zip.open(info, "w", force_zip64=True) as entry:
            yield entry


def _extension(content_type: str | None) -> str:
    """For people who look at the files: `.png`, or nothing where there is none."""
    bare = (content_type or "").partition(";")[0].strip().lower()
    return _EXTENSIONS.guess_extension(bare) or ""
