"""Reading a file that is to be imported, and putting what it holds into the tables.

All of it is in memory before it is committed, so there is a limit to how much one import may bring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from convexgen.runtime.commits import DeployInProgressError, RedeployedError
from convexgen.runtime.engine.contexts import Deployed
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.store import Store
from convexgen.runtime.transfer.archive_reading import FILES, Archive, read_archive
from convexgen.runtime.transfer.changes import Changes, Imported
from convexgen.runtime.transfer.documents import Document, SystemFields, TableDocuments, number_in
from convexgen.runtime.transfer.file_contents import FileContents
from convexgen.runtime.transfer.problems import ImportRefusedError, Problems
from convexgen.runtime.transfer.records import ImportRequest
from convexgen.runtime.transfer.rows import READERS, Row, TableFile, json_lines
from convexgen.runtime.transfer.stored import is_empty, rows_of
from convexgen.runtime.transfer.summaries import TableSummary
from convexgen.runtime.transfer.targets import Aim, Targets
from convexgen.runtime.values import Json, canonical, decode_id, readable

LARGEST: Final = 2**30
"""Bytes of all documents of an import together, as they are in memory."""
_BESIDE: Final = 200
"""Bytes that a document takes beside its own, more or less."""
_TOLD_EVERY: Final = 5_000
"""Documents from one report of progress to the next."""
_ATTEMPTS: Final = 3
"""How often an import is begun anew, where another program goes live meanwhile."""
_NOT_IN_FILES: Final = frozenset({"internalId"})
"""What other backends say of files, which is of no use here."""


class Progress(Protocol):
    """Is told how far it is. Raises to stop it."""

    def __call__(self, message: str, /) -> None: ...


@dataclass(slots=True)
class Import:
    """One file. It may be read as often as one likes, and is not changed."""

    engine: Engine
    file: Path
    request: ImportRequest
    given: SystemFields
    tell: Progress
    _archive: Archive | None = field(default=None, init=False)
    _contents: FileContents | None = field(default=None, init=False)
    _size: int = field(default=0, init=False)

    def check(self) -> dict[str, TableSummary]:
        """What it would change. Raises `ImportRefusedError` with all that keeps it from being imported."""
        with self._opened():
            deployed, targets, problems = self._targets()
            brings = {}
            for table in targets.tables:
                brings[table] = sum(1 for _ in self._documents(deployed, targets, table, problems))
            if self._contents is not None:
                self._contents.check(problems)
            problems.check()
            return self._summary(targets, brings)

    def carry_out(self, import_: str) -> int:
        """Commit everything, and that the import of this id is completed; gives how many documents there were.

        Raises `ImportRefusedError`, `StoreError`, `BlobError`, with all as it was.
        """
        for _ in range(_ATTEMPTS):
            try:
                with self._opened():
                    return self._carry_out(import_)
            except (RedeployedError, DeployInProgressError):
                continue
        raise ImportRefusedError("Functions are being deployed just now. Import again when that is done")

    def _carry_out(self, import_: str) -> int:
        deployed, targets, problems = self._targets()
        imported = Imported()
        for table in targets.tables:
            kept = imported.documents[table] = {}
            for document in self._documents(deployed, targets, table, problems):
                kept[decode_id(str(document["_id"])).internal] = canonical(document).encode()
        if self._contents is not None:
            self._contents.check(problems)
        problems.check()
        with ExitStack() as uploads:
            if self._contents is not None and self._contents.missing:
                self.tell("Storing files")
                imported.contents.update(self._contents.upload(problems, uploads))
                problems.check()
            self.tell(f"Writing documents ({imported.count:,})")
            changes = Changes(self._store, targets, imported, self.request.mode == "requireEmpty", import_, self.given)
            not_before = int((self.given.now + imported.count + 1) * 1_000_000)
            self.engine.put_documents(deployed, changes, not_before, targets.renumbered)
        return imported.count

    @property
    def _store(self) -> Store:
        return self.engine.committer.store

    @contextmanager
    def _opened(self) -> Iterator[None]:
        self._size = 0
        with self.file.open("rb") as file:
            if self.request.format == "zip":
                self._archive = read_archive(file)
                self._contents = FileContents(self.engine.files, self._archive)
            try:
                yield
            finally:
                self._archive = self._contents = None

    def _targets(self) -> tuple[Deployed, Targets, Problems]:
        problems = Problems()
        deployed = self.engine.live()
        with self.engine.committer.snapshot() as snapshot:
            aim = Aim(
                deployed,
                self.engine.committer.record,
                self.request.mode,
                lambda table: is_empty(self._store, table, snapshot),
            )
            targets = aim.targets(self._numbers(), problems)
        problems.check()
        return deployed, targets, problems

    def _numbers(self) -> dict[str, int | None]:
        """The tables of the file, and what it says about the numbers in their ids."""
        if self._archive is None:
            assert self.request.table is not None
            return {self.request.table: self._first_number(self.request.table)}
        said = self._archive.numbers
        return {table: said.get(table) or self._first_number(table) for table in sorted(self._archive.tables)}

    def _first_number(self, table: str) -> int | None:
        with self._rows(table, Problems()) as (_, rows):
            return number_in(rows)

    @contextmanager
    def _rows(self, table: str, problems: Problems) -> Iterator[tuple[TableFile, Iterator[Row]]]:
        if self._archive is not None:
            with self._archive.documents(table, problems) as source:
                yield source, json_lines(source)
        else:
            with self.file.open("rb") as file:
                source = TableFile("", file, problems)
                yield source, READERS[self.request.format](source)

    def _documents(self, deployed: Deployed, targets: Targets, table: str, problems: Problems) -> Iterator[Document]:
        """The documents of a table that may be stored. Raises `ImportRefusedError` where there are too many."""
        reading = TableDocuments(
            table,
            targets.tables[table],
            deployed.program.tables[table],
            targets.names,
            self._archive is not None,
            self.given,
        )
        with self._rows(table, problems) as (source, rows):
            known = (Row(line, _known(fields)) for line, fields in rows) if table == FILES else rows
            for count, document in enumerate(reading.read(source, known), 1):
                self._size += _BESIDE
                if self._size + reading.size > LARGEST:
                    raise ImportRefusedError(
                        f"There are more than {readable(LARGEST)} of documents, more than can be imported at once"
                    )
                if table == FILES and self._contents is not None:
                    self._contents.need(document)
                if count % _TOLD_EVERY == 0:
                    self.tell(f'Reading "{table}" ({count:,} documents)')
                yield document
        self._size += reading.size

    def _summary(self, targets: Targets, brings: Mapping[str, int]) -> dict[str, TableSummary]:
        with self.engine.committer.snapshot() as snapshot:
            found = {
                table: sum(1 for _ in rows_of(self._store, targets.before[table], snapshot))
                for table in sorted(targets.cleared | targets.tables.keys())
            }
        return {
            table: TableSummary(brings.get(table, 0), count if table in targets.cleared else 0, count)
            for table, count in found.items()
        }


def _known(file: dict[str, Json]) -> dict[str, Json]:
    """A document of a file without what only other backends know."""
    return {name: value for name, value in file.items() if name not in _NOT_IN_FILES}
