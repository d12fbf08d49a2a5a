"""What every store of blobs promises, and what that on a disk does besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from convexgen.runtime.files import BlobError, Blobs, MissingBlobError
from convexgen.runtime.files.blobs import PART
from convexgen.runtime.files.disk_blobs import DiskBlobs

ONE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OTHER = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"


def put(blobs: Blobs, name: str, *parts: bytes) -> None:
    writer = blobs.create(name)
    for part in parts:
        writer.write(part)
    writer.finish()


def content(blobs: Blobs, name: str, start: int = 0, stop: int = 6) -> bytes:
    reader = blobs.open(name, start, stop)
    parts = list(iter(reader.read, b""))
    reader.close()
    return b"".join(parts)


@pytest.mark.parametrize("parts", [(), (b"",), (b"one",), (b"one", b"", b"two"), (b"x" * PART * 2, b"y")])
def test_what_was_written_is_read(blobs: Blobs, parts: tuple[bytes, ...]) -> None:
    put(blobs, ONE, *parts)
    whole = b"".join(parts)
    assert content(blobs, ONE, 0, len(whole)) == whole
    assert list(blobs.names()) == [ONE]


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [(0, 3, b"abc"), (2, 4, b"cd"), (5, 6, b"f"), (0, 0, b""), (4, 2, b""), (3, 100, b"def")],
)
def test_a_stretch_of_it(blobs: Blobs, start: int, stop: int, expected: bytes) -> None:
    put(blobs, ONE, b"abcdef")
    assert content(blobs, ONE, start, stop) == expected


def test_before_it_is_finished_there_is_nothing(blobs: Blobs) -> None:
    writer = blobs.create(ONE)
    writer.write(b"begun")
    assert list(blobs.names()) == []
    with pytest.raises(MissingBlobError, match=f"^there is no blob {ONE}$"):
        content(blobs, ONE, 0, 5)
    writer.finish()
    assert content(blobs, ONE) == b"begun"


def test_what_is_discarded_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    writer = blobs.create(ONE)
    writer.write(b"begun")
    writer.discard()
    writer.discard()
    assert list(blobs.names()) == []
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_what_is_finished_cannot_be_discarded(blobs: Blobs) -> None:
    writer = blobs.create(ONE)
    writer.write(b"kept")
    writer.finish()
    writer.discard()
    assert content(blobs, ONE) == b"kept"


def test_deleting(blobs: Blobs) -> None:
    put(blobs, ONE, b"one")
    put(blobs, OTHER, b"other")
    blobs.delete(ONE)
    blobs.delete(ONE)
    assert list(blobs.names()) == [OTHER]
    with pytest.raises(MissingBlobError):
        content(blobs, ONE, 0, 3)


def test_a_closed_reader_gives_nothing(blobs: Blobs) -> None:
    put(blobs, ONE, b"x" * PART * 2)
    reader = blobs.open(ONE, 0, PART * 2)
    assert len(reader.read()) >= PART
    reader.close()
    reader.close()
    assert reader.read() == b""


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../admin-key",
        "/etc/passwd",
        ONE.upper(),
        f"{ONE}\n",
        f" {ONE}",
        f"{ONE}/..",
        ONE[:-1],
        f"{{{ONE}}}",
    ],
)
def test_only_names_of_blobs_are_taken(blobs: Blobs, name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a blob"):
        blobs.create(name)
    with pytest.raises(ValueError, match="is not the name of a blob"):
        blobs.open(name, 0, 1)
    with pytest.raises(ValueError, match="is not the name of a blob"):
        blobs.delete(name)


def test_on_a_disk_it_outlives_its_process(tmp_path: Path) -> None:
    put(DiskBlobs(tmp_path), ONE, b"kept")
    assert content(DiskBlobs(tmp_path), ONE) == b"kept"


def test_on_a_disk_what_a_crash_left_half_written_goes_at_once(tmp_path: Path) -> None:
    writer = DiskBlobs(tmp_path).create(ONE)
    writer.write(b"x" * PART)
    assert [file.name for file in (tmp_path / "incoming").iterdir()] == [ONE]
    again = DiskBlobs(tmp_path)
    assert list((tmp_path / "incoming").iterdir()) == []
    assert list(again.names()) == []
    writer.discard()


def test_on_a_disk_strangers_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    put(blobs, ONE, b"one")
    (tmp_path / "content" / ONE[:2] / "notes.txt").write_text("a stranger")
    assert list(blobs.names()) == [ONE]


def test_on_a_disk_a_folder_that_went_is_told(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    (tmp_path / "incoming").rmdir()
    with pytest.raises(BlobError, match="No such file or directory"):
        blobs.create(ONE)
