"""What is in the zip file of an export. Nothing of it is ever written to where its names say.

Only names that an export has are looked at; names that lead out of a folder make the whole file suspect.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from convexgen.runtime.transfer.problems import ImportRefusedError, Problems
from convexgen.runtime.transfer.rows import TableFile, json_lines
from convexgen.runtime.values import Json, readable
from convexgen.runtime.values.ids import GREATEST_TABLE_NUMBER

DOCUMENTS: Final = "documents.jsonl"
TABLES: Final = "_tables"
FILES: Final = "_storage"

_MOST_ENTRIES: Final = 1_000_000
_MOST_TEXT: Final = 2**32
"""Bytes of all documents together as text: far more than can be imported at once."""
_ENCRYPTED: Final = 0x1
_DAMAGED: Final = (BadZipFile, NotImplementedError, EOFError, zlib.error, OSError)


@dataclass(frozen=True, slots=True)
class Archive:
    """`tables`: the entries with the documents of each, by name; `numbers`: of the tables that the archive names.

    `contents`: the entries with the contents of files, by id.
    """

    zip: ZipFile
    tables: dict[str, ZipInfo]
    contents: dict[str, ZipInfo]
    numbers: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def documents(self, table: str, problems: Problems) -> Iterator[TableFile]:
        """The documents of a table, to be read. A damaged entry is a problem."""
        with self._open(self.tables[table], problems) as file:
            yield TableFile(self.tables[table].filename, file, problems)

    @contextmanager
    def content(self, entry: ZipInfo, problems: Problems) -> Iterator[IO[bytes]]:
        """The content of a file. A damaged entry is a problem."""
        with self._open(entry, problems) as file:
            yield file

    @contextmanager
    def _open(self, entry: ZipInfo, problems: Problems) -> Iterator[IO[bytes]]:
        try:
            with self.zip.open(entry) as file:
                yield file
        except _DAMAGED as error:
            problems.add(f"this cannot be unpacked: {error}", file=entry.filename)


def read_archive(file: IO[bytes]) -> Archive:
    """What the archive has. Raises `ImportRefusedError` for one that is none, or that no export has made."""
    problems = Problems()
    try:
        opened = ZipFile(file)
        entries = opened.infolist()
    except (*_DAMAGED, ValueError) as error:
        raise ImportRefusedError(f"This is no zip file: {error}") from None
    if len(entries) > _MOST_ENTRIES:
        raise ImportRefusedError(f"There are more than {_MOST_ENTRIES} files in the zip file")
    archive = Archive(opened, {}, {})
    for entry in entries:
        _sort_in(archive, entry, problems)
    problems.check()
    if sum(entry.file_size for entry in archive.tables.values()) > _MOST_TEXT:
        raise ImportRefusedError(f"The documents in the zip file unpack to more than {readable(_MOST_TEXT)}")
    if TABLES in archive.tables:
        _read_numbers(archive, problems)
        del archive.tables[TABLES]
    problems.check()
    if not archive.tables:
        raise ImportRefusedError(f"There are no documents in the zip file: no TABLE/{DOCUMENTS}")
    return archive


def _sort_in(archive: Archive, entry: ZipInfo, problems: Problems) -> None:
    name = entry.filename
    folder, _, rest = name.partition("/")
    if name.startswith(("/", "\\")) or "\\" in name or ".." in name.split("/") or ":" in folder:
        problems.add("this name leads out of the zip file", file=ascii(name))
        return
    if entry.flag_bits & _ENCRYPTED:
        problems.add("this is encrypted", file=name)
        return
    if rest == DOCUMENTS:
        if folder in archive.tables:
            problems.add("this is there twice", file=name)
        archive.tables[folder] = entry
    elif folder == FILES and rest and "/" not in rest:
        id_ = rest.partition(".")[0]
        if id_ in archive.contents:
            problems.add("there is another file with the same id", file=name)
        archive.contents[id_] = entry


def _read_numbers(archive: Archive, problems: Problems) -> None:
    with archive.documents(TABLES, problems) as source:
        for line, fields in json_lines(source):
            name, number = fields.get("name"), fields.get("id")
            if not isinstance(name, str):
                source.tell("this names no table", line)
            elif (found := _table_number(number)) is not None:
                archive.numbers[name] = found


def _table_number(number: Json) -> int | None:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return int(number) if 0 < number <= GREATEST_TABLE_NUMBER and number == int(number) else None
