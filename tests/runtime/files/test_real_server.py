"""Files on `convexgen dev` as people start it: pictures of the chat, and a server that is killed during uploads.

The ordinary run kills it a few times; `CONVEXGEN_KILLS=100` looks longer.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from convexgen.runtime.files.s3_blobs import S3Blobs
from tests.clients.backend import Backend
from tests.fixtures.projects import PROJECTS
from tests.runtime.files.s3_service import Service

KILLS = int(os.environ.get("CONVEXGEN_KILLS", "2"))
UPLOADERS = 3
VARIABLES = {"AUTH_DOMAIN": "https://people.example"}
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4000


class Chat:
    """The chat, used in the name of somebody who is signed in."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._http = httpx.Client(base_url=backend.url, trust_env=False)

    def call(self, kind: str, path: str, **arguments: Any) -> Any:
        user = {"subject": "ann", "issuer": "https://people.example", "name": "Ann"}
        acting = b64encode(json.dumps(user).encode()).decode()
        headers = {"Authorization": f"Convex {self.backend.admin_key}:{acting}"}
        answer = self._http.post(f"/api/{kind}", json={"path": path, "args": arguments}, headers=headers).json()
        assert answer["status"] == "success", answer
        return answer["value"]

    def upload_url(self) -> str:
        url = self.call("mutation", "images:generateUploadUrl")
        assert isinstance(url, str)
        return url

    def get(self, url: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self._http.get(url, headers=headers)

    def post(self, url: str, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return self._http.post(url, content=content, headers=headers)

    def close(self) -> None:
        self._http.close()


@contextmanager
def serving_chat(folder: Path, variables: dict[str, str]) -> Iterator[Chat]:
    ignored = shutil.ignore_patterns("node_modules", "__pycache__")
    project = shutil.copytree(PROJECTS / "chat", folder / "chat", ignore=ignored)
    with Backend(project, folder, {**VARIABLES, **variables}) as backend, closing(Chat(backend)) as chat:
        chat.call("mutation", "users:store")
        yield chat


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    with serving_chat(tmp_path, {}) as chat:
        yield chat


def test_a_picture_in_a_message(chat: Chat) -> None:
    answer = chat.post(chat.upload_url(), PICTURE, {"Content-Type": "image/png"})
    image = answer.json()["storageId"]
    channel = chat.call("mutation", "channels:create", name="pictures")
    chat.call("mutation", "messages:send", channel=channel, text="look", image=image)
    first_page = {"numItems": 10, "cursor": None}
    (message,) = chat.call("query", "messages:list", channel=channel, paginationOpts=first_page)["page"]

    assert chat.call("query", "images:size", image=image) == len(PICTURE)
    assert message["image"] == image
    assert message["imageUrl"] == chat.call("query", "images:url", image=image)
    assert message["imageUrl"].startswith(f"{chat.backend.url}/api/storage/")
    downloaded = chat.get(message["imageUrl"])
    assert (downloaded.content, downloaded.headers["content-type"]) == (PICTURE, "image/png")
    part = chat.get(message["imageUrl"], {"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")

    chat.call("mutation", "messages:delete", message=message["_id"])
    assert chat.call("query", "images:url", image=image) is None
    assert chat.get(message["imageUrl"]).json()["code"] == "FileNotFound"


def test_pictures_in_a_bucket(tmp_path: Path, s3: Service) -> None:
    bucket = s3.new_bucket_name()
    with serving_chat(tmp_path, {**s3.variables, "CONVEXGEN_FILES": f"s3://{bucket}/some/where"}) as chat:
        image = chat.post(chat.upload_url(), PICTURE).json()["storageId"]
        url = chat.call("query", "images:url", image=image)
        assert chat.get(url).content == PICTURE
        assert chat.get(url, {"Range": "bytes=1-3"}).content == b"PNG"
        stored = S3Blobs(s3.bucket(bucket, "some/where"))
        assert list(stored.names()) == [url.rpartition("/")[2]]
        assert not (chat.backend.data / "files").exists()


@dataclass
class Uploads:
    """Files that were uploaded until the server was gone. `acknowledged` has what is in each, by its id."""

    acknowledged: dict[str, bytes] = field(default_factory=dict)

    def go_on(self, url: str, numbers: Iterator[int], enough: int, done: threading.Event) -> None:
        """Upload one file after the other; tell when `enough` are acknowledged."""
        parts = urlsplit(url)
        connection = HTTPConnection(str(parts.hostname), parts.port or 80, timeout=30)
        try:
            for number in numbers:
                content = b"%d " % number * 100_000
                connection.request("POST", f"{parts.path}?{parts.query}", content)
                self.acknowledged[json.load(connection.getresponse())["storageId"]] = content
                if len(self.acknowledged) >= enough:
                    done.set()
        except (OSError, HTTPException, ValueError):
            pass  # the server is gone
        finally:
            done.set()
            connection.close()


def test_what_was_acknowledged_survives_kills_and_nothing_half_written_does(chat: Chat) -> None:
    chance, numbers, uploads = Random(7), count(), Uploads()
    url = chat.upload_url()
    for _ in range(KILLS):
        done = threading.Event()
        enough = len(uploads.acknowledged) + chance.randint(1, 6)
        threads = [threading.Thread(target=uploads.go_on, args=(url, numbers, enough, done)) for _ in range(UPLOADERS)]
        for thread in threads:
            thread.start()
        done.wait()
        chat.backend.kill()
        for thread in threads:
            thread.join()
        chat.backend.start()
        assert list((chat.backend.data / "files" / "incoming").iterdir()) == []
    assert len(uploads.acknowledged) >= KILLS
    for image, content in uploads.acknowledged.items():
        assert chat.get(chat.call("query", "images:url", image=image)).content == content
