"""Uploads and downloads, over an engine in memory or on a disk and without a network."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from convexgen.runtime.files import BlobError, Blobs, BlobWriter
from convexgen.runtime.files.disk_blobs import DiskBlobs
from convexgen.runtime.files.memory_blobs import MemoryBlobs
from convexgen.runtime.files.urls import LIFETIME
from convexgen.runtime.server.app import application
from convexgen.runtime.server.file_api import FileApi
from tests.runtime.files.gallery_engine import ORIGIN, Gallery
from tests.runtime.server.conftest import ABOUT, Client

MAXIMUM = 600_000
CONTENT = bytes(range(256)) * 2000
UNKNOWN = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def digest(content: bytes) -> str:
    return f"sha-256={b64encode(sha256(content).digest()).decode()}"


class Served:
    """A gallery with its server. `now`: milliseconds since the epoch."""

    def __init__(self, blobs: Blobs, patience: float = 60.0) -> None:
        self.gallery = Gallery(blobs=blobs)
        self.now = self.gallery.clock.now / 1_000_000
        files = self.gallery.engine.files
        files.maximum = MAXIMUM
        api = FileApi(files, self.gallery.engine.urls, lambda: self.now, patience)
        self.app: ASGIApp = application(ABOUT, api.routes())
        self.client = Client(self.app)

    @property
    def upload_path(self) -> str:
        return self.gallery.engine.urls.upload(self.now).removeprefix(ORIGIN)

    def upload(self, content: bytes, headers: dict[str, str] | None = None) -> str:
        """Where the file can be read."""
        answer = self.client.post(self.upload_path, content=content, headers=headers)
        assert answer.status_code == 200, answer.text
        assert list(answer.json()) == ["storageId"]
        url = self.gallery.query("url", file=answer.json()["storageId"])
        assert isinstance(url, str)
        return url.removeprefix(ORIGIN)

    def nothing_is_left(self) -> bool:
        return self.gallery.files == [] and self.gallery.query("sizes") == []


@pytest.fixture(params=["memory", "disk"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Served:
    return Served(MemoryBlobs() if request.param == "memory" else DiskBlobs(tmp_path))


def refused(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert sorted(found) == ["code", "message"]
    return answer.status_code, found["code"]


class TestUploads:
    @pytest.mark.parametrize("content", [b"", b"x", CONTENT, b"x" * MAXIMUM])
    def test_what_goes_in_comes_out(self, served: Served, content: bytes) -> None:
        path = served.upload(content, {"Content-Type": "image/png", "Digest": digest(content)})
        answer = served.client.get(path)
        assert (answer.status_code, answer.content) == (200, content)
        assert dict(answer.headers) == {
            "content-type": "image/png",
            "content-length": str(len(content)),
            "digest": digest(content),
            "cache-control": "private, max-age=2592000",
            "accept-ranges": "bytes",
            "content-security-policy": "sandbox",
            "x-content-type-options": "nosniff",
            "vary": "Origin",
        }

    def test_a_url_may_be_used_again(self, served: Served) -> None:
        paths = {served.upload(b"the same") for _ in range(3)}
        assert len(paths) == 3

    def test_the_type_is_kept_as_it_came(self, served: Served) -> None:
        path = served.upload(b"{}", {"Content-Type": 'application/x-Odd; Charset="utf-8"'})
        assert served.client.get(path).headers["content-type"] == 'application/x-Odd; Charset="utf-8"'

    @pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/pdf; text/html", None])
    def test_what_was_uploaded_runs_no_scripts(self, served: Served, content_type: str | None) -> None:
        """For it would run them in the name of this server."""
        path = served.upload(b"<script>", None if content_type is None else {"Content-Type": content_type})

        assert served.client.get(path).headers["content-security-policy"] == "sandbox"

    def test_what_browsers_do_not_show_in_a_sandbox_is_shown(self, served: Served) -> None:
        headers = served.client.get(served.upload(b"%PDF-1.7", {"Content-Type": "application/pdf"})).headers

        assert "content-security-policy" not in headers
        assert headers["x-content-type-options"] == "nosniff"

    def test_without_a_type_there_is_none(self, served: Served) -> None:
        assert "content-type" not in served.client.get(served.upload(b"")).headers

    @pytest.mark.parametrize(
        "token", ["", "?token=", "?token=1.abc", "?token=../../x", "?other=1", f"?token=9999999999999.{'a' * 43}"]
    )
    def test_without_a_good_token(self, served: Served, token: str) -> None:
        answer = served.client.post(f"/api/storage/upload{token}", content=b"x")
        assert refused(answer) == (401, "StorageTokenInvalid")
        assert served.nothing_is_left()

    def test_an_hour_later(self, served: Served) -> None:
        path = served.upload_path
        served.now += LIFETIME
        assert refused(served.client.post(path, content=b"x")) == (401, "StorageTokenExpired")
        assert served.nothing_is_left()

    @pytest.mark.parametrize(
        ("header", "code"),
        [
            (digest(b"other"), "Sha256Mismatch"),
            ("sha-256=abc", "InvalidDigest"),
            ("sha-256=", "InvalidDigest"),
            ("md5=HUXZLQLMuI/KZ5KDcJPcOA==", "InvalidDigest"),
            ("", "InvalidDigest"),
        ],
    )
    def test_a_digest_that_does_not_fit(self, served: Served, header: str, code: str) -> None:
        answer = served.client.post(served.upload_path, content=CONTENT, headers={"Digest": header})
        assert refused(answer) == (400, code)
        assert served.nothing_is_left()

    def test_a_digest_among_others(self, served: Served) -> None:
        served.upload(b"x", {"Digest": f"md5=HUXZLQLMuI/KZ5KDcJPcOA==, SHA-256={digest(b'x')[8:]}"})

    @pytest.mark.parametrize("header", [b"text/html\r\nSet-Cookie: a=b", b"a\nb", b"a\0b", b"gr\xf6\xdfe", b"x" * 1001])
    def test_a_type_that_is_no_header(self, served: Served, header: bytes) -> None:
        answer = served.client.post(served.upload_path, content=b"x", headers={b"Content-Type": header})
        assert refused(answer) == (400, "InvalidContentType")
        assert served.nothing_is_left()

    def test_a_file_that_is_announced_too_large_is_not_even_begun(self, served: Served) -> None:
        headers = {"Content-Length": str(MAXIMUM + 1)}
        assert refused(served.client.post(served.upload_path, content=b"", headers=headers)) == (413, "FileTooLarge")

    def test_a_file_that_becomes_too_large(self, served: Served) -> None:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(MAXIMUM // 1000 + 1):
                yield b"x" * 1000

        answer = served.client.post(served.upload_path, content=parts())
        assert refused(answer) == (413, "FileTooLarge")
        assert served.nothing_is_left()

    def test_other_methods(self, served: Served) -> None:
        assert refused(served.client.request("PUT", served.upload_path, content=b"x")) == (405, "MethodNotAllowed")
        assert refused(served.client.get("/api/storage/upload")) == (400, "InvalidStoragePath")


class TestBrokenOff:
    """Requests that do not come to their end. `gone` stands for the moment from which nothing more comes."""

    def ask(self, served: Served, *messages: Message) -> list[Message]:
        """What is answered to messages of a server, after which it is silent."""
        coming = list(messages)
        answered: list[Message] = []

        async def receive() -> Message:
            if not coming:
                await asyncio.Event().wait()
            return coming.pop(0)

        async def send(message: Message) -> None:
            answered.append(message)

        path, _, query = served.upload_path.partition("?")
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [],
        }

        async def ask() -> None:
            await served.app(scope, receive, send)

        asyncio.run(ask())
        return answered

    def test_a_client_that_goes_away(self, served: Served) -> None:
        part = {"type": "http.request", "body": CONTENT, "more_body": True}
        self.ask(served, part, {"type": "http.disconnect"})
        assert served.nothing_is_left()

    def test_a_client_that_sends_no_more(self, tmp_path: Path) -> None:
        served = Served(DiskBlobs(tmp_path), patience=0.0)
        start, body = self.ask(served, {"type": "http.request", "body": b"", "more_body": True})
        assert start["status"] == 408
        assert json.loads(body["body"]) == {"code": "RequestTimeout", "message": "The file came too slowly."}
        assert served.nothing_is_left()
        assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


class TestDownloads:
    @pytest.mark.parametrize(
        ("header", "start", "stop"),
        [("bytes=0-9", 0, 10), ("bytes=300000-", 300_000, 512_000), ("bytes=-1", 511_999, 512_000)],
    )
    def test_a_part(self, served: Served, header: str, start: int, stop: int) -> None:
        path = served.upload(CONTENT, {"Content-Type": "image/png"})
        answer = served.client.get(path, headers={"Range": header})
        assert (answer.status_code, answer.content) == (206, CONTENT[start:stop])
        assert dict(answer.headers) == {
            "content-type": "image/png",
            "content-length": str(stop - start),
            "content-range": f"bytes {start}-{stop - 1}/{len(CONTENT)}",
            "cache-control": "private, max-age=2592000",
            "accept-ranges": "bytes",
            "content-security-policy": "sandbox",
            "x-content-type-options": "nosniff",
            "vary": "Origin",
        }

    @pytest.mark.parametrize("header", ["bytes=0-1,4-5", "bytes=512000-"])
    def test_a_part_that_cannot_be_had(self, served: Served, header: str) -> None:
        answer = served.client.get(served.upload(CONTENT), headers={"Range": header})
        assert refused(answer) == (416, "RangeNotSatisfiable")
        assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"

    def test_a_part_of_an_empty_file(self, served: Served) -> None:
        answer = served.client.get(served.upload(b""), headers={"Range": "bytes=0-"})
        assert (answer.status_code, answer.headers["content-length"]) == (200, "0")

    def test_only_the_headers(self, served: Served) -> None:
        path = served.upload(CONTENT)
        answer = served.client.request("HEAD", path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == str(len(CONTENT))
        assert answer.headers["digest"] == digest(CONTENT)

    @pytest.mark.parametrize(
        "name", ["x", "..", "%2e%2e", f"{UNKNOWN}x", f"{UNKNOWN}%0a", f"{{{UNKNOWN}}}", "a%00b", "größe"]
    )
    def test_what_is_no_name(self, served: Served, name: str) -> None:
        assert refused(served.client.get(f"/api/storage/{name}")) in {(400, "InvalidStoragePath"), (404, "NotFound")}

    @pytest.mark.parametrize("name", ["..%2f..%2fadmin-key", "%2e%2e/%2e%2e/etc/passwd", f"{UNKNOWN}/.."])
    def test_ways_out_of_the_folder(self, served: Served, name: str) -> None:
        assert served.client.get(f"/api/storage/{name}").status_code == 404

    def test_an_unknown_file(self, served: Served) -> None:
        assert refused(served.client.get(f"/api/storage/{UNKNOWN}")) == (404, "FileNotFound")

    def test_a_deleted_file(self, served: Served) -> None:
        answer = served.client.post(served.upload_path, content=b"x")
        file = answer.json()["storageId"]
        path = str(served.gallery.query("url", file=file)).removeprefix(ORIGIN)
        served.gallery.mutate("delete", file=file)
        assert refused(served.client.get(path)) == (404, "FileNotFound")

    def test_a_file_whose_content_is_going(self, served: Served) -> None:
        """It was found, and deleted before it was opened."""
        path = served.upload(b"x")
        served.gallery.blobs.delete(path.rpartition("/")[2])
        assert refused(served.client.get(path)) == (404, "FileNotFound")

    def test_pages_of_all_origins_may_ask(self, served: Served) -> None:
        headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
        answer = served.client.options(served.upload_path, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        path = served.upload(b"x", {"Origin": "https://app.example"})
        answer = served.client.get(path, headers={"Origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "https://app.example"


class _FullWriter:
    def write(self, part: bytes) -> None:
        raise BlobError("No space left on device")

    def finish(self) -> None:
        raise BlobError("No space left on device")

    def discard(self) -> None:
        """There is nothing."""


class _Full(MemoryBlobs):
    def create(self, name: str) -> BlobWriter:  # type: ignore[override]
        return _FullWriter()


def test_a_full_disk(caplog: pytest.LogCaptureFixture) -> None:
    served = Served(_Full())
    answer = served.client.post(served.upload_path, content=b"x")
    assert refused(answer) == (503, "FileStorageUnavailable")
    assert "No space left" not in answer.text
    assert [record.message for record in caplog.records] == ["the content of a file could not be written or read"]
    assert served.nothing_is_left()
