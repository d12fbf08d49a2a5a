"""Backends that import and export, asked in as few words as possible."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import cast
from zipfile import ZipFile

import pytest

from convexgen.runtime.calls import Call, Success
from convexgen.runtime.commits.document_checks import stored_document
from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.engine.contract import QueryResult
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.files.memory_blobs import MemoryBlobs
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.store import Store
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.system import SYSTEM_FUNCTIONS
from convexgen.runtime.system.functions import by_path
from convexgen.runtime.system.system_engine import SystemEngine
from convexgen.runtime.transfer import records
from convexgen.runtime.transfer.records import Document, ImportRequest
from convexgen.runtime.transfer.stored import rows_of
from convexgen.runtime.transfer.transfers import Transfers
from convexgen.runtime.values import InvalidIdError, Value, decode_id, encode_id
from tests.runtime.commits.clock import Clock
from tests.runtime.engine.served import ADMIN

PACKAGE = "tests.runtime.transfer.backend"
DEADLINE = 30.0


@cache
def program() -> Program:
    """The program of these tests."""
    return load_program(PACKAGE, ["schema", "people"], "camel")


class Place:
    """A backend of its own. `seed` tells its ids from those of others."""

    def __init__(self, folder: Path, store: Store | None = None, seed: int = 1) -> None:
        self.store = store or MemoryStore()
        self.blobs = MemoryBlobs()
        self.engine = Engine(self.store, clock=Clock(), ids=Random(seed), pause=lambda _: None, blobs=self.blobs)
        for _ in self.engine.deploy(program()):
            pass
        self.transfers = Transfers(self.engine, folder, Random(1000 + seed))
        self.transfers.deployed()
        self.asked = SystemEngine(self.engine, self.engine, by_path(SYSTEM_FUNCTIONS))

    def close(self) -> None:
        self.transfers.close()
        self.store.close()

    def query(self, path: str, **arguments: Value) -> Value:
        outcome = self.asked.run_query(Call(path, arguments, "query", ADMIN)).outcome
        assert isinstance(outcome, Success), outcome
        return outcome.value

    def add(self, name: str, *words: str) -> str:
        """Somebody with a note; gives the id of the note."""
        outcome = self.engine.run_mutation(Call("people:add", {"name": name, "words": list(words)}, "mutation")).outcome
        assert isinstance(outcome, Success), outcome
        return str(outcome.value)

    def insert(self, anything: Value, visits: Value) -> None:
        """Somebody who was here so often, with a note of anything."""
        person: Document = {"name": "Somebody", "age": 7.0, "visits": visits}

        def work(run: Run) -> None:
            stored = run.transaction.stored
            author = stored.insert("people", person)
            stored.insert("notes", {"author": author, "words": [], "anything": anything})

        self.engine.transact(work)

    def stored(self, table: str) -> list[Document]:
        """All documents of a table, in the order of their ids."""
        number = self.engine.live().catalogue.tables[table].number
        return [stored_document(row.value) for row in rows_of(self.store, number, self.store.latest)]

    @property
    def names(self) -> Value:
        return self.query("people:names")

    def names_result(self) -> QueryResult:
        """The same, to be watched."""
        return self.asked.run_query(Call("people:names", {}, "query", ADMIN))

    def upload(self, content: bytes, format_: str, mode: str = "requireEmpty", table: str | None = None) -> str:
        """Have a file looked into, and come back when that is done; gives the id of the import."""
        token = self.transfers.uploads.start()
        parts = [
            self.transfers.uploads.put(token, number, content[start : start + 1000])
            for number, start in enumerate(range(0, len(content), 1000), 1)
        ]
        request = ImportRequest(cast("records.Format", format_), cast("records.Mode", mode), table)
        import_ = self.transfers.finish_upload(request, token, parts)
        self.wait_for(lambda: self.state(import_)["state"] in ("waiting_for_confirmation", "failed"))
        return import_

    def put(self, content: bytes, format_: str, mode: str = "requireEmpty", table: str | None = None) -> Document:
        """Import a file, and give what became of it."""
        import_ = self.upload(content, format_, mode, table)
        if self.state(import_)["state"] == "failed":
            return self.state(import_)
        self.transfers.perform(import_)
        return self.ended(import_)

    def ended(self, import_: str) -> Document:
        """What becomes of an import."""
        self.wait_for(lambda: self.state(import_)["state"] in ("completed", "failed"))
        return self.state(import_)

    def state(self, import_: str) -> Document:
        """How far an import is."""
        found = cast("Document", self.query("_system/cli/queryImport:default", importId=import_))
        return cast("Document", found["state"])

    def export(self, *, files: bool = False) -> bytes:
        """A snapshot as a zip file."""
        assert self.transfers.request_export(files=files)
        self.wait_for(lambda: self.latest_export()["state"] in ("completed", "failed"))
        snapshot = self.latest_export()["start_ts"]
        assert isinstance(snapshot, int)
        found = self.transfers.exported(snapshot)
        assert found is not None
        return found.read_bytes()

    def latest_export(self) -> Document:
        return cast("Document", self.query("_system/cli/exports:getLatest"))

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Come back when something is so, looking whenever anything was committed."""
        while True:
            committed = threading.Event()
            result = self.asked.run_query(Call("_system/cli/queryImport:list", {}, "query", ADMIN))
            other = self.asked.run_query(Call("_system/cli/exports:getLatest", {}, "query", ADMIN))
            watches = [self.asked.watch(each, committed.set) for each in (result, other)]
            try:
                if condition():
                    return
                assert committed.wait(DEADLINE)
            finally:
                for watch in watches:
                    watch.close()


Places = Callable[..., Place]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    """Makes backends, and closes them."""
    with ExitStack() as open_:

        def place(store: Store | None = None, seed: int = 1) -> Place:
            made = Place(tmp_path / f"place {seed}", store, seed)
            open_.callback(made.close)
            return made

        yield place


@pytest.fixture
def place(places: Places) -> Place:
    return places()


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A zip file of some files by their names."""
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """The files of a zip file by their names."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def renumbered(files: Mapping[str, bytes], numbers: Mapping[int, int]) -> bytes:
    """A snapshot as it would be where tables had other numbers."""

    def id_elsewhere(found: re.Match[str]) -> str:
        try:
            table, internal = decode_id(found[0])
        except InvalidIdError:
            return found[0]
        return encode_id(numbers.get(table, table), internal)

    changed: dict[str, str | bytes] = {}
    for name, content in files.items():
        text = re.sub(r"[0-9a-z]{31,37}", id_elsewhere, content.decode())
        if name == "_tables/documents.jsonl":
            text = re.sub(r"(?<=\"id\":)\d+", lambda found: str(numbers.get(int(found[0]), int(found[0]))), text)
        changed[name] = text
    return zipped(changed)
