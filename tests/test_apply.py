"""Writing: all or nothing, and nothing more than asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convexgen.apply import ApplyError, apply, write_cache
from convexgen.snapshot import FileChange, Plan


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def folders(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_dir()}


def plan(*changes: FileChange) -> Plan:
    return Plan((), changes)


def test_files_are_created_updated_and_deleted(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old/a.ts").write_text("a")
    (tmp_path / "b.ts").write_text("b")
    changes = (
        FileChange("new/deep/c.ts", None, "é\n"),
        FileChange("b.ts", "b", "B\n"),
        FileChange("old/a.ts", "a", None),
    )
    apply(plan(*changes), tmp_path)
    assert tree(tmp_path) == {"new/deep/c.ts": "é\n".encode(), "b.ts": b"B\n"}
    assert folders(tmp_path) == {"new", "new/deep"}


def test_line_ends_are_written_as_they_are_in_the_plan(tmp_path: Path) -> None:
    apply(plan(FileChange("a", None, "1\n2\n"), FileChange("b", None, "1\r\n")), tmp_path)
    assert tree(tmp_path) == {"a": b"1\n2\n", "b": b"1\r\n"}


def test_the_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o754)
    apply(plan(FileChange("a", "old", "new")), tmp_path)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o754


def test_renames_come_in_the_order_of_the_plan_and_deletions_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").write_text("")
    done: list[str] = []
    replace, unlink = Path.replace, Path.unlink

    def recorded_replace(self: Path, target: Path) -> Path:
        done.append(target.name)
        return replace(self, target)

    def recorded_unlink(self: Path, missing_ok: bool = False) -> None:
        done.append(f"-{self.name}")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "replace", recorded_replace)
    monkeypatch.setattr(Path, "unlink", recorded_unlink)
    apply(plan(FileChange("gone", "", None), FileChange("z", None, ""), FileChange("a", None, "")), tmp_path)
    assert done == ["z", "a", "-gone"]


def test_only_folders_that_we_emptied_are_removed(tmp_path: Path) -> None:
    for path in ("out/a/x.py", "out/a/__pycache__/x.cpython-311.pyc", "out/b/y.py", "out/b/foreign.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    (tmp_path / "out/empty").mkdir()
    apply(plan(FileChange("out/a/x.py", "", None), FileChange("out/b/y.py", "", None)), tmp_path)
    assert folders(tmp_path) == {"out", "out/b", "out/empty"}
    assert tree(tmp_path) == {"out/b/foreign.txt": b""}


def test_the_root_itself_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    apply(plan(FileChange("a", "", None)), tmp_path)
    assert tmp_path.is_dir()


def test_deleting_what_is_gone_already_is_fine(tmp_path: Path) -> None:
    apply(plan(FileChange("a/b", "", None)), tmp_path)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("obstacle", ["out/b.ts/folder", "out/b.ts"])
def test_a_write_that_fails_half_way_leaves_everything_as_it_was(tmp_path: Path, obstacle: str) -> None:
    """The file `b.ts` cannot be written: a folder of that name is in the way, empty or not."""
    (tmp_path / obstacle).mkdir(parents=True)
    (tmp_path / "out/a.ts").write_bytes(b"old a")
    (tmp_path / "out/d.ts").write_bytes(b"old d")
    before = tree(tmp_path), folders(tmp_path)
    changes = plan(
        FileChange("out/a.ts", "old a", "new a"),
        FileChange("out/new/c.ts", None, "c"),
        FileChange("out/b.ts", None, "b"),
        FileChange("out/d.ts", "old d", None),
    )
    with pytest.raises(ApplyError) as caught:
        apply(changes, tmp_path)
    assert (tree(tmp_path), folders(tmp_path)) == before
    finding = caught.value.diagnostic
    assert (finding.rule.name, finding.primary.span.path) == ("unwritable-output", "out/b.ts")
    assert finding.message == "this file cannot be written: is a directory"


def test_a_file_where_a_folder_must_be_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(ApplyError, match=r"out/a\.ts"):
        apply(plan(FileChange("out/a.ts", None, "a")), tmp_path)
    assert tree(tmp_path) == {"out": b"in the way"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_read_only_folder_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o555)
    with pytest.raises(ApplyError, match="permission denied"):
        apply(plan(FileChange("out/a.ts", None, "a")), tmp_path)


def test_the_cache_is_written_where_it_can_be(tmp_path: Path) -> None:
    write_cache(tmp_path / "new/cache", [b"x"])
    assert tree(tmp_path) == {"new/cache": b"x"}
    write_cache(tmp_path / "new/cache/below-a-file", [b"y"])
    write_cache(tmp_path / "new", [b"z"])
    assert tree(tmp_path) == {"new/cache": b"x"}
