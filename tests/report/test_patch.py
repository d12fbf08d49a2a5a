"""The diff: exact, readable by the usual tools, and short unless asked otherwise."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.report.patch import SHORT, SHORT_FILES, patch
from convexgen.snapshot import FileChange


def test_each_kind_of_change() -> None:
    changes = (
        FileChange("a", "1\n2\n", "1\n3"),
        FileChange("b", None, "new\n"),
        FileChange("c", "old\n", None),
    )
    assert patch(changes, "full") == (
        "--- a/a\n+++ b/a\t(expected)\n@@ -1,2 +1,2 @@\n 1\n-2\n+3\n\\ No newline at end of file\n"
        "--- /dev/null\n+++ b/b\t(expected)\n@@ -0,0 +1 @@\n+new\n"
        "--- a/c\n+++ /dev/null\t(expected)\n@@ -1 +0,0 @@\n-old\n"
    )


def test_a_long_diff_is_cut_and_says_so() -> None:
    change = FileChange("a", "", "x\n" * 100)
    short = patch((change, FileChange("b", "x\n", "y\n")), "short").split("\n")
    assert short[SHORT] == f"… {103 - SHORT} more lines, use --diff=full"
    assert short[SHORT + 1 :] == ["--- a/b", "+++ b/b\t(expected)", "@@ -1 +1 @@", "-x", "+y", ""]
    assert patch((change,), "full").count("\n") == 103
    assert patch((change,), "none") == ""


def test_files_that_are_missing_or_left_over_are_told_and_not_shown() -> None:
    changes = (FileChange("a", None, "x\n"), FileChange("b", "x\n", None))
    assert patch(changes, "short") == ""


@pytest.mark.parametrize(
    ("files", "said"), [(0, ""), (1, "… 1 more file, use --diff=full\n"), (9, "… 9 more files, use --diff=full\n")]
)
def test_of_many_files_a_few_are_shown(files: int, said: str) -> None:
    changes = tuple(FileChange(f"{number}", "x\n", "y\n") for number in range(SHORT_FILES + files))
    assert patch(changes, "short") == patch(changes[:SHORT_FILES], "full") + said


def test_only_line_feeds_end_lines() -> None:
    assert patch((FileChange("a", "x\x0cy\u2028z\n", "x\x0cy\u2028w\n"),), "full").endswith(
        "@@ -1 +1 @@\n-x\x0cy\u2028z\n+x\x0cy\u2028w\n"
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@given(before=st.text(alphabet="ab\n\r", max_size=30), after=st.text(alphabet="ab\n\r", max_size=30))
def test_git_can_apply_it(tmp_path_factory: pytest.TempPathFactory, before: str, after: str) -> None:
    folder = tmp_path_factory.mktemp("patch")
    target = folder / "sub" / "file.txt"
    target.parent.mkdir()
    target.write_bytes(before.encode())
    text = patch((FileChange("sub/file.txt", before, after),), "full")
    if text:
        subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=folder, input=text.encode(), check=True)
    assert target.read_bytes() == after.encode()
    assert Path(folder / "sub").is_dir()
