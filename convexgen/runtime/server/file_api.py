"""The routes below `/api/storage`: taking files in and giving them out, part by part, without ever holding one whole.

Disks and services that keep the content block, so every part is a step in a thread. Clients may be slow, but not for
ever: each has some time to begin with, and more for every byte that moves.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Scope, Send

from convexgen.runtime.files import (
    BlobError,
    BlobReader,
    ChecksumMismatchError,
    FileUrls,
    FoundFile,
    InvalidContentTypeError,
    InvalidTokenError,
    MissingBlobError,
    StoredFiles,
    TokenExpiredError,
    TooLargeError,
    Upload,
)
from convexgen.runtime.files.blobs import PART
from convexgen.runtime.files.checksums import read_checksum
from convexgen.runtime.files.urls import DOWNLOAD_PATH, UPLOAD_PATH, name_in
from convexgen.runtime.server.answers import json_response
from convexgen.runtime.server.byte_ranges import ByteRange, UnsatisfiableRangeError, byte_range
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.values import write_json

T = TypeVar("T")

logger = logging.getLogger("convexgen.server")

PATIENCE: Final = 60.0
"""Seconds that a client has beside those for what moves."""
SLOWEST: Final = 4096
"""Bytes a second that a client has to take or give in the long run."""

_PDF: Final = "application/pdf"
"""What browsers show apart from the page that it came for, and do not show in a sandbox.

All other files are shown in one: what somebody has uploaded must not run scripts in the name of this server, where the
dashboard is.
"""

_digest = re.compile(r"[ \t]*sha-256=([^,]*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class FileApi:
    """Endpoints. `now` gives milliseconds since the epoch; `patience` is in seconds."""

    files: StoredFiles
    urls: FileUrls
    now: Callable[[], float]
    patience: float = PATIENCE

    def routes(self) -> list[BaseRoute]:
        """All of them. That for uploads comes first, since its path is one of the other's."""
        return [
            Route(UPLOAD_PATH, self._upload, methods=["POST"]),
            Route(f"{DOWNLOAD_PATH}{{name}}", self._download, methods=["GET"]),
        ]

    async def _upload(self, request: Request) -> Response:
        self._check_token(request.query_params.get("token", ""))
        expected = _expected_checksum(request.headers.get("digest"))
        if _announced(request) > self.files.maximum:
            raise _too_large(TooLargeError(self.files.maximum))
        with _as_refusals():
            upload = self.files.begin()
        try:
            await self._receive(request, upload)
            content_type = request.headers.get("content-type")
            file = await _blocking(lambda: self.files.keep(upload, content_type, expected))
        except TooLargeError as error:
            raise _too_large(error) from None
        except ChecksumMismatchError as error:
            raise RequestError(400, "Sha256Mismatch", f"The file is not what was sent: {error}.") from None
        except InvalidContentTypeError as error:
            raise RequestError(400, "InvalidContentType", f"{error}.") from None
        finally:
            await _blocking(upload.discard)
        return json_response(write_json({"storageId": file}))

    def _check_token(self, token: str) -> None:
        try:
            self.urls.check_token(token, self.now())
        except TokenExpiredError:
            message = "The URL for uploads was good for an hour. Ask for another one."
            raise RequestError(401, "StorageTokenExpired", message) from None
        except InvalidTokenError:
            message = "This is no URL for uploads: it has no token of this backend."
            raise RequestError(401, "StorageTokenInvalid", message) from None

    async def _receive(self, request: Request, upload: Upload) -> None:
        """Write the body to the upload. Raises `RequestError`, `TooLargeError`, `BlobError`."""
        waiting, size = bytearray(), 0
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(self.patience) as limit:
                async for part in request.stream():
                    size += len(part)
                    limit.reschedule(begun + self.patience + size / SLOWEST)
                    waiting += part
                    if len(waiting) >= PART:
                        await _write(upload, waiting)
                await _write(upload, waiting)
        except TimeoutError:
            raise RequestError(408, "RequestTimeout", "The file came too slowly.") from None
        except ClientDisconnect:
            raise RequestError(400, "ClientDisconnected", "The client went away.") from None

    async def _download(self, request: Request) -> Response:
        asked: str = request.path_params["name"]
        name = name_in(asked)
        if name is None:
            raise RequestError(
                400,
                "InvalidStoragePath",
                f"{asked[:100]!a} is no path of a file. `ctx.storage.get_url` gives URLs of files.",
            )
        found = await _blocking(lambda: self.files.find_named(name))
        if found is None:
            raise _missing(name)
        try:
            wanted = byte_range(request.headers.get("range"), found.content.size)
        except UnsatisfiableRangeError as error:
            headers = {"Content-Range": f"bytes */{found.content.size}"}
            raise RequestError(416, "RangeNotSatisfiable", f"The range cannot be had: {error}.", headers) from None
        reader = found.open(*(wanted or (0, found.content.size)))
        body = _Body(reader, self.patience)
        if request.method != "HEAD":
            try:
                await body.begin()
            except MissingBlobError:  # it was deleted since
                raise _missing(name) from None
        return _FileResponse(body, 206 if wanted else 200, _headers(found, wanted))


class _Body:
    """What is sent of a file. Its first part is read before anything is promised."""

    def __init__(self, reader: BlobReader, patience: float) -> None:
        self.reader = reader
        self.patience = patience
        self._part = b""

    async def begin(self) -> None:
        self._part = await _blocking(self.reader.read)

    async def parts(self) -> AsyncIterator[bytes]:
        while self._part:
            yield self._part
            self._part = await _blocking(self.reader.read)


class _FileResponse(StreamingResponse):
    """Lets go of the file whatever happens, and of clients that take too little for too long."""

    def __init__(self, body: _Body, status: int, headers: dict[str, str]) -> None:
        super().__init__(body.parts(), status, headers)
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, _patient(send, self._body.patience))
        finally:
            self._body.reader.close()


def _patient(send: Send, patience: float) -> Send:
    """Raises `RequestError` where sending takes too long in all."""
    begun, size = asyncio.get_running_loop().time(), 0

    async def sending(message: Message) -> None:
        nonlocal size
        size += len(message.get("body", b""))
        try:
            async with asyncio.timeout_at(begun + patience + size / SLOWEST):
                await send(message)
        except TimeoutError:
            raise RequestError(408, "RequestTimeout", "The file was taken too slowly.") from None

    return sending


async def _blocking(work: Callable[[], T]) -> T:
    """What `work` gives, in a thread. Raises what it raises, `RequestError` where content cannot be had just now."""
    with _as_refusals():
        return await asyncio.to_thread(work)


@contextmanager
def _as_refusals() -> Iterator[None]:
    try:
        yield
    except MissingBlobError:
        raise
    except BlobError as error:
        logger.exception("the content of a file could not be written or read")
        text = "Files cannot be stored or read just now. Try again later."
        raise RequestError(503, "FileStorageUnavailable", text) from error


async def _write(upload: Upload, waiting: bytearray) -> None:
    part = bytes(waiting)
    waiting.clear()
    await _blocking(lambda: upload.write(part))


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else 0


def _expected_checksum(header: str | None) -> str | None:
    """The checksum of a `Digest` header. Raises `RequestError` for a header that says none that we know."""
    if header is None:
        return None
    for each in header.split(","):
        found = _digest.fullmatch(each)
        if found is not None:
            try:
                return read_checksum(found[1].strip(" \t"))
            except ValueError as error:
                raise RequestError(400, "InvalidDigest", f"The header Digest cannot be used: {error}.") from None
    raise RequestError(400, "InvalidDigest", "The header Digest has no sha-256=<base64>.")


def _headers(found: FoundFile, part: ByteRange | None) -> dict[str, str]:
    content = found.content
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=2592000",
        "X-Content-Type-Options": "nosniff",
    }
    if content.content_type is not None:
        headers["Content-Type"] = content.content_type
    if content.content_type != _PDF:
        headers["Content-Security-Policy"] = "sandbox"
    if part is None:
        return {**headers, "Content-Length": str(content.size), "Digest": f"sha-256={content.sha256}"}
    size = part.stop - part.start
    where = f"bytes {part.start}-{part.stop - 1}/{content.size}"
    return {**headers, "Content-Length": str(size), "Content-Range": where}


def _too_large(error: TooLargeError) -> RequestError:
    return RequestError(413, "FileTooLarge", f"The file is too large: {error}.")


def _missing(name: str) -> RequestError:
    return RequestError(404, "FileNotFound", f"There is no file {name}.")
