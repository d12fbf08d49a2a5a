"""`Transfers`: the imports and exports of one backend, in threads of their own.

Life cycle: `deployed` whenever a program went live, the first time of which it is said of all that an earlier process
has left that it failed; `close` stops what runs, with nothing imported, and waits for it. Imports are carried out one
after the other, exports too.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Final, cast

from convexgen.authoring.ids import Int64
from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.store import StoreError
from convexgen.runtime.transfer import records
from convexgen.runtime.transfer.documents import SystemFields
from convexgen.runtime.transfer.exports import export
from convexgen.runtime.transfer.imports import Import
from convexgen.runtime.transfer.problems import ImportRefusedError
from convexgen.runtime.transfer.records import Document, ImportRequest
from convexgen.runtime.transfer.summaries import summary_text
from convexgen.runtime.transfer.uploads import Uploads
from convexgen.runtime.values import Value

logger = logging.getLogger("convexgen.transfer")

_BROKEN: Final = "The backend could not carry this out; its log says why. Nothing was imported."


class UnknownImportError(Exception):
    """There is no such import, or not one that can be carried out. The text says which."""


class _StoppedError(Exception):
    """The backend is being closed."""


class Transfers:
    """Any thread may call anything; it blocks, but for no longer than the disk does. `random`: for ids.

    Raises `EngineError` and `OSError`.
    """

    def __init__(self, engine: Engine, folder: Path, random: Random) -> None:
        self.uploads = Uploads(folder / "imports")
        self._engine = engine
        self._exports = folder / "exports"
        self._random = random
        self._closing = threading.Event()
        self._is_new = True
        self._importing = ThreadPoolExecutor(1, thread_name_prefix="convexgen import")
        self._exporting = ThreadPoolExecutor(1, thread_name_prefix="convexgen export")

    def deployed(self) -> None:
        """Begin, with the first program."""
        if self._is_new:
            self.uploads.clear()
            self._exports.mkdir(parents=True, exist_ok=True)
            self._engine.system(records.interrupted)
            self._is_new = False

    def close(self) -> None:
        """Stop what runs, and wait for it."""
        self._closing.set()
        for pool in (self._importing, self._exporting):
            pool.shutdown(wait=True, cancel_futures=True)

    def finish_upload(self, request: ImportRequest, token: str, parts: Sequence[str]) -> str:
        """Look into what was uploaded; gives the id of the import. Raises `UploadError`."""
        import_ = self._engine.system(lambda system: records.add_import(system, request))
        try:
            self.uploads.finish(token, parts, import_)
        except BaseException as error:
            failed = records.failed(f"The upload did not end well: {error}")
            self._engine.system(lambda system: records.set_import(system, import_, failed))
            raise
        self._importing.submit(self._check, import_, request)
        return import_

    def perform(self, import_: str) -> None:
        """Carry out an import that waits for it. Raises `UnknownImportError`."""

        def begin(system: SystemDocuments) -> ImportRequest:
            found = records.import_of(system, import_)
            if found is None:
                raise UnknownImportError("there is no such import")
            if cast("Document", found["state"])["state"] != "waiting_for_confirmation":
                raise UnknownImportError("the import does not wait to be carried out")
            records.set_import(system, import_, records.in_progress("Importing"))
            return records.request_of(found)

        request = self._engine.system(begin)
        self._importing.submit(self._carry_out, import_, request)

    def _check(self, import_: str, request: ImportRequest) -> None:
        def check() -> None:
            summary = self._import(import_, request, lambda _: self._go_on()).check()
            deletes = any(each.deletes for each in summary.values())
            self._set(import_, records.waiting(summary_text(summary), deletes=deletes))

        self._watched(import_, check)

    def _carry_out(self, import_: str, request: ImportRequest) -> None:
        def tell(message: str) -> None:
            self._go_on()
            self._set(import_, records.in_progress(message))

        def carry_out() -> None:
            self._import(import_, request, tell).carry_out(import_)

        self._watched(import_, carry_out)
        self.uploads.forget(import_)

    def _import(self, import_: str, request: ImportRequest, tell: Callable[[str], None]) -> Import:
        given = SystemFields(self._random, self._engine.milliseconds())
        return Import(self._engine, self.uploads.path(import_), request, given, tell)

    def _watched(self, import_: str, work: Callable[[], None]) -> None:
        """Do something for an import; whatever is wrong, it failed."""
        try:
            work()
        except ImportRefusedError as error:
            self._fail(import_, str(error))
        except _StoppedError:
            self._fail(import_, records.STOPPED)
        except Exception:
            logger.exception("an import came to nothing")
            self._fail(import_, _BROKEN)

    def _fail(self, import_: str, message: str) -> None:
        try:
            self.uploads.forget(import_)
            self._set(import_, records.failed(message))
        except (EngineError, StoreError, OSError):
            logger.exception("nobody can be told that an import failed")

    def _set(self, import_: str, state: Document) -> None:
        self._engine.system(lambda system: records.set_import(system, import_, state))

    def _go_on(self) -> None:
        if self._closing.is_set():
            raise _StoppedError

    def request_export(self, *, files: bool) -> bool:
        """Begin an export, of what there is now or soon; false while another one is going on."""
        export_ = self._engine.system(lambda system: records.add_export(system, files=files))
        if export_ is not None:
            self._exporting.submit(self._export, export_, files)
        return export_ is not None

    def exported(self, snapshot: int) -> Path | None:
        """The file of a completed export, None if there is none (any more)."""
        path = self._exports / f"{snapshot}.zip"
        return path if path.is_file() else None

    def _export(self, export_: str, files: bool) -> None:
        written = self._exports / "new"
        try:
            self._set_export(export_, "in_progress")
            snapshot = export(self._engine, written, files=files, go_on=self._go_on)
            for old in self._exports.glob("*.zip"):
                old.unlink()
            name = f"{snapshot}.zip"
            written.replace(self._exports / name)
            times = {"start_ts": Int64(snapshot), "complete_ts": Int64(self._engine.latest)}
            self._set_export(export_, "completed", zip_object_key=name, **times)
        except Exception as error:
            if not isinstance(error, _StoppedError):
                logger.exception("an export came to nothing")
            written.unlink(missing_ok=True)
            try:
                self._set_export(export_, "failed")
            except (EngineError, StoreError):
                logger.exception("nobody can be told that an export failed")

    def _set_export(self, export_: str, state: str, **fields: Value) -> None:
        self._engine.system(lambda system: records.set_export(system, export_, state, **fields))
