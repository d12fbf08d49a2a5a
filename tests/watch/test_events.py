"""Which folders are watched, and that the real watcher notices what editors do. Waits for notes, never for time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from watchfiles import Change

from convexgen.settings import PythonOutput, Settings, SpecOutput
from convexgen.watch import events
from convexgen.watch.events import Failed, Folders, Watcher, folders, relevant

DEADLINE = 20
"""Seconds after which a note that does not come is a failure."""


def names(root: Path, found: Folders) -> tuple[set[str], set[str]]:
    deep, shallow = (
        {Path(path).relative_to(root).as_posix() for path, _, _ in identities}
        for identities in (found.deep, found.shallow)
    )
    return deep, shallow


def test_the_sources_and_outputs_are_watched_whole_and_what_lies_above_them_by_itself(tmp_path: Path) -> None:
    for folder in ("src/app/backend/sub", "web/client", "spec", "node_modules/x"):
        (tmp_path / folder).mkdir(parents=True)
    outputs = (PythonOutput("web/client"), PythonOutput("not/there"), SpecOutput("spec/ir.json"))
    found = folders(tmp_path, Settings("src/app/backend", outputs=outputs))
    assert names(tmp_path, found) == ({"src/app/backend", "web/client"}, {".", "src", "src/app", "web", "spec"})


def test_by_default_the_outputs_lie_in_the_functions_folder(tmp_path: Path) -> None:
    (tmp_path / "backend/_generated/client").mkdir(parents=True)
    assert names(tmp_path, folders(tmp_path, Settings())) == ({"backend"}, {"."})
    assert names(tmp_path, folders(tmp_path, None)) == ({"backend"}, {"."})


def test_a_folder_that_was_replaced_is_another_folder(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    first = folders(tmp_path, Settings())
    assert folders(tmp_path, Settings()) == first
    (tmp_path / "backend").rename(tmp_path / "old")
    gone = folders(tmp_path, Settings())
    assert names(tmp_path, gone) == (set(), {"."})
    (tmp_path / "backend").mkdir()
    assert folders(tmp_path, Settings()) not in (first, gone)


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("/p/backend/a.py", True),
        ("/p/pyproject.toml", True),
        ("/p/backend/new_folder", True),
        ("/p/backend/.a.py.swp", False),
        ("/p/backend/_generated/.api.js.12.convexgen", False),
        ("/p/backend/__pycache__", False),
        ("/p/backend/__pycache__/a.cpython-311.pyc", False),
    ],
)
def test_hidden_and_compiled_files_do_not_matter(path: str, matters: bool) -> None:
    assert relevant(Change.modified, path) is matters


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, SimpleQueue[Failed | None]]]:
    """A project whose folders are being watched: every thread has told that it is at work."""
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend/a.py").write_text("x = 1\n")
    notes: SimpleQueue[Failed | None] = SimpleQueue()
    watcher = Watcher(notes.put, poll=False)
    watcher.follow(folders(tmp_path, Settings()))
    for _ in range(2):
        assert notes.get(timeout=DEADLINE) is None
    yield tmp_path, notes
    watcher.stop()


def test_a_change_in_the_sources_is_noticed(watched: tuple[Path, SimpleQueue[Failed | None]]) -> None:
    root, notes = watched
    (root / "backend/b.py").write_text("new")
    assert notes.get(timeout=DEADLINE) is None


def test_an_atomic_replacement_is_noticed(watched: tuple[Path, SimpleQueue[Failed | None]]) -> None:
    root, notes = watched
    (root / "backend/.a.py.tmp").write_text("x = 22\n")
    (root / "backend/.a.py.tmp").replace(root / "backend/a.py")
    assert notes.get(timeout=DEADLINE) is None


def test_edited_settings_are_noticed(watched: tuple[Path, SimpleQueue[Failed | None]]) -> None:
    root, notes = watched
    (root / "pyproject.toml").write_text("[tool.convexgen]\n")
    assert notes.get(timeout=DEADLINE) is None


def test_a_deleted_functions_folder_is_noticed(watched: tuple[Path, SimpleQueue[Failed | None]]) -> None:
    root, notes = watched
    shutil.rmtree(root / "backend")
    assert notes.get(timeout=DEADLINE) is None


def test_polling_asks_for_a_picture_again_and_again(tmp_path: Path) -> None:
    notes: SimpleQueue[Failed | None] = SimpleQueue()
    watcher = Watcher(notes.put, poll=True)
    watcher.follow(folders(tmp_path, Settings()))
    for _ in range(3):
        assert notes.get(timeout=DEADLINE) is None
    watcher.stop()


def test_a_thread_that_cannot_watch_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Iterator[object]:
        raise OSError("no watches left")

    monkeypatch.setattr(events, "watch", fail)
    notes: SimpleQueue[Failed | None] = SimpleQueue()
    Watcher(notes.put, poll=False).follow(folders(tmp_path, Settings()))
    note = notes.get(timeout=DEADLINE)
    assert note is not None
    assert str(note.error) == "no watches left"
