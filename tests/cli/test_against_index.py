"""`convexgen check --against-index`: what would be committed is checked, whatever lies in the work tree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Ran, tree, write
from tests.repositories import WorkTree, git_of_tests

__all__ = ["git_of_tests"]  # a fixture

STALE = "backend/_generated/a.js: CG501 stale-output: this generated file is stale\n"
REMEDY = "run `convexgen generate` and `git add backend/_generated`"
Check = Callable[..., Ran]


@pytest.fixture
def repository(project: Path, git_of_tests: None) -> WorkTree:
    """The project, which is a repository of its own."""
    del git_of_tests
    return WorkTree.make(project)


@pytest.fixture
def check(project: Path, convexgen: Command) -> Check:
    """The command, which may write nothing: neither into the project nor into its index."""

    def command(*arguments: str) -> Ran:
        before = tree(project.parent / ".git"), tree(project)
        ran = convexgen("check", "--no-types", "--against-index", "--diff=none", *arguments)
        assert (tree(project.parent / ".git"), tree(project)) == before
        return ran

    return command


@pytest.fixture
def stage(repository: WorkTree, convexgen: Command) -> Callable[..., None]:
    """Writes modules, generates, and stages all."""

    def staged(**sources: str) -> None:
        write(repository.top, **sources)
        assert convexgen("generate").code == 0
        repository.git("add", ".")

    return staged


def test_all_that_is_staged_goes_together(stage: Callable[..., None], check: Check) -> None:
    """There is no commit yet, and need be none."""
    stage(a="x = 1\n", b="y = 1\n")
    assert check() == Ran(0, "", "2 generated files up to date.\n")


def test_what_is_not_staged_does_not_count(stage: Callable[..., None], check: Check, convexgen: Command) -> None:
    stage(a="x = 1\n")
    write(Path(), a="x = 2\n", new="ERROR\n")
    Path("backend/_generated/a.js").write_text("EDIT")
    assert check() == Ran(0, "", "1 generated file up to date.\n")
    assert convexgen("check", "--no-types").code == 1


def test_a_source_without_its_output(stage: Callable[..., None], repository: WorkTree, check: Check) -> None:
    stage(a="x = 1\n")
    write(Path(), a="x = 2\n")
    repository.git("add", "backend/a.py")
    assert check() == Ran(1, f"{STALE}  help: {REMEDY}\n", f"1 stale of 1 generated file: {REMEDY}.\n")


def test_an_output_that_only_has_to_be_staged(stage: Callable[..., None], repository: WorkTree, check: Check) -> None:
    stage(a="x = 1\n", gone="x = 1\n")
    write(Path(), a="x = 2\n")
    Path("backend/gone.py").unlink()
    Path("backend/_generated/gone.js").unlink()
    Path("backend/_generated/a.js").write_bytes(b"// made\r\nx = 2\r\n")
    repository.git("add", "backend/a.py", "backend/gone.py")
    ran = check()
    assert ran.err == "1 stale, 1 left over of 1 generated file: run `git add backend/_generated`.\n"
    assert ran.out.count("help: run `git add backend/_generated`\n") == 1


def test_a_source_that_is_staged_in_part(stage: Callable[..., None], repository: WorkTree, check: Check) -> None:
    """To generate from the work tree and to stage that would not go with the sources that are staged."""
    stage(a="x = 1\n")
    write(Path(), a="x = 2\n")
    repository.git("add", "backend/a.py")
    write(Path(), a="x = 3\n")
    remedy = (
        "stage `backend/a.py` as it lies in the work tree, or set aside what is not staged with "
        f"`git stash --keep-index --include-untracked`; then {REMEDY}"
    )
    assert check() == Ran(1, f"{STALE}  help: {remedy}\n", f"1 stale of 1 generated file: {remedy}.\n")


def test_an_output_of_a_source_that_is_not_staged(
    stage: Callable[..., None], convexgen: Command, repository: WorkTree, check: Check
) -> None:
    stage(a="x = 1\n")
    write(Path(), new="y = 1\n")
    assert convexgen("generate").code == 0
    repository.git("add", "backend/_generated")
    ran = check()
    assert ran.out.startswith("backend/_generated/new.js: CG503 orphan-output: ")
    assert ran.err.startswith(
        "1 left over of 1 generated file: stage `backend/new.py` as it lies in the work tree, or "
    )


def test_findings_show_what_is_staged(stage: Callable[..., None], repository: WorkTree, check: Check) -> None:
    stage(a="x = 1\n")
    write(Path(), a="x = 1\nERROR\n", b="ERROR\n")
    repository.git("add", "backend")
    write(Path(), a="x = 1\n")
    ran = check()
    assert ran._replace(out=ran.out.replace("\n\n", "\n")) == Ran(
        1,
        "backend/a.py:2:1: CG201 an-error: this says ERROR\n"
        "  |\n2 | ERROR\n  | ^^^^^\n"
        "  help: this is what is staged; the file is different in the work tree\n"
        "backend/b.py:1:1: CG201 an-error: this says ERROR\n"
        "  |\n1 | ERROR\n  | ^^^^^\n",
        "2 errors. The generated files could not be compared.\n",
    )
    [first, second] = json.loads(check("--output-format=json").out)["diagnostics"]
    assert (first["help"], second["help"]) == (
        "this is what is staged; the file is different in the work tree",
        None,
    )


def test_settings_are_those_that_are_staged(stage: Callable[..., None], repository: WorkTree, check: Check) -> None:
    stage(a="x = 1\n")
    Path("pyproject.toml").write_text('[tool.convexgen]\nsource = "elsewhere"\n')
    assert check() == Ran(0, "", "1 generated file up to date.\n")
    repository.git("add", ".")
    Path("pyproject.toml").write_text("[tool.convexgen]\n")
    assert check() == Ran(
        2,
        "elsewhere: CG906 missing-source: nothing of the functions folder `elsewhere` is staged\n"
        "  help: run `git add elsewhere`\n",
        "1 error: nothing was checked.\n",
    )
    repository.write({"pyproject.toml": "[tool.convexgen]\nnamin = 1\n"})
    repository.git("add", ".")
    ran = check()
    assert ran.code == 2
    assert ran.out.startswith("pyproject.toml:2:1: CG902 unknown-setting: there is no setting `namin`\n")


def test_settings_with_another_encoding(repository: WorkTree, check: Check) -> None:
    repository.write({"pyproject.toml": b"[tool.convexgen] # \xff\n"})
    repository.git("add", ".")
    assert check().out == "pyproject.toml: CG908 unreadable-settings: this file cannot be read: it is not valid UTF-8\n"


def test_a_project_in_a_folder_of_a_repository(
    project: Path, git_of_tests: None, convexgen: Command, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    del git_of_tests
    around = WorkTree.make(project.parent)
    write(project, a="x = 1\n")
    assert convexgen("generate").code == 0
    around.write({"backend/other.py": "ERROR\n", "my app/docs.txt": ""})
    around.git("add", "backend", "my app")
    assert check() == Ran(0, "", "1 generated file up to date.\n")
    write(project, a="x = 2\n", **{"Größe é": "x = 1\n"})
    around.git("add", "my app")
    monkeypatch.chdir(project.parent)
    ran = check("-C", "my app")
    remedy = "run `convexgen generate -C 'my app'` and `git add 'my app/backend/_generated'`"
    assert ran.err == f"1 missing, 1 stale of 2 generated files: {remedy}.\n"
    assert "backend/_generated/Größe é.js: CG502 missing-output: " in ran.out
    monkeypatch.chdir(project / "backend")
    assert check().err.endswith(": run `convexgen generate` and `git add _generated`.\n")


def test_each_output_is_staged_once(repository: WorkTree, convexgen: Command, check: Check) -> None:
    repository.write(
        {
            "pyproject.toml": '[[tool.convexgen.outputs]]\nkind = "typescript"\npath = "web/gen"\n'
            '[[tool.convexgen.outputs]]\nkind = "python"\npath = "web/gen/client"\n'
        }
    )
    write(Path(), a="x = 1\n")
    repository.git("add", ".")
    assert check().err.endswith(": run `convexgen generate` and `git add web/gen`.\n")
    assert convexgen("generate").code == 0


def test_line_ends_that_git_converts_are_no_difference(repository: WorkTree, convexgen: Command, check: Check) -> None:
    repository.git("config", "core.autocrlf", "true")
    write(Path(), a="x = 1\n")
    assert convexgen("generate").code == 0
    for path in (Path("backend/a.py"), Path("backend/_generated/a.js"), Path("pyproject.toml")):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    repository.git("-c", "core.safecrlf=false", "add", ".")
    assert check() == Ran(0, "", "1 generated file up to date.\n")
    Path("backend/a.py").write_bytes(b"x = 2\r\n")
    repository.git("-c", "core.safecrlf=false", "add", ".")
    assert check().err.endswith(f": {REMEDY}.\n")


def test_outputs_that_git_ignores_are_not_looked_for(repository: WorkTree, convexgen: Command, check: Check) -> None:
    repository.write({".gitignore": "_generated/\n"})
    write(Path(), a="x = 1\n", b="x = 1\n")
    repository.git("add", ".")
    assert check() == Ran(0, "", "2 generated files not looked for: git ignores them.\n0 generated files up to date.\n")
    assert convexgen("generate").code == 0
    repository.git("add", "-f", "backend/_generated/a.js")
    write(Path(), a="x = 2\n")
    repository.git("add", ".")
    ran = check()
    assert (ran.code, ran.out) == (1, f"{STALE}  help: {REMEDY}\n")


@pytest.mark.parametrize("staged", [True, False], ids=["the settings", "nothing"])
def test_nothing_staged(repository: WorkTree, check: Check, staged: bool) -> None:
    write(Path(), a="x = 1\n")
    if staged:
        repository.git("add", "pyproject.toml")
    assert check() == Ran(
        2,
        "backend: CG906 missing-source: nothing of the functions folder `backend` is staged\n"
        "  help: run `git add backend`\n",
        "1 error: nothing was checked.\n",
    )


def test_without_a_repository(project: Path, git_of_tests: None, check: Check) -> None:
    del git_of_tests
    write(project, a="x = 1\n")
    assert check() == Ran(
        2,
        "CG914 git-failed: this project is not in a git repository\n"
        "  help: run `git init`, or name another project with `-C`\n",
        "1 error: nothing was checked.\n",
    )


def merge(repository: WorkTree, *paths: str) -> None:
    """Leave these files with a conflict."""
    repository.git("commit", "-qm", "base")
    for branch in ("topic", "main"):
        repository.git("switch", "-q", *(["-c", branch] if branch == "topic" else [branch]))
        repository.write(dict.fromkeys(paths, f"// made\n{branch} = 1\n"))
        repository.git("commit", "-qam", branch)
    repository.git("merge", "-q", "topic", code=1)


def test_an_output_with_a_conflict_is_stale(stage: Callable[..., None], repository: WorkTree, check: Check) -> None:
    stage(a="x = 1\n")
    merge(repository, "backend/_generated/a.js")
    assert check() == Ran(1, f"{STALE}  help: {REMEDY}\n", f"1 stale of 1 generated file: {REMEDY}.\n")
    repository.git("add", ".")
    assert check() == Ran(1, f"{STALE}  help: {REMEDY}\n", f"1 stale of 1 generated file: {REMEDY}.\n")


def test_a_source_with_a_conflict_cannot_be_checked(
    stage: Callable[..., None], repository: WorkTree, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    from convexgen.cli.kept import plan_with_memory  # noqa: PLC0415

    stage(a="x = 1\n", b="y = 1\n")
    monkeypatch.setattr("convexgen.cli.check.plan_with_memory", plan_with_memory)
    merge(repository, "backend/a.py")
    assert check() == Ran(
        2,
        "backend/a.py: CG102 unreadable-file: this file cannot be read: a merge conflict in it is not resolved\n"
        "  help: resolve it, then run `git add backend/a.py`\n",
        "1 error. The generated files could not be compared.\n",
    )


def test_settings_with_a_conflict(stage: Callable[..., None], repository: WorkTree, check: Check) -> None:
    stage(a="x = 1\n")
    merge(repository, "pyproject.toml")
    assert check() == Ran(
        2,
        "pyproject.toml: CG914 git-failed: a merge conflict in this file is not resolved, "
        "so the settings are not known\n"
        "  help: resolve it, then run `git add pyproject.toml`\n",
        "1 error: nothing was checked.\n",
    )


def test_types_are_checked_where_the_work_tree_is_what_is_staged(
    stage: Callable[..., None], repository: WorkTree, convexgen: Command
) -> None:
    stage(a="x: int = ''\n")
    write(Path(), later="y: int = ''\n")
    ran = convexgen("check", "--against-index")
    assert [line for line in ran.out.splitlines() if ": CG" in line] == [
        "backend/a.py:1:10: CG801 mypy: Incompatible types in assignment "
        '(expression has type "str", variable has type "int") [assignment]',
    ]
    write(Path(), a="x: int = 1\n")
    assert convexgen("check", "--against-index") == Ran(
        0,
        "",
        "types were not checked: `backend/a.py` is not staged as it lies in the work tree.\n"
        "1 generated file up to date.\n",
    )


def test_what_is_staged_cannot_be_written_to(check: Check) -> None:
    ran = check("--add-ignore")
    assert ran.code == 2
    assert "nothing can be written into what is staged" in ran.out + ran.err
