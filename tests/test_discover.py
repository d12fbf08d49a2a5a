"""The picture of a project: what is in it, what is not, and that nothing about the disk's habits shows."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.discover import (
    cache_folder,
    discover,
    find_project,
    missing_source,
    read_cache,
    read_pyproject,
    repository_prefix,
)
from convexgen.settings import PythonOutput, Settings, SpecOutput, TypeScriptOutput
from convexgen.source import SourceFile


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(f"# {path}\n".encode())


def sources(root: Path, settings: Settings | None = None) -> list[str]:
    return [source.path for source in discover(root, settings or Settings()).sources]


def test_sources_come_in_the_order_of_their_code_points_with_their_contents(tmp_path: Path) -> None:
    write(tmp_path, "backend/b.py", "backend/B.py", "backend/a/z.py", "backend/a.py", "backend/é.py", "other/x.py")
    snapshot = discover(tmp_path, Settings())
    expected = ["backend/B.py", "backend/a.py", "backend/a/z.py", "backend/b.py", "backend/é.py"]
    assert snapshot.sources == tuple(SourceFile.of(path, f"# {path}\n".encode()) for path in expected)
    assert snapshot.outputs == {}
    assert snapshot.unreadable == ()


def test_what_is_not_a_source(tmp_path: Path) -> None:
    write(
        tmp_path,
        "backend/kept.py",
        "backend/_private.py",
        "backend/test_kept.py",
        "backend/conftest.py",
        "backend/note.txt",
        "backend/stub.pyi",
        "backend/.hidden.py",
        "backend/.git/x.py",
        "backend/__pycache__/x.py",
        "backend/_generated/client/x.py",
        "backend/sub/_generated/x.py",
        "backend/made/x.py",
    )
    settings = Settings(outputs=(PythonOutput("backend/made"),))
    assert sources(tmp_path, settings) == ["backend/_private.py", "backend/kept.py"]


def test_outputs_are_all_files_in_output_folders_and_at_output_paths(tmp_path: Path) -> None:
    write(
        tmp_path,
        "web/api.js",
        "web/client/__init__.py",
        "web/client/__pycache__/__init__.cpython-311.pyc",
        "web/.DS_Store",
        "web/foreign.txt",
        "spec/a.json",
        "spec/other.json",
    )
    outputs = (TypeScriptOutput("web"), PythonOutput("web/client"), SpecOutput("spec/a.json"), SpecOutput("b.json"))
    assert discover(tmp_path, Settings(outputs=outputs)).outputs == {
        path: f"# {path}\n".encode()
        for path in ("spec/a.json", "web/api.js", "web/client/__init__.py", "web/foreign.txt")
    }


def test_the_order_in_which_a_folder_lists_its_entries_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, *(f"backend/{folder}/{name}.py" for folder in "abc" for name in "xyz"), "backend/_generated/b/a.js")
    expected = discover(tmp_path, Settings())
    scandir = os.scandir

    class Shuffled:
        def __init__(self, place: str) -> None:
            with scandir(place) as listing:
                self.entries = list(listing)
            random.Random(7).shuffle(self.entries)

        def __enter__(self) -> Iterator[os.DirEntry[str]]:
            return iter(self.entries)

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    shuffled = discover(tmp_path, Settings())
    assert shuffled == expected
    assert list(shuffled.outputs) == list(expected.outputs)


def test_linked_folders_are_entered_but_never_twice_in_a_row(tmp_path: Path) -> None:
    write(tmp_path, "backend/a.py", "elsewhere/b.py")
    (tmp_path / "backend/linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "backend/itself").symlink_to(tmp_path / "backend")
    (tmp_path / "elsewhere/back").symlink_to(tmp_path / "backend")
    assert sources(tmp_path) == ["backend/a.py", "backend/linked/b.py"]


def test_a_file_that_cannot_be_read_is_listed_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, "backend/good.py")
    (tmp_path / "backend/gone.py").symlink_to(tmp_path / "nowhere.py")
    (tmp_path / "backend/loop.py").symlink_to(tmp_path / "backend/loop.py")
    snapshot = discover(tmp_path, Settings())
    assert [source.path for source in snapshot.sources] == ["backend/good.py"]
    assert snapshot.unreadable == (
        ("backend/gone.py", "it is a link to a file that is not there"),
        ("backend/loop.py", "too many levels of symbolic links"),
    )


def test_a_folder_or_file_without_permission_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "backend/a.py", "backend/locked/b.py", "backend/locked.py")
    scandir, opened = os.scandir, os.open

    def refuse(place: str, *rest: int) -> object:
        if "locked" in Path(place).name:
            raise PermissionError(13, "Permission denied", place)
        return opened(place, *rest) if rest else scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.setattr(os, "open", refuse)
    snapshot = discover(tmp_path, Settings())
    assert [source.path for source in snapshot.sources] == ["backend/a.py"]
    assert snapshot.unreadable == (
        ("backend/locked", "permission denied"),
        ("backend/locked.py", "permission denied"),
    )


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a name is always text")
def test_a_name_that_is_not_text_is_listed_in_a_form_that_can_be_shown(tmp_path: Path) -> None:
    write(tmp_path, "backend/a.py")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/backend/b\xff.py")).write_text("")
    snapshot = discover(tmp_path, Settings())
    assert [source.path for source in snapshot.sources] == ["backend/a.py"]
    assert snapshot.unreadable == (("backend/b\\xff.py", "its name is not valid UTF-8"),)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, "backend/a.py")
    os.mkfifo(tmp_path / "backend/pipe.py")
    assert sources(tmp_path) == ["backend/a.py"]


def test_large_files_are_read_whole(tmp_path: Path) -> None:
    content = b"# x\n" * 1_000_000
    write(tmp_path, "backend/a.py")
    (tmp_path / "backend/a.py").write_bytes(content)
    assert discover(tmp_path, Settings()).sources[0].content == content


def test_a_missing_functions_folder_is_a_finding_and_not_an_empty_one(tmp_path: Path) -> None:
    assert discover(tmp_path, Settings()).sources == ()
    finding = missing_source(tmp_path, Settings())
    assert finding is not None
    assert finding.rule.name == "missing-source"
    (tmp_path / "backend").write_text("a file")
    assert missing_source(tmp_path, Settings()) == finding
    assert missing_source(tmp_path, Settings("elsewhere")) != finding
    (tmp_path / "backend").unlink()
    (tmp_path / "backend").mkdir()
    assert missing_source(tmp_path, Settings()) is None


@pytest.mark.parametrize("section", ["[tool.convexgen]", " [ tool . convexgen ]", "[[tool.convexgen.outputs]]"])
def test_the_project_is_the_nearest_that_has_settings(tmp_path: Path, section: str) -> None:
    (tmp_path / "inner/backend/deep").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(f"[project]\nname = 'x'\n{section}\n")
    (tmp_path / "inner/pyproject.toml").write_text("[project]\n# [tool.convexgen]\n[tool.convexgenerator]\n")
    assert find_project(tmp_path / "inner/backend/deep") == tmp_path


def test_without_settings_it_is_the_nearest_that_looks_like_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "a/backend/deep").mkdir(parents=True)
    (tmp_path / "b/c").mkdir(parents=True)
    assert find_project(tmp_path / "a/backend/deep") == tmp_path / "a"
    assert find_project(tmp_path / "b/c") == tmp_path


def test_pyproject_is_none_only_where_there_is_none(tmp_path: Path) -> None:
    assert read_pyproject(tmp_path) is None
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(OSError, match=r"pyproject\.toml"):
        read_pyproject(tmp_path)


def test_the_cache_lies_outside_the_project_and_apart_for_each(tmp_path: Path) -> None:
    one = cache_folder(tmp_path / "one", {"CONVEXGEN_CACHE_DIR": "/own", "XDG_CACHE_HOME": "/shared"})
    other = cache_folder(tmp_path / "other", {"CONVEXGEN_CACHE_DIR": "/own"})
    assert one.parent == other.parent == Path("/own")
    assert one != other
    assert cache_folder(tmp_path, {"XDG_CACHE_HOME": "/shared"}).parent == Path("/shared/convexgen")
    assert cache_folder(tmp_path, {}).parent == Path.home() / ".cache/convexgen"
    assert cache_folder(tmp_path / "x/..", {}) == cache_folder(tmp_path, {})


def test_a_cache_that_cannot_be_read_is_as_good_as_none(tmp_path: Path) -> None:
    assert read_cache(tmp_path / "none") is None
    assert read_cache(tmp_path) is None


def test_the_way_from_the_root_of_the_repository(tmp_path: Path) -> None:
    project = tmp_path / "repository/services/my chat"
    project.mkdir(parents=True)
    assert repository_prefix(project) == ""
    (tmp_path / "repository/.git").write_text("gitdir: elsewhere\n")  # as in a second work tree
    assert repository_prefix(project) == "services/my chat/"
    (tmp_path / "link").symlink_to(project)
    assert repository_prefix(tmp_path / "link") == "services/my chat/"
    (project / ".git").mkdir()
    assert repository_prefix(project) == ""
