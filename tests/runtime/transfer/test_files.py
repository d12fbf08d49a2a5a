"""Stored files on their way out of one backend and into another."""

from __future__ import annotations

import logging

import pytest

from convexgen.authoring.ids import Int64
from tests.runtime.transfer.conftest import Place, Places, unzipped, zipped


def keep(place: Place, content: bytes, content_type: str | None = None) -> str:
    """A file; gives its id."""
    return place.engine.files.store(content, content_type)


def content_of(place: Place, file: str) -> bytes:
    found = place.engine.files.find(file)
    assert found is not None
    return found.read_all()


def test_files_go_with_a_snapshot(places: Places) -> None:
    place, other = places(), places(seed=2)
    large = bytes(range(256)) * 3000
    first, second = keep(place, b"\x89PNG", "image/png; a=b"), keep(place, large)
    snapshot = place.export(files=True)
    files = unzipped(snapshot)
    assert (files[f"_storage/{first}.png"], files[f"_storage/{second}"]) == (b"\x89PNG", large)

    assert other.put(snapshot, "zip")["num_rows_written"] == Int64(2)

    assert (content_of(other, first), content_of(other, second)) == (b"\x89PNG", large)
    assert other.export(files=True) == snapshot


def test_without_being_asked_for_they_stay(place: Place) -> None:
    keep(place, b"x")

    assert not [name for name in unzipped(place.export()) if name.startswith("_storage")]


def test_replacing_deletes_the_files_that_do_not_come_and_their_contents(place: Place) -> None:
    kept = keep(place, b"kept")
    snapshot = place.export(files=True)
    gone = keep(place, b"gone")

    place.put(snapshot, "zip", "replaceAll")
    place.engine.files.delete_forgotten()

    assert (content_of(place, kept), place.engine.files.find(gone)) == (b"kept", None)
    assert len(list(place.blobs.names())) == 1


def test_a_snapshot_without_files_deletes_none(place: Place) -> None:
    file = keep(place, b"kept")
    snapshot = place.export()

    place.put(snapshot, "zip", "replaceAll")

    assert content_of(place, file) == b"kept"


def test_what_other_backends_know_of_files_is_left_out(place: Place, places: Places) -> None:
    file = keep(place, b"x", "text/plain")
    files = unzipped(place.export(files=True))
    (line,) = files["_storage/documents.jsonl"].splitlines()
    files["_storage/documents.jsonl"] = line[:-1] + b',"internalId":"3f2504e0"}'
    other = places(seed=2)

    assert other.put(zipped(files), "zip")["num_rows_written"] == Int64(1)
    assert content_of(other, file) == b"x"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "_storage/{0}: the content of the file {0} is not in the zip file: was it exported with its files?"),
        (b"yy", "_storage/{0}.txt: the content has 2 bytes, not 1.0"),
        (b"y", "_storage/{0}.txt: the content is not what its checksum says"),
    ],
)
def test_contents_that_are_not_those_of_their_files(places: Places, content: bytes | None, message: str) -> None:
    place, other = places(), places(seed=2)
    place.add("Ann")
    file = keep(place, b"x", "text/plain")
    files = unzipped(place.export(files=True))
    name = f"_storage/{file}.txt"
    changed = {key: value for key, value in files.items() if key != name} | ({} if content is None else {name: content})

    assert other.put(zipped(changed), "zip")["error_message"] == message.format(file)
    assert (other.names, other.engine.files.find(file)) == ([], None)


def test_a_content_that_is_lost_is_a_file_less(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """Between the snapshot and its turn, a file may be deleted."""
    caplog.set_level(logging.ERROR)
    kept, lost = keep(place, b"kept"), keep(place, b"lost")
    found = place.engine.files.find(lost)
    assert found is not None
    place.blobs.delete(found.content.name)

    files = unzipped(place.export(files=True))

    assert [name for name in files if name.startswith("_storage/") and "." not in name] == [f"_storage/{kept}"]
    assert files["_storage/documents.jsonl"].count(b"\n") == 1
    assert not caplog.records
