"""What lies in the folder of a backend, and who may read it."""

from __future__ import annotations

import re
from pathlib import Path

from convexgen.dev.data_folder import DataFolder, RunningBackend


def test_the_folder_keeps_itself_out_of_repositories(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "deep" / ".convexgen")
    folder.make()
    assert (folder.path / ".gitignore").read_text() == "*\n"
    (folder.path / ".gitignore").write_text("mine")
    folder.make()
    assert (folder.path / ".gitignore").read_text() == "mine"


def test_the_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    key = folder.admin_key()
    assert re.fullmatch(r"local\|[0-9a-f]{64}", key)
    assert (tmp_path / "admin-key").read_text() == f"{key}\n"
    assert (tmp_path / "admin-key").stat().st_mode & 0o777 == 0o600
    assert folder.admin_key() == DataFolder(tmp_path).admin_key() == key
    assert sorted(path.name for path in tmp_path.iterdir()) == ["admin-key"]


def test_a_key_that_was_half_written_is_written_again(tmp_path: Path) -> None:
    (tmp_path / ".admin-key.new").write_text("local|0")
    key = DataFolder(tmp_path).admin_key()
    assert (tmp_path / "admin-key").read_text() == f"{key}\n"


def test_what_runs_on_a_folder_is_known_while_it_does(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.running() is None
    key = folder.admin_key()
    assert folder.running() is None
    folder.serving_at("http://127.0.0.1:3210")
    assert folder.running() == RunningBackend("http://127.0.0.1:3210", key)
    folder.serves_no_more()
    assert folder.running() is None
    folder.serves_no_more()


def test_what_makes_no_sense_is_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.admin_key()
    for text in ("", "{", "[]", "{}", "null"):
        (tmp_path / "server.json").write_text(text)
        assert folder.running() is None
