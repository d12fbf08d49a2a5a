"""Uploads of the generated client, to `convexgen dev` and to servers that misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import io
import socket
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.clients.backend import Backend
from tests.emit.python.server import serving

Upload = Callable[..., Any]
LARGE = bytes(range(256)) * 4096
"""Several pieces."""


@pytest.fixture(params=["waiting", "awaited"])
def upload(request: pytest.FixtureRequest, generated: ModuleType) -> Upload:
    """Uploads with a client of either flavour: `upload(SERVER, URL or None, ...)` gives the file's id."""

    def waiting(server: str, url: str | None, *arguments: object, timeout: float = 30, **more: Any) -> Any:
        with generated.Client(server, timeout=timeout) as client:
            return client.files.upload(url or client.pictures.upload_url(), *arguments, **more)

    def awaited(server: str, url: str | None, *arguments: object, timeout: float = 30, **more: Any) -> Any:
        async def main() -> Any:
            async with generated.AsyncClient(server, timeout=timeout) as client:
                return await client.files.upload(url or await client.pictures.upload_url(), *arguments, **more)

        return asyncio.run(main())

    return waiting if request.param == "waiting" else awaited


class Stored:
    """What the server has of a file."""

    def __init__(self, backend: Backend, file: str) -> None:
        self.url = backend.query("pictures:url", {"file": file})
        self.response = httpx.get(self.url, trust_env=False)
        self.content = self.response.content
        self.content_type = self.response.headers.get("content-type")


class OneWay(io.BytesIO):
    """A file that can be read once, as a pipe."""

    def seekable(self) -> bool:
        return False

    def seek(self, *arguments: Any) -> int:
        raise io.UnsupportedOperation

    tell = seek


def test_bytes(upload: Upload, backend: Backend, generated: ModuleType) -> None:
    file = upload(backend.url, None, b"hello", content_type="text/plain")
    assert type(file) is generated.Id
    stored = Stored(backend, file)
    assert (stored.content, stored.content_type) == (b"hello", "text/plain")
    assert Stored(backend, upload(backend.url, None, b"")).content == b""


def test_paths(upload: Upload, backend: Backend, tmp_path: Path) -> None:
    """The content type is that of the ending."""
    path = tmp_path / "picture.png"
    path.write_bytes(LARGE)
    stored = Stored(backend, upload(backend.url, None, path))
    assert (stored.content, stored.content_type) == (LARGE, "image/png")


def test_open_files(upload: Upload, backend: Backend, tmp_path: Path) -> None:
    """From where they stand to their end; they stay open."""
    (tmp_path / "file").write_bytes(LARGE)
    with (tmp_path / "file").open("rb") as file:
        file.seek(1000)
        assert Stored(backend, upload(backend.url, None, file)).content == LARGE[1000:]
        assert not file.closed
    assert Stored(backend, upload(backend.url, None, OneWay(LARGE))).content == LARGE


def test_what_is_sent(upload: Upload) -> None:
    with serving() as server:
        server.answer = '{"storageId": "f1"}'
        assert upload(server.url, f"{server.url}/upload?token=1", b"hello", content_type="text/plain") == "f1"
        headers = {name.lower(): value for name, value in server.last.headers.items()}
    assert (server.last.address, server.last.body) == ("/upload?token=1", "hello")
    assert headers["content-length"] == "5"
    assert headers["content-type"] == "text/plain"
    assert headers["digest"] == "sha-256=" + b64encode(hashlib.sha256(b"hello").digest()).decode()
    assert "transfer-encoding" not in headers
    assert "authorization" not in headers


def test_a_file_that_changes_meanwhile_is_refused(
    upload: Upload, backend: Backend, generated: ModuleType, tmp_path: Path
) -> None:
    class Changing(io.BytesIO):
        reads = 0

        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            if not piece:
                self.getbuffer()[:1] = b"x"
            return piece

    with pytest.raises(generated.RequestRejected, match="400 Sha256Mismatch"):
        upload(backend.url, None, Changing(b"hello"))


def test_urls_that_are_not_good(upload: Upload, backend: Backend, generated: ModuleType) -> None:
    with pytest.raises(generated.RequestRejected) as refused:
        upload(backend.url, f"{backend.url}/api/storage/upload?token=wrong", b"hello")
    assert (refused.value.status, refused.value.code) == (401, "StorageTokenInvalid")
    with pytest.raises(generated.ConnectionFailed, match="upload: "):
        upload(backend.url, "http://127.0.0.1:1/", b"hello")
    with pytest.raises(generated.ConnectionFailed, match="upload: "):
        upload(backend.url, "not a URL", b"hello")


@pytest.mark.parametrize("answer", ["null", "{}", '{"storageId": 1}', "no JSON"])
def test_answers_that_are_none(upload: Upload, generated: ModuleType, answer: str) -> None:
    with serving() as server:
        server.answer = answer
        with pytest.raises(generated.ProtocolError):
            upload(server.url, server.url, b"hello")


def test_a_server_that_says_nothing(upload: Upload, generated: ModuleType) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(generated.Timeout, match=r"upload: no answer within 0\.05 s"):
            upload(address, address, b"hello", timeout=0.05)


def test_files_that_cannot_be_read(upload: Upload, backend: Backend, tmp_path: Path) -> None:
    url = f"{backend.url}/api/storage/upload?token=wrong"
    with pytest.raises(FileNotFoundError):
        upload(backend.url, url, tmp_path / "missing")
    with pytest.raises(TypeError, match="open for reading bytes"):
        upload(backend.url, url, io.StringIO("text"))
