"""`ctx.storage`: stored files, as functions of each kind may use them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from convexgen.authoring.contexts import Blob
from convexgen.authoring.ids import Id
from convexgen.authoring.system_tables import StoredFile
from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.files import FileUrls, StoredFiles, documents

R = TypeVar("R")


class FileReader:
    """The `StorageReader` of a transaction. What is asked is read: when a file goes, the queries run again."""

    def __init__(self, system: SystemDocuments, urls: FileUrls, now: float) -> None:
        self._system = system
        self._urls = urls
        self._now = now

    async def get_url(self, file: Id[StoredFile], /) -> str | None:
        return url_of(self._system, self._urls, file)


class FileWriter(FileReader):
    """The `StorageWriter` of a transaction, which began at `now`."""

    async def generate_upload_url(self) -> str:
        return self._urls.upload(self._now)

    async def delete(self, file: Id[StoredFile], /) -> None:
        documents.remove(self._system, file)


class FilesOfEngine(Protocol):
    """What an action reaches through the engine. `wait` runs what blocks without holding up the event loop."""

    files: StoredFiles
    urls: FileUrls

    def system(self, work: Callable[[SystemDocuments], R], /) -> R: ...
    def wait(self, work: Callable[[], R], /) -> Awaitable[R]: ...
    def milliseconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class ActionFiles:
    """The `StorageActions` of an action. Everything is a transaction of its own."""

    engine: FilesOfEngine

    async def get_url(self, file: Id[StoredFile], /) -> str | None:
        engine = self.engine
        return await engine.wait(lambda: engine.system(lambda system: url_of(system, engine.urls, file)))

    async def generate_upload_url(self) -> str:
        return self.engine.urls.upload(self.engine.milliseconds())

    async def delete(self, file: Id[StoredFile], /) -> None:
        engine = self.engine
        await engine.wait(lambda: engine.system(lambda system: documents.remove(system, file)))

    async def get(self, file: Id[StoredFile], /) -> Blob | None:
        def read() -> Blob | None:
            found = self.engine.files.find(file)
            return None if found is None else Blob(found.read_all(), found.content.content_type)

        return await self.engine.wait(read)

    async def store(
        self, content: bytes, /, *, content_type: str | None = None, sha256: str | None = None
    ) -> Id[StoredFile]:
        files = self.engine.files
        return Id(await self.engine.wait(lambda: files.store(content, content_type, sha256)))


def url_of(system: SystemDocuments, urls: FileUrls, file: str) -> str | None:
    """Where a file can be read, None if there is none."""
    name = documents.name_of(system, file)
    return None if name is None else urls.download(name)
