"""`convexgen check`, whole. It never writes: every test compares the project before and after."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Ran, tree, write

HELP = "run `convexgen generate` and commit the result.\n"


@pytest.fixture
def check(project: Path, convexgen: Command) -> Iterator[Callable[..., Ran]]:
    """`convexgen check --no-types` in a project that nothing may write to."""

    def command(*arguments: str) -> Ran:
        before = tree(project)
        ran = convexgen("check", "--no-types", *arguments)
        assert tree(project) == before
        return ran

    yield command


def made(project: Path, convexgen: Command, **sources: str) -> Path:
    write(project, **sources)
    assert convexgen("generate").code == 0
    return project / "backend/_generated"


def test_right_after_generate_all_is_well(project: Path, convexgen: Command, check: Command) -> None:
    made(project, convexgen, a="x = 1\n", b="y = 1\n")
    assert check() == Ran(0, "", "2 generated files up to date.\n")


def test_every_way_of_being_out_of_date(project: Path, convexgen: Command, check: Command) -> None:
    out = made(project, convexgen, edited="x = 1\n", gone="x = 1\n", missing="x = 1\n", stale="x = 1\n")
    write(project, stale="x = 2\n")
    (project / "backend/gone.py").unlink()
    (out / "missing.js").unlink()
    (out / "edited.js").write_text("// made\nx = 1\nEDIT\n")
    assert check() == Ran(
        1,
        "backend/_generated/edited.js: CG504 edited-output: this generated file was changed by hand\n"
        "  help: run `convexgen generate`, which drops the edit; "
        "what it was meant to do belongs in the Python sources\n"
        "backend/_generated/gone.js: CG503 orphan-output: this generated file is left over: "
        "nothing generates it any more\n"
        "backend/_generated/missing.js: CG502 missing-output: this generated file is missing\n"
        "backend/_generated/stale.js: CG501 stale-output: this generated file is stale\n"
        "  help: run `convexgen generate`\n"
        "--- a/backend/_generated/edited.js\n"
        "+++ b/backend/_generated/edited.js\t(expected)\n"
        "@@ -1,3 +1,2 @@\n // made\n x = 1\n-EDIT\n"
        "--- a/backend/_generated/stale.js\n"
        "+++ b/backend/_generated/stale.js\t(expected)\n"
        "@@ -1,2 +1,2 @@\n // made\n-x = 1\n+x = 2\n",
        "1 edited, 1 missing, 1 stale, 1 left over of 3 generated files: " + HELP,
    )


def test_files_that_are_missing_are_shown_to_those_who_ask(project: Path, check: Command) -> None:
    write(project, a="x = 1\n")
    missing = "backend/_generated/a.js: CG502 missing-output: this generated file is missing\n"
    missing += "  help: run `convexgen generate`\n"
    diff = "--- /dev/null\n+++ b/backend/_generated/a.js\t(expected)\n@@ -0,0 +1,2 @@\n+// made\n+x = 1\n"
    assert check().out == missing
    assert check("--diff=full").out == missing + diff


def test_long_diffs_are_cut_unless_asked_for(project: Path, convexgen: Command, check: Command) -> None:
    made(project, convexgen, a="x = 1\n")
    write(project, a="x = 2\n" * 100)
    assert "… 65 more lines, use --diff=full\n" in check().out
    assert "more lines" not in check("--diff=full").out
    assert check("--diff", "full").out.count("+x = 2\n") == 100
    assert "@@" not in check("--diff=none").out


def test_the_command_that_mends_it_is_exact(project: Path, convexgen: Command, check: Command) -> None:
    write(project, a="x = 1\n")
    ran = check("-C", "../my app", "--naming", "preserve", "--source", "backend")
    assert ran.err == (
        "1 missing of 1 generated file: "
        "run `convexgen generate -C '../my app' --source backend --naming preserve` and commit the result.\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "summary"),
    [
        ("ERROR\nERROR\nWARNING\n", 1, "2 errors, 1 warning. The generated files could not be compared.\n"),
        ("ERROR\nSYNTAX\n", 2, "2 errors. The generated files could not be compared.\n"),
        ("WARNING\n", 1, "1 warning. 1 missing of 1 generated file: " + HELP),
    ],
)
def test_findings_decide_the_exit_code(project: Path, check: Command, words: str, code: int, summary: str) -> None:
    write(project, a=words)
    ran = check()
    assert (ran.code, ran.err) == (code, summary)
    assert json.loads(check("--output-format", "json").out)["summary"]["files"] == (1 if words == "WARNING\n" else 0)
    assert check("--output-format", "json").code == code


def test_as_json_everything_is_one_document(project: Path, convexgen: Command, check: Command) -> None:
    out = made(project, convexgen, a="WARNING\n")
    (out / "a.js").unlink()
    ran = check("--output-format=json", "--diff=none")
    assert (ran.code, ran.err) == (1, "1 warning. 1 missing of 1 generated file: " + HELP)
    document = json.loads(ran.out)
    assert [(found["code"], found["path"]) for found in document["diagnostics"]] == [
        ("CG502", "backend/_generated/a.js"),
        ("CG601", "backend/a.py"),
    ]
    assert document["changes"] == [{"path": "backend/_generated/a.js", "rule": "missing-output", "diff": None}]
    assert document["summary"] == {
        "errors": 1,
        "warnings": 1,
        "rules": {"a-warning": 1, "missing-output": 1},
        "files": 1,
        "changes": {"missing-output": 1},
    }


def test_broken_settings_are_one_document_too(project: Path, check: Command) -> None:
    (project / "pyproject.toml").write_text("[tool.convexgen]\nnamin = 1\n")
    ran = check("--output-format", "json")
    assert (ran.code, ran.err) == (2, "1 error: nothing was checked.\n")
    [found] = json.loads(ran.out)["diagnostics"]
    assert (found["code"], found["range"]["line"], found["help"]) == ("CG902", 2, "did you mean `naming`?")


def test_colours_are_for_those_who_want_them(project: Path, check: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, a="ERROR\n")
    plain = check().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31mCG201 an-error\x1b[0m" in check().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert check().out == plain


def test_types_are_checked_and_told_in_the_order_of_places(project: Path, convexgen: Command, tmp_path: Path) -> None:
    (project / ".git").mkdir()
    made(project, convexgen, a="x: int = ''\n", b="ok = 1\n", c="y: str = 1\n")
    write(project, b="WARNING = 1\nWARNING\n")
    convexgen("generate")
    before = tree(project)
    ran = convexgen("check")
    assert [line for line in ran.out.splitlines() if ": CG" in line] == [
        "backend/a.py:1:10: CG801 mypy: Incompatible types in assignment "
        '(expression has type "str", variable has type "int") [assignment]',
        "backend/b.py:2:1: CG601 a-warning (warning): this says WARNING",
        "backend/c.py:1:10: CG801 mypy: Incompatible types in assignment "
        '(expression has type "int", variable has type "str") [assignment]',
    ]
    assert (ran.code, ran.err) == (1, "2 errors, 1 warning. 3 generated files up to date.\n")
    assert tree(project) == before
    assert (tmp_path / "cache").is_dir()


def test_a_file_that_is_not_python_is_told_of_once(project: Path, convexgen: Command) -> None:
    write(project, a="def f(:\nSYNTAX\n")
    ran = convexgen("check")
    assert ran.out.count(": CG") == 1
    assert (ran.code, ran.err) == (2, "1 error. The generated files could not be compared.\n")


def test_git_takes_the_diff_for_what_it_is(project: Path, convexgen: Command, check: Command) -> None:
    out = made(project, convexgen, a="x = 1\n")
    (out / "a.js").write_text("// made\nother\n")
    text = check("--diff=full").out
    patch = text[text.index("--- a/") :]
    subprocess.run(["git", "apply"], cwd=project, input=patch, text=True, check=True)
    assert check().code == 0


def test_an_installed_command_and_the_module_are_the_same(project: Path) -> None:
    del project
    module = subprocess.run(
        [sys.executable, "-m", "convexgen", "check", "--help"], capture_output=True, text=True, check=True
    )
    script = subprocess.run(
        [str(Path(sys.executable).parent / "convexgen"), "check", "--help"], capture_output=True, text=True, check=True
    )
    assert module.stdout == script.stdout
    assert "--no-types" in module.stdout
