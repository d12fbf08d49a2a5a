"""`convexgen generate`, whole: what it says, how it ends, what lies on disk afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, Ran, tree, write


def test_it_writes_what_is_new_and_then_nothing(project: Path, convexgen: Command) -> None:
    write(project, a="x = 1\n", b="y = 1\n")
    assert convexgen("generate") == Ran(0, "", "wrote 2 files, 0 unchanged in N ms.\n")
    assert (project / "backend/_generated/a.js").read_bytes() == b"// made\nx = 1\n"
    assert convexgen("generate") == Ran(0, "", "wrote 0 files, 2 unchanged in N ms.\n")


def test_it_updates_and_deletes(project: Path, convexgen: Command) -> None:
    write(project, a="x = 1\n", b="y = 1\n", c="z = 1\n")
    convexgen("generate")
    write(project, a="x = 2\n")
    (project / "backend/b.py").unlink()
    assert convexgen("generate") == Ran(0, "", "wrote 1 file, deleted 1 file, 1 unchanged in N ms.\n")
    assert sorted(path.name for path in (project / "backend/_generated").iterdir()) == ["a.js", "c.js"]


def test_a_dry_run_names_the_files_and_writes_nothing(project: Path, convexgen: Command) -> None:
    write(project, a="x = 1\n", b="y = 1\n")
    convexgen("generate")
    write(project, a="x = 2\n", c="z = 1\n")
    (project / "backend/b.py").unlink()
    before = tree(project)
    assert convexgen("generate", "--dry-run") == Ran(
        0,
        "would update backend/_generated/a.js\n"
        "would create backend/_generated/c.js\n"
        "would delete backend/_generated/b.js\n",
        "3 files would change; nothing was written.\n",
    )
    assert tree(project) == before


def test_a_diff_shows_the_changes_and_writes_nothing(project: Path, convexgen: Command) -> None:
    write(project, a="x = 1\n")
    before = tree(project)
    assert convexgen("generate", "--diff") == Ran(
        0,
        "--- /dev/null\n+++ b/backend/_generated/a.js\t(expected)\n@@ -0,0 +1,2 @@\n+// made\n+x = 1\n",
        "1 file would change; nothing was written.\n",
    )
    assert tree(project) == before


def test_warnings_are_told_and_change_nothing_else(project: Path, convexgen: Command) -> None:
    write(project, a="WARNING\n")
    assert convexgen("generate") == Ran(
        0,
        "backend/a.py:1:1: CG601 a-warning (warning): this says WARNING\n  |\n1 | WARNING\n  | ^^^^^^^\n",
        "wrote 1 file, 0 unchanged in N ms.\n",
    )


@pytest.mark.parametrize(
    ("word", "code", "rule"), [("ERROR", 1, "CG201 an-error"), ("SYNTAX", 2, "CG101 syntax-error")]
)
def test_an_error_keeps_the_last_good_output(
    project: Path, convexgen: Command, word: str, code: int, rule: str
) -> None:
    write(project, a="x = 1\n")
    convexgen("generate")
    write(project, a="x = 2\n", b=f"\n{word}\n")
    before = tree(project)
    assert convexgen("generate") == Ran(
        code,
        f"backend/b.py:2:1: {rule}: this says {word}\n  |\n2 | {word}\n  | {'^' * len(word)}\n",
        "1 error: nothing was written.\n",
    )
    assert tree(project) == before


def test_a_file_that_cannot_be_written(project: Path, convexgen: Command) -> None:
    write(project, a="x = 1\n")
    (project / "backend/_generated/a.js").mkdir(parents=True)
    assert convexgen("generate") == Ran(
        2,
        "backend/_generated/a.js: CG506 unwritable-output: this file cannot be written: is a directory\n"
        "  help: nothing was changed; mend what is in the way and run the command again\n",
        "1 error: nothing was written.\n",
    )


def test_a_file_that_cannot_be_read_back_as_settings(project: Path, convexgen: Command) -> None:
    (project / "pyproject.toml").write_bytes(b"[tool.convexgen]\n# \xff\n")
    assert convexgen("generate") == Ran(
        2,
        "pyproject.toml: CG908 unreadable-settings: this file cannot be read: it is not valid UTF-8\n",
        "1 error: nothing was written.\n",
    )
