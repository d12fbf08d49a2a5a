"""`convexgen fix`, whole, with the real compiler: what it says, how it ends, what lies on disk afterwards."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Ran, tree, write

SCHEMA = "from convexgen import Index, Table\n\n\nclass User(Table, name='users'):\n    name: str\n    born: int\n"
HEAD = "from convexgen import query\n\n\n"
HEAD_WITH_CONTEXT = "from convexgen import QueryCtx, query\n\n\n"
MENDABLE = HEAD + "@query()\ndef f(limit: int):  # all\n    pass\n"
MENDED = HEAD_WITH_CONTEXT + "@query\nasync def f(ctx: QueryCtx, limit: int) -> None:  # all\n    pass\n"
RULES = ["4 decorator-call", "5 not-async", "5 wrong-context", "5 missing-return-type"]
TOLD = "".join(f"mended backend/a.py:{rule}\n" for rule in RULES)
REDUNDANT = SCHEMA + "    by_name = Index('name')\n    by_both = Index('name', 'born')\n"
WRONG = HEAD + "@query\nasync def f(ctx, a) -> None: ...\n"


def test_it_mends_and_then_there_is_nothing_left(project: Path, convexgen: Command) -> None:
    write(project, schema=SCHEMA, a=MENDABLE)
    assert convexgen("fix") == Ran(0, TOLD, "mended 4 findings in 1 file.\n")
    assert (project / "backend/a.py").read_text() == MENDED
    before = tree(project)
    assert convexgen("fix") == Ran(0, "", "mended nothing.\n")
    assert tree(project) == before


def test_what_is_left_is_told_as_it_then_stands(project: Path, convexgen: Command) -> None:
    write(project, schema=SCHEMA, a=WRONG)
    assert convexgen("fix") == Ran(
        1,
        "mended backend/a.py:5 wrong-context\n"
        "backend/a.py:5:28: CG303 missing-argument-type: the argument `a` has no type\n"
        "  |\n"
        "5 | async def f(ctx: QueryCtx, a) -> None: ...\n"
        "  |                            ^\n"
        "  help: write `a: …`\n",
        "mended 1 finding in 1 file; 1 error left.\n",
    )


def test_what_may_change_the_program_is_for_who_asks_for_it(project: Path, convexgen: Command) -> None:
    write(project, schema=REDUNDANT, a=MENDED)
    before = tree(project)
    ran = convexgen("fix")
    assert (ran.code, ran.err) == (0, "mended nothing; 1 warning left, of which `--unsafe` mends 1.\n")
    assert ran.out.startswith("backend/schema.py:7:5: CG219 redundant-index (warning): ")
    assert tree(project) == before
    assert convexgen("fix", "--unsafe") == Ran(
        0, "mended backend/schema.py:7 redundant-index (unsafe)\n", "mended 1 finding (1 unsafe) in 1 file.\n"
    )
    assert (project / "backend/schema.py").read_text() == SCHEMA + "    by_both = Index('name', 'born')\n"


def test_a_diff_shows_the_mends_and_writes_nothing(project: Path, convexgen: Command) -> None:
    write(project, schema=SCHEMA, a=WRONG)
    before = tree(project)
    assert convexgen("fix", "--diff") == Ran(
        1,
        "--- a/backend/a.py\n"
        "+++ b/backend/a.py\t(expected)\n"
        "@@ -1,5 +1,5 @@\n"
        "-from convexgen import query\n"
        "+from convexgen import QueryCtx, query\n"
        " \n"
        " \n"
        " @query\n"
        "-async def f(ctx, a) -> None: ...\n"
        "+async def f(ctx: QueryCtx, a) -> None: ...\n",
        "would mend 1 finding in 1 file; nothing was written. 1 error left.\n",
    )
    assert tree(project) == before


def test_a_diff_of_lines_that_end_as_on_windows_can_be_applied(project: Path, convexgen: Command) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")
    write(project, schema=SCHEMA)
    (project / "backend/a.py").write_bytes(MENDABLE.replace("\n", "\r\n").encode())
    diff = convexgen("fix", "--diff").out
    subprocess.run([git, "apply", "-p1"], cwd=project, input=diff.encode(), check=True)
    assert (project / "backend/a.py").read_bytes() == MENDED.replace("\n", "\r\n").encode()


def test_a_diff_is_coloured_where_colours_are_wanted(
    project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, schema=SCHEMA, a=WRONG)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32m+async def f(ctx: QueryCtx, a) -> None: ...\x1b[0m\n" in convexgen("fix", "--diff").out


def test_a_file_that_is_not_python_is_left_alone_and_the_others_are_mended(project: Path, convexgen: Command) -> None:
    write(project, schema=SCHEMA, a=MENDABLE, b="@query(\ndef f(): ...\n")
    ran = convexgen("fix")
    assert (ran.code, ran.err) == (2, "mended 4 findings in 1 file; 1 error left.\n")
    assert ran.out.startswith(f"{TOLD}backend/b.py:1:7: CG101 syntax-error: ")
    assert (project / "backend/b.py").read_text() == "@query(\ndef f(): ...\n"


def test_modes_and_line_ends_stay(project: Path, convexgen: Command) -> None:
    write(project, schema=SCHEMA)
    path = project / "backend/a.py"
    path.write_bytes(b"\xef\xbb\xbf" + MENDABLE.replace("\n", "\r\n").encode())
    path.chmod(0o755)
    assert convexgen("fix").code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + MENDED.replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o755


def test_a_file_that_cannot_be_written(project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, schema=SCHEMA, a=MENDABLE)
    before = tree(project)

    def refuse(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    assert convexgen("fix") == Ran(
        2,
        "backend/a.py: CG506 unwritable-output: this file cannot be written: permission denied\n"
        "  help: nothing was changed; mend what is in the way and run the command again\n",
        "1 error: nothing was written.\n",
    )
    assert tree(project) == before


def test_without_a_functions_folder_there_is_nothing_to_mend(project: Path, convexgen: Command) -> None:
    del project
    ran = convexgen("fix")
    assert (ran.code, ran.err) == (2, "1 error: nothing was written.\n")
    assert ran.out.startswith("backend: CG906 missing-source: ")


TWO = HEAD_WITH_CONTEXT + "@query()\ndef f(ctx: QueryCtx) -> None: ...\n"


def test_only_what_is_selected_is_mended_and_errors_are_told_nevertheless(project: Path, convexgen: Command) -> None:
    write(project, schema=SCHEMA, a=TWO)
    ran = convexgen("fix", "--select", "CG31,needless-await")
    assert (ran.code, ran.err) == (1, "mended 1 finding in 1 file; 1 error left.\n")
    assert ran.out.startswith("mended backend/a.py:4 decorator-call\nbackend/a.py:5:5: CG301 not-async: ")
    assert (project / "backend/a.py").read_text() == TWO.replace("@query()", "@query")


def test_what_is_ignored_stays_as_it_is(project: Path, convexgen: Command) -> None:
    write(project, schema=REDUNDANT, a=TWO)
    ran = convexgen("fix", "--unsafe", "--ignore", "decorator-call", "--ignore", "redundant-index")
    assert (ran.code, ran.err) == (1, "mended 1 finding in 1 file; 1 error left.\n")
    assert ran.out.startswith("mended backend/a.py:5 not-async\nbackend/a.py:4:2: CG310 decorator-call: ")
    assert (project / "backend/schema.py").read_text() == REDUNDANT


def test_a_selector_that_means_nothing_is_refused(project: Path, convexgen: Command) -> None:
    write(project, schema=SCHEMA, a=TWO)
    before = tree(project)
    ran = convexgen("fix", "--select", "not-asynk")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no rule `not-asynk`; did you mean `not-async`?" in " ".join(ran.err.replace("│", " ").split())
    assert tree(project) == before


def test_advice_is_mended_too_and_what_takes_consent_says_so(project: Path, convexgen: Command) -> None:
    text = (
        "import time\n\nfrom convexgen import Id, MutationCtx, mutation\n\nfrom .schema import User\n\n\n"
        "@mutation\nasync def f(ctx: MutationCtx, id: Id[User]) -> float:\n"
        "    ctx.db.delete(id)\n    return time.time()\n"
    )
    write(project, schema=SCHEMA, a=text)
    assert convexgen("fix") == Ran(
        1,
        "mended backend/a.py:10 unawaited-call\n"
        "backend/a.py:11:12: CG604 clock-in-transaction: `time.time` gives another time whenever the mutation `f` runs"
        " again\n"
        "   |\n"
        "11 |     return time.time()\n"
        "   |            ^^^^^^^^^^^\n"
        "  help: write `ctx.now() / 1000`; `--unsafe` mends it\n",
        "mended 1 finding in 1 file; 1 error left, of which `--unsafe` mends 1.\n",
    )
    assert convexgen("fix", "--unsafe").code == 0
    after = text.replace("ctx.db", "await ctx.db").replace("time.time()", "ctx.now() / 1000")
    assert (project / "backend/a.py").read_text() == after


def test_a_diff_of_warnings_alone_ends_with_one(project: Path, convexgen: Command) -> None:
    write(project, schema=REDUNDANT, a=MENDED)
    ran = convexgen("fix", "--diff", "--unsafe")
    assert (ran.code, ran.err) == (1, "would mend 1 finding (1 unsafe) in 1 file; nothing was written.\n")
