"""Every kind of blobs, and a gallery over each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.runtime.files import Blobs
from convexgen.runtime.files.disk_blobs import DiskBlobs
from convexgen.runtime.files.memory_blobs import MemoryBlobs
from convexgen.runtime.files.s3_blobs import S3Blobs
from tests.runtime.files.gallery_engine import Gallery
from tests.runtime.files.s3_service import Service, serving


@pytest.fixture(scope="package")
def s3() -> Iterator[Service]:
    """A service that tests share, so that each has a bucket of its own."""
    with serving() as service:
        yield service


@pytest.fixture(params=["memory", "disk", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "memory":
        return MemoryBlobs()
    if request.param == "disk":
        return DiskBlobs(tmp_path / "files")
    service = request.getfixturevalue("s3")
    assert isinstance(service, Service)
    return S3Blobs(service.new_bucket())


@pytest.fixture
def gallery(blobs: Blobs) -> Gallery:
    return Gallery(blobs=blobs)
