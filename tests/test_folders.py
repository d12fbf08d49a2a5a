"""What a process that looks again and again may take from what it has read before."""

from __future__ import annotations

import os
from pathlib import Path

from convexgen.folders import Contents, FolderReader


def read(root: Path, known: Contents | None) -> dict[str, bytes]:
    return dict(FolderReader(str(root), known).files("in", lambda _: True, lambda _: False))


def make_old(*paths: Path) -> None:
    """Give files a time of writing that lies far back; the time of change of their entries stays what it is."""
    for path in paths:
        os.utime(path, (1, 1))


def test_a_file_that_was_just_written_is_read_each_time(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    known = Contents()
    for text in ("one", "two", "six"):
        (tmp_path / "in/a").write_text(text)
        assert read(tmp_path, known) == {"in/a": text.encode()}
    assert known.files == {}


def test_a_settled_file_is_not_read_again_until_its_stamp_changes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a").write_text("one")
    known = Contents()
    place = str(tmp_path / "in" / "a").replace(os.sep, "/")
    status = (tmp_path / "in/a").stat()
    stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    known.files[place] = (stamp, b"as it was read before")
    assert read(tmp_path, known) == {"in/a": b"as it was read before"}
    (tmp_path / "in/new").write_text("two")
    (tmp_path / "in/new").replace(tmp_path / "in/a")
    assert read(tmp_path, known) == {"in/a": b"two"}


def test_setting_back_the_time_of_writing_deceives_nobody(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    known = Contents()
    for text in ("one", "two"):
        (tmp_path / "in/a").write_text(text)
        make_old(tmp_path / "in/a")
        assert read(tmp_path, known) == {"in/a": text.encode()}


def test_the_same_content_gives_the_same_source(tmp_path: Path) -> None:
    known = Contents()
    content = b"x = 1\n"
    first = known.source("a.py", content)
    assert known.source("a.py", content) is first
    assert known.source("a.py", b"x = 2\n").content == b"x = 2\n"
