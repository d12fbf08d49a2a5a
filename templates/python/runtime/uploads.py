"""Sends files to the URLs that a server gives for uploads, piece by piece.

No file is held in memory as a whole. What can be read twice is: first for its SHA-256,
which the server holds against what arrives.
"""

from __future__ import annotations

import mimetypes
from base64 import b64encode
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import SEEK_END, BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, TypeAlias, runtime_checkable

from .errors import ProtocolError
from .transport import CLIENT_NAME
from .values import Id, JsonValue

Content: TypeAlias = "bytes | PathLike[str] | BinaryIO"
"""What is in a file: the bytes, the path of a file, or a file open for reading bytes."""

StorageId: TypeAlias = Id[Literal["_storage"]]

_NAME = "upload"
_PIECE = 2**18
"""Bytes that are read at once."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way. `timeout` is how many seconds may pass without progress."""

    url: str
    content: Content
    content_type: str | None
    timeout: float | None


@runtime_checkable
class Uploading(Protocol):
    """A transport that has its own way for uploads."""

    def upload(self, upload: Upload) -> JsonValue:
        """The server's answer."""
        ...


@runtime_checkable
class AsyncUploading(Protocol):
    """A transport that has its own way for uploads."""

    async def upload(self, upload: Upload) -> JsonValue:
        """The server's answer."""
        ...


def new_upload(
    url: str, content: Content, content_type: str | None, timeout: float | None
) -> Upload:
    """An upload. The content type of a path follows from its ending, if it is not given."""
    if content_type is None and isinstance(content, PathLike):
        content_type = mimetypes.guess_type(Path(content).name)[0]
    return Upload(url, content, content_type, timeout)


def stored_id(answer: JsonValue) -> StorageId:
    """The id in the server's answer to an upload."""
    match answer:
        case {"storageId": str(storage_id)}:
            return StorageId(storage_id)
        case _:
            raise ProtocolError(f"not an answer to an upload: {answer!r:.200}")


def send(upload: Upload) -> JsonValue:
    """The server's answer to `upload`."""
    import httpx  # slow to import

    from .http import answer_of, translated

    with (
        _opened(upload.content) as file,
        translated(_NAME, upload.timeout),
        httpx.Client(timeout=upload.timeout) as client,
    ):
        response = client.post(
            upload.url, content=_pieces(file), headers=_headers(upload, file)
        )
    return answer_of(response)


async def send_async(upload: Upload) -> JsonValue:
    """The server's answer to `upload`. Files are read in a thread."""
    from asyncio import to_thread  # slow to import, as is the next

    import httpx

    from .http import answer_of, translated

    with _opened(upload.content) as file, translated(_NAME, upload.timeout):
        headers = await to_thread(_headers, upload, file)
        async with httpx.AsyncClient(timeout=upload.timeout) as client:
            response = await client.post(
                upload.url, content=_async_pieces(file), headers=headers
            )
    return answer_of(response)


@contextmanager
def _opened(content: Content) -> Generator[BinaryIO, None, None]:
    """`content` as a file. One that was open stays open."""
    if isinstance(content, bytes):
        yield BytesIO(content)
    elif isinstance(content, PathLike):
        with Path(content).open("rb") as file:
            yield file
    else:
        yield content


def _headers(upload: Upload, file: BinaryIO) -> dict[str, str]:
    headers = {"Convex-Client": CLIENT_NAME}
    if upload.content_type is not None:
        headers["Content-Type"] = upload.content_type
    if file.seekable():
        start = file.tell()
        headers["Content-Length"] = str(file.seek(0, SEEK_END) - start)
        file.seek(start)
        headers["Digest"] = f"sha-256={_checksum(file)}"
        file.seek(start)
    return headers


def _checksum(file: BinaryIO) -> str:
    digest = sha256()
    for piece in _pieces(file):
        digest.update(piece)
    return b64encode(digest.digest()).decode()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := _read(file):
        yield piece


async def _async_pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    from asyncio import to_thread

    while piece := await to_thread(_read, file):
        yield piece


def _read(file: BinaryIO) -> bytes:
    piece: Any = file.read(_PIECE)
    if not isinstance(piece, bytes):
        raise TypeError("a file to upload must be open for reading bytes, as by 'rb'")
    return piece
