"""Writing a snapshot of everything into a zip file, bit by bit, while others go on committing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, cast

from convexgen.runtime.commits.document_checks import stored_document
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.files import BlobReader, MissingBlobError
from convexgen.runtime.transfer.archive_reading import FILES
from convexgen.runtime.transfer.archive_writing import ArchiveWriter
from convexgen.runtime.transfer.documents import Document
from convexgen.runtime.transfer.stored import rows_of

_TOLD_EVERY: Final = 5_000
"""Documents from one look at whether to go on to the next."""


def export(engine: Engine, target: Path, *, files: bool, go_on: Callable[[], None]) -> int:
    """Write the newest snapshot, and give its timestamp. Where `files`, their contents are in it too.

    `go_on` raises to stop it. Raises `OSError`, `StoreError`, `BlobError`; then what is at `target` is no zip file.
    """
    with engine.committer.snapshot() as snapshot, target.open("wb") as file:
        tables = engine.committer.deployment.catalogue.tables
        names = sorted(name for name in tables if not name.startswith("_"))
        writer = ArchiveWriter(file)
        writer.tables([(name, tables[name].number) for name in (*names, *([FILES] if files else []))])
        for name in names:
            writer.documents(name, _documents(engine, tables[name].number, snapshot, go_on))
        if files:
            found = list(_documents(engine, tables[FILES].number, snapshot, go_on))
            writer.documents(FILES, [each for each in found if _write_content(engine, writer, each, go_on)])
        writer.close()
        return snapshot


def _documents(engine: Engine, table: int, snapshot: int, go_on: Callable[[], None]) -> Iterator[Document]:
    for count, row in enumerate(rows_of(engine.committer.store, table, snapshot)):
        if count % _TOLD_EVERY == 0:
            go_on()
        yield stored_document(row.value)


def _write_content(engine: Engine, writer: ArchiveWriter, file: Document, go_on: Callable[[], None]) -> bool:
    """False for a file that was deleted since the snapshot: then its content may be gone, and it is left out."""
    found = engine.files.find(str(file["_id"]))
    if found is None or found.content.sha256 != file["sha256"]:
        return False
    with closing(found.open(0, found.content.size)) as reader:
        try:
            first = reader.read()
        except MissingBlobError:
            return False
        writer.content(str(file["_id"]), cast("str | None", file.get("contentType")), _parts(first, reader, go_on))
    return True


def _parts(first: bytes, reader: BlobReader, go_on: Callable[[], None]) -> Iterator[bytes]:
    part = first
    while part:
        go_on()
        yield part
        part = reader.read()
