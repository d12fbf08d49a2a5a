"""Where commands run, and what they say when there is no project to run on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, Ran, tree, write

NO_FOLDER = (
    "backend: CG906 missing-source: there is no functions folder `backend` in this project\n"
    "  help: run `convexgen init` to make one, name another project with `-C DIR`, "
    "or set `source` in `[tool.convexgen]` of pyproject.toml\n"
)


def test_from_a_folder_inside_the_project(project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, a="x = 1\n")
    monkeypatch.chdir(project / "backend")
    assert convexgen("generate").code == 0
    assert (project / "backend/_generated/a.js").is_file()
    assert convexgen("check", "--no-types") == Ran(0, "", "1 generated file up to date.\n")


def test_from_elsewhere_and_with_letters_of_all_kinds(
    project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write(project, a="x = 1\n")
    moved = tmp_path / "ein Projekt für Ω"
    monkeypatch.chdir(tmp_path)
    project.rename(moved)
    assert convexgen("generate", "-C", moved.name).code == 0
    assert convexgen("check", "--no-types", "--project", str(moved)) == Ran(0, "", "1 generated file up to date.\n")


def test_without_settings_the_defaults_hold(project: Path, convexgen: Command) -> None:
    write(project, a="x = 1\n")
    (project / "pyproject.toml").unlink()
    assert convexgen("generate") == Ran(0, "", "wrote 1 file, 0 unchanged in N ms.\n")


@pytest.mark.parametrize(
    ("command", "summary"),
    [("generate", "1 error: nothing was written.\n"), ("check", "1 error: nothing was checked.\n")],
)
def test_without_a_functions_folder(project: Path, convexgen: Command, command: str, summary: str) -> None:
    before = tree(project)
    assert convexgen(command) == Ran(2, NO_FOLDER, summary)
    assert tree(project) == before


def test_a_folder_that_does_not_exist(project: Path, convexgen: Command) -> None:
    del project
    ran = convexgen("generate", "-C", "nowhere")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("Error: Invalid value for -C: there is no folder 'nowhere'\n")


def test_a_setting_that_does_not_exist(project: Path, convexgen: Command) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.convexgen]\nsuorce = "b"\n')
    assert convexgen("generate") == Ran(
        2,
        "pyproject.toml:5:1: CG902 unknown-setting: there is no setting `suorce`\n"
        '  |\n5 | suorce = "b"\n  | ^^^^^^\n'
        "  help: did you mean `source`?\n",
        "1 error: nothing was written.\n",
    )


def test_toml_that_is_none(project: Path, convexgen: Command) -> None:
    (project / "pyproject.toml").write_text("[tool.convexgen]\nsource = \n")
    ran = convexgen("generate")
    assert (ran.code, ran.err) == (2, "1 error: nothing was written.\n")
    assert ran.out.startswith("pyproject.toml:2:10: CG901 invalid-toml: this is not valid TOML: ")


def test_the_environment_and_the_command_line(
    project: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, a="x = 1\n")
    monkeypatch.setenv("CONVEXGEN_SOURCE", "elsewhere")
    assert convexgen("generate").code == 2
    assert convexgen("generate", "--source", "backend").code == 0
    monkeypatch.setenv("CONVEXGEN_NAMING", "snake")
    assert convexgen("check", "--source", "backend") == Ran(
        2,
        "CG903 invalid-setting: the environment variable CONVEXGEN_NAMING: `naming` cannot be 'snake'\n"
        "  help: write one of 'camel', 'preserve'\n",
        "1 error: nothing was checked.\n",
    )
