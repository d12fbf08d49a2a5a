"""Every kind of blobs, and a gallery over each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from convexgen.runtime.files import Blobs
from convexgen.runtime.files.disk_blobs import DiskBlobs
from convexgen.runtime.files.memory_blobs import MemoryBlobs
from tests.runtime.files.gallery_engine import Gallery

KINDS: dict[str, Callable[[Path], Blobs]] = {"memory": lambda folder: MemoryBlobs(), "disk": DiskBlobs}


@pytest.fixture(params=KINDS)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return KINDS[request.param](tmp_path / "files")


@pytest.fixture
def gallery(blobs: Blobs) -> Gallery:
    return Gallery(blobs=blobs)
