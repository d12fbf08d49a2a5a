"""Where the content of files lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from convexgen.dev.data_folder import DataFolder
from convexgen.dev.file_contents import InvalidBucketError, file_contents
from convexgen.runtime.files.disk_blobs import DiskBlobs
from convexgen.runtime.files.s3_blobs import S3Blobs


@pytest.mark.parametrize("variables", [{}, {"CONVEXGEN_FILES": ""}])
def test_in_the_data_folder(tmp_path: Path, variables: dict[str, str]) -> None:
    assert isinstance(file_contents(DataFolder(tmp_path), variables), DiskBlobs)
    assert [each.name for each in tmp_path.iterdir()] == ["files"]


def test_in_a_bucket(tmp_path: Path) -> None:
    assert isinstance(file_contents(DataFolder(tmp_path), {"CONVEXGEN_FILES": "s3://bucket/prefix"}), S3Blobs)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["bucket", "/folder", "http://127.0.0.1/bucket", "s3://", "file:///etc"])
def test_what_is_no_bucket(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidBucketError, match=r"^CONVEXGEN_FILES: "):
        file_contents(DataFolder(tmp_path), {"CONVEXGEN_FILES": url})
