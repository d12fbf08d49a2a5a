"""Which findings `check` tells, in which form, and how it ends: with the real compiler on a small project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from convexgen.cli.app import run
from convexgen.report import FORMATS
from tests.cli.conftest import Command, Ran, tree

SCHEMA = """\
from convexgen import Index, Table


class Message(Table, name="messages"):
    channel: str
    author: str

    by_channel = Index("channel")
    both = Index("channel", "author")
"""
REDUNDANT = (
    "backend/schema.py:8:5: CG219 redundant-index (warning): "
    "`both` begins with the fields of `by_channel` and can do its work\n"
    "  |\n"
    '8 |     by_channel = Index("channel")\n'
    "  |     ^^^^^^^^^^\n"
    '9 |     both = Index("channel", "author")\n'
    "  |     ---- the longer one\n"
    "  help: remove `by_channel`, unless its order by creation time is needed\n"
)
UP_TO_DATE = "46 generated files up to date.\n"


@pytest.fixture
def convexgen(project: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line on a project that has one warning and whose clients are up to date."""

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(list(arguments))
        return Ran(code, *capsys.readouterr())

    (project / "backend").mkdir()
    (project / "backend/schema.py").write_text(SCHEMA)
    assert command("generate").code == 0
    return command


def comment(project: Path, text: str) -> None:
    """Writes a comment behind the index that is told of."""
    line = '    by_channel = Index("channel")'
    (project / "backend/schema.py").write_text(SCHEMA.replace(f"{line}\n", f"{line}  # {text}\n"))


def rules(ran: Ran) -> list[str]:
    return [line.split(": ")[1].split()[1] for line in ran.out.splitlines() if ": CG" in line]


def test_a_warning_is_told_and_changes_nothing_else(convexgen: Command) -> None:
    assert convexgen("check", "--no-types") == Ran(0, REDUNDANT, f"1 warning. {UP_TO_DATE}")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--ignore", "redundant-index"], []),
        (["--ignore=mypy,CG219"], []),
        (["--ignore", "mypy", "--ignore", "ALL"], []),
        (["--select", "CG5"], []),
        (["--select", "CG2"], ["redundant-index"]),
        (["--select=CG5", "--extend-select=CG21"], ["redundant-index"]),
        (["--select", "ALL", "--ignore", "CG2"], []),
        (["--select", "CG219", "--ignore", "CG2"], ["redundant-index"]),
    ],
)
def test_options_choose(convexgen: Command, arguments: list[str], told: list[str]) -> None:
    assert rules(convexgen("check", "--no-types", *arguments)) == told


@pytest.mark.parametrize(
    "settings",
    [
        'ignore = ["redundant-index"]',
        'select = ["CG5"]',
        'per-file-ignores = { "backend/schema.py" = ["ALL"] }',
        '[tool.convexgen.per-file-ignores]\n"schema.py" = ["CG21"]',
    ],
)
def test_settings_choose_for_every_command(project: Path, convexgen: Command, settings: str) -> None:
    assert rules(convexgen("generate")) == ["redundant-index"]
    (project / "pyproject.toml").write_text(f"[tool.convexgen]\n{settings}\n")
    for command in (["check", "--no-types"], ["generate"]):
        assert (convexgen(*command).code, convexgen(*command).out) == (0, "")
    assert convexgen("spec").err == ""


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "pyproject.toml").write_text('[tool.convexgen]\nignore = ["CG2"]\n')
    assert rules(convexgen("check", "--no-types")) == []
    monkeypatch.setenv("CONVEXGEN_IGNORE", "CG5, CG8")
    assert rules(convexgen("check", "--no-types")) == ["redundant-index"]
    assert rules(convexgen("check", "--no-types", "--ignore=CG219")) == []


@pytest.mark.parametrize("form", FORMATS)
def test_what_cannot_be_chosen_is_told_in_every_form(convexgen: Command, form: str) -> None:
    ran = convexgen("check", "--no-types", "--ignore", "duplicate-table,redundant-indx", "--output-format", form)
    assert (ran.code, ran.err) == (2, "2 errors: nothing was checked.\n")
    for message in (
        "the option --ignore: `duplicate-table` cannot be ignored: nothing can be generated while it stands",
        "the option --ignore: there is no rule `redundant-indx`",
        "did you mean `redundant-index`?",
    ):
        assert message in ran.out


def test_a_wrong_name_in_the_settings_is_shown_where_it_stands(project: Path, convexgen: Command) -> None:
    (project / "pyproject.toml").write_text('[tool.convexgen]\nignore = [\n  "mypy",\n  "mypi",\n]\n')
    assert convexgen("check", "--no-types") == Ran(
        2,
        "pyproject.toml:4:4: CG903 invalid-setting: there is no rule `mypi`\n"
        '  |\n4 |   "mypi",\n  |    ^^^^\n'
        "  help: did you mean `mypy`?\n",
        "1 error: nothing was checked.\n",
    )


def test_a_comment_ignores_for_every_command(project: Path, convexgen: Command) -> None:
    comment(project, "convexgen: ignore[redundant-index]")
    assert convexgen("check", "--no-types") == Ran(0, "", UP_TO_DATE)
    assert convexgen("generate").out == ""
    assert convexgen("spec").err == ""


def test_comments_that_do_nothing_are_told_by_check_alone(project: Path, convexgen: Command) -> None:
    comment(project, "convexgen: ignore[redundant-index, empty-project, nonsense, duplicate-table, mypy]")
    ran = convexgen("check", "--no-types")
    assert (ran.code, rules(ran)) == (1, ["unused-suppression", "unknown-suppression", "unsuppressible-rule"])
    assert convexgen("generate").out == ""


def test_exit_codes_follow_what_is_told(project: Path, convexgen: Command) -> None:
    api = project / "backend/_generated/api.js"
    api.write_text(api.read_text() + "// mine\n")
    assert convexgen("check", "--no-types").code == 1
    ran = convexgen("check", "--no-types", "--ignore=edited-output,CG2")
    assert ran == Ran(0, "", "1 of 46 generated files out of date, which is ignored.\n")
    ran = convexgen("check", "--no-types", "--ignore=edited-output", "--output-format=json")
    assert json.loads(ran.out)["changes"] == []
    (project / "backend/_generated/dataModel.d.ts").unlink()
    ran = convexgen("check", "--no-types", "--ignore=edited-output,CG2", "--diff=none")
    assert (ran.code, rules(ran)) == (1, ["missing-output"])
    assert ran.err == "1 missing of 46 generated files: run `convexgen generate` and commit the result.\n"


def test_the_form_changes_neither_the_exit_code_nor_the_summary(project: Path, convexgen: Command) -> None:
    for text, expected in ((SCHEMA, 0), (SCHEMA + "    author: int\n    x: Nonsense\n", 1), (SCHEMA + "(", 2)):
        (project / "backend/schema.py").write_text(text)
        ends = {convexgen("check", "--no-types", "--output-format", form)[::2] for form in FORMATS}
        assert len(ends) == 1
        assert ends.pop()[0] == expected


def test_all_may_end_well_but_for_what_was_not_checked(project: Path, convexgen: Command) -> None:
    (project / "backend/_generated/api.js").unlink()
    ran = convexgen("check", "--no-types", "--exit-zero")
    assert (ran.code, rules(ran)) == (0, ["missing-output", "redundant-index"])
    (project / "backend/schema.py").write_text("(")
    assert convexgen("check", "--no-types", "--exit-zero").code == 2


def test_quiet_says_nothing_but_what_is_found(convexgen: Command) -> None:
    assert convexgen("check", "--no-types", "-q") == Ran(0, REDUNDANT, "")
    assert convexgen("check", "--no-types", "--quiet", "--ignore=ALL") == Ran(0, "", "")


def test_statistics_count_and_show_nothing(project: Path, convexgen: Command) -> None:
    for name in ("api.js", "dataModel.d.ts"):
        (project / "backend/_generated" / name).unlink()
    ran = convexgen("check", "--no-types", "--statistics")
    assert ran.out == (
        "2  CG502 missing-output: a generated file is not there\n"
        "1  CG219 redundant-index: an index is the beginning of another one\n"
    )
    assert ran.code == 1
    assert json.loads(convexgen("check", "--no-types", "--output-format=json").out)["summary"]["rules"] == {
        "missing-output": 2,
        "redundant-index": 1,
    }


def test_paths_of_annotations_begin_at_the_root_of_the_repository(
    project: Path, convexgen: Command, tmp_path: Path
) -> None:
    del project
    assert "file=backend/schema.py,line=8,col=5," in convexgen("check", "--no-types", "--output-format=github").out
    (tmp_path / ".git").mkdir()
    ran = convexgen("check", "--no-types", "--output-format=github")
    assert ran.out == (
        "::warning file=my app/backend/schema.py,line=8,col=5,endLine=8,endColumn=15,title=CG219 redundant-index::"
        "`both` begins with the fields of `by_channel` and can do its work%0A"
        "my app/backend/schema.py:9: the longer one%0A"
        "help: remove `by_channel`, unless its order by creation time is needed\n"
    )
    ran = convexgen("check", "--no-types", "--output-format=sarif")
    assert '"uri": "my%20app/backend/schema.py"' in ran.out


def test_the_schema_of_reports_can_be_had(convexgen: Command) -> None:
    ran = convexgen("check", "--output-schema")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["title"] == "convexgen report"


def test_what_is_told_now_can_be_ignored_from_now_on(project: Path, convexgen: Command) -> None:
    before = tree(project)
    assert convexgen("check", "--no-types", "--add-ignore") == Ran(0, "", "wrote 1 comment in 1 file.\n")
    after = tree(project)
    assert {path for path in before if before[path] != after[path]} == {"backend/schema.py"}
    assert after["backend/schema.py"].decode() == SCHEMA.replace(
        'Index("channel")\n', 'Index("channel")  # convexgen: ignore[redundant-index]\n'
    )
    assert convexgen("check", "--no-types") == Ran(0, "", UP_TO_DATE)
    assert convexgen("check", "--no-types", "--add-ignore") == Ran(0, "", "nothing to ignore.\n")
    assert tree(project) == after


def test_what_cannot_be_ignored_is_left_and_told(project: Path, convexgen: Command) -> None:
    (project / "backend/schema.py").write_text(SCHEMA + "    x: Nonsense\n")
    ran = convexgen("check", "--no-types", "--add-ignore")
    assert (ran.code, rules(ran)) == (1, ["unknown-name"])
    assert ran.err == "wrote 1 comment in 1 file; 1 error left.\n"


def test_types_are_ignored_by_comments_too(
    project: Path, convexgen: Command, lend_types: Callable[[Path, Path], None]
) -> None:
    lend_types(project, project.parent / "cache")
    (project / ".git").mkdir()
    code = "from convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> int:\n    return 'x'\n"
    (project / "backend/a.py").write_text(code)
    assert convexgen("generate").code == 0
    ran = convexgen("check", "--ignore=CG2", "--add-ignore")
    assert ran == Ran(0, "", "wrote 1 comment in 1 file.\n")
    assert (project / "backend/a.py").read_text() == code.replace("'x'", "'x'  # convexgen: ignore[mypy]")
    assert rules(convexgen("check", "--no-types", "--ignore=CG2")) == []
    (project / "backend/a.py").write_text(code.replace("'x'", "1  # convexgen: ignore[mypy]"))
    assert rules(convexgen("check", "--ignore=CG2")) == ["unused-suppression"]
    assert rules(convexgen("check", "--no-types", "--ignore=CG2")) == []


def test_what_a_rule_and_mypy_both_find_is_ignored_as_both(
    project: Path, convexgen: Command, lend_types: Callable[[Path, Path], None]
) -> None:
    lend_types(project, project.parent / "cache")
    (project / ".git").mkdir()
    code = (
        "from convexgen import QueryCtx, query\n\nfrom backend.schema import Message\n\n\n"
        "@query\nasync def f(ctx: QueryCtx) -> list[Message]:\n"
        '    return await ctx.db.query(Message).order("down").take(3)\n'
    )
    (project / "backend/a.py").write_text(code)
    assert convexgen("generate").code == 0
    assert rules(convexgen("check", "--ignore=CG2")) == ["query-chain"]
    assert convexgen("check", "--ignore=CG2", "--add-ignore").err == "wrote 1 comment in 1 file.\n"
    line = (project / "backend/a.py").read_text().splitlines()[-1]
    assert sorted(line.split("ignore[")[1].removesuffix("]").split(", ")) == ["mypy", "query-chain"]
    assert convexgen("check", "--ignore=CG2").out == ""


WIDE = SCHEMA.replace("author", "日本") + "    x: Nonsense = 'é\x07'\n"


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("utf-8", "10 |     x: Nonsense = 'é␇'\n"),
        ("cp1252", "10 |     x: Nonsense = 'é^G'\n"),
        ("ascii", "10 |     x: Nonsense = '\\xe9^G'\n"),
    ],
)
def test_no_console_is_too_narrow(project: Path, convexgen: Command, encoding: str, line: str) -> None:
    del convexgen
    (project / "backend/schema.py").write_text(WIDE, encoding="utf-8")
    ran = on_console(project, encoding)
    out = ran.stdout.decode(encoding).replace("\r\n", "\n")
    assert (ran.returncode, "Traceback" in out) == (1, False)
    assert line in out


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_documents_are_utf_8_whatever_the_console_speaks(
    project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    (project / "pyproject.toml").write_text('[tool.convexgen]\nignore = ["日本é"]\n', encoding="utf-8")
    console = TextIOWrapper(BytesIO(), encoding="cp1252", newline="\r\n")
    monkeypatch.setattr(sys, "stdout", console)
    assert run(["check", "--no-types", "--output-format", form]) == 2
    written = console.buffer
    assert isinstance(written, BytesIO)
    text = written.getvalue().decode("utf-8")
    assert "there is no rule `日本é`" in text
    assert "\r" not in text


def on_console(project: Path, encoding: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "convexgen", "check", "--no-types"],
        cwd=project,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
        timeout=60,
    )
