"""The published hooks in the real pre-commit, on commits as people make them.

pre-commit would install convexgen into an environment of the hook's own, for which it needs a network. So the hooks are
taken from the published file into a configuration of the repository's own, word by word but for the language: `system`
runs the convexgen under test.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repositories import SETTINGS, WorkTree

PROJECT = Path(__file__).parents[2]
MANIFEST = PROJECT / ".pre-commit-hooks.yaml"
CONFIG = ".pre-commit-config.yaml"
SCHEMA, MESSAGES, MODEL = "backend/schema.py", "backend/messages.py", "backend/_generated/dataModel.d.ts"
GENERATE, FIX, CHECK = "convexgen-generate", "convexgen-fix", "convexgen-check"


def published() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}


def hooks(*ids: str, **overrides: object) -> str:
    """A configuration with these of the published hooks, in this order."""
    chosen = [published()[each] | {"language": "system"} | overrides for each in ids]
    return yaml.safe_dump({"repos": [{"repo": "local", "hooks": chosen}]})


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the example of `init`, generated and committed, in which pre-commit is installed."""
    base = tmp_path_factory.mktemp("pre-commit")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("GIT_", "PRE_COMMIT", "CONVEXGEN_"))]:
            patch.delenv(name)
        for name, value in variables(base).items():
            patch.setenv(name, value)
        made = WorkTree.make(base / "ein Projekt für Ω")
        for command in ("init", "generate"):
            made.run("convexgen", command)
        made.write({CONFIG: hooks(CHECK)})
        made.run("pre-commit", "install")
        made.commit()
    return made.top


def variables(base: Path) -> dict[str, str]:
    return SETTINGS | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(base / "pre-commit"),
        "CONVEXGEN_CACHE_DIR": str(base / "cache"),
        "PRE_COMMIT_COLOR": "never",
    }


@pytest.fixture
def repository(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lend_types: Callable[[Path, Path], None]
) -> WorkTree:
    for name in [name for name in os.environ if name.startswith(("GIT_", "PRE_COMMIT", "CONVEXGEN_", "SKIP"))]:
        monkeypatch.delenv(name)
    for name, value in variables(tmp_path).items():
        monkeypatch.setenv(name, value)
    lend_types(tmp_path / example.name, tmp_path / "cache")
    return WorkTree(shutil.copytree(example, tmp_path / example.name, symlinks=True))


def edit(repository: WorkTree, path: str, old: str, new: str) -> None:
    text = (repository.top / path).read_text(encoding="utf-8")
    assert old in text
    repository.write({path: text.replace(old, new, 1)})


def heads(repository: WorkTree) -> int:
    """How many commits there are."""
    return int(repository.git("rev-list", "--count", "HEAD"))


def test_the_published_file_is_one_that_pre_commit_takes(repository: WorkTree) -> None:
    assert repository.run("pre-commit", "validate-manifest", str(MANIFEST)) == ""
    assert list(published()) == [GENERATE, FIX, CHECK]
    for hook in published().values():
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False
        assert hook["require_serial"] is True


def test_a_commit_without_fault_passes(repository: WorkTree) -> None:
    edit(repository, SCHEMA, "likes: int = 0", "stars: int = 0")
    repository.run("convexgen", "generate")
    repository.git("add", "backend")
    assert "convexgen check...." in repository.git("commit", "-m", "both")
    assert heads(repository) == 2


def test_an_output_that_is_not_staged_keeps_the_commit_from_being_made(repository: WorkTree) -> None:
    edit(repository, SCHEMA, "likes: int = 0", "stars: int = 0")
    repository.git("add", SCHEMA)
    said = repository.git("commit", "-m", "source alone", code=1)
    assert f"{MODEL}: CG501 stale-output: this generated file is stale" in said
    assert "run `convexgen generate` and `git add backend/_generated`.\n" in said
    repository.run("convexgen", "generate")
    assert "git add backend/_generated" in repository.git("commit", "-m", "still", code=1)
    repository.git("add", "backend/_generated")
    repository.git("commit", "-m", "both")
    assert heads(repository) == 2


def test_a_source_that_is_staged_in_part(repository: WorkTree) -> None:
    """The staged part and its output go together; the rest of the source is broken, and stays as it is."""
    edit(repository, SCHEMA, "likes: int = 0", "stars: int = 0")
    repository.run("convexgen", "generate")
    repository.git("add", "backend")
    edit(repository, SCHEMA, "stars: int = 0", "stars: int = (")
    repository.git("commit", "-m", "the good part")
    assert heads(repository) == 2
    assert "stars: int = (" in (repository.top / SCHEMA).read_text(encoding="utf-8")
    repository.git("add", "backend")
    said = repository.git("commit", "-m", "the rest", code=1)
    assert "backend/schema.py:21:18: CG101 syntax-error: " in said


def test_a_commit_of_everything_that_changed(repository: WorkTree) -> None:
    """`git commit -a` stages into an index of its own, which only the hook is told of."""
    edit(repository, SCHEMA, "likes: int = 0", "stars: int = 0")
    assert "CG501 stale-output" in repository.git("commit", "-am", "source alone", code=1)
    repository.run("convexgen", "generate")
    repository.git("commit", "-am", "both")
    assert heads(repository) == 2


def test_a_commit_of_one_file(repository: WorkTree) -> None:
    """`git commit FILE` leaves out what else is staged."""
    edit(repository, SCHEMA, "likes: int = 0", "stars: int = 0")
    repository.run("convexgen", "generate")
    repository.git("add", "backend/_generated")
    assert "CG501 stale-output" in repository.git("commit", "-m", "source alone", SCHEMA, code=1)
    repository.git("commit", "-m", "both", "backend")
    assert heads(repository) == 2


def test_a_commit_of_files_that_are_not_the_project_s_runs_nothing(repository: WorkTree) -> None:
    edit(repository, SCHEMA, "likes: int = 0", "stars: int = 0")
    repository.write({"README.md": "", "notes.txt": "", "uv.lock": ""})
    repository.git("add", "README.md", "notes.txt", "uv.lock")
    said = repository.git("commit", "-m", "notes")
    assert "convexgen check" in said
    assert "(no files to check)Skipped" in said


@pytest.mark.parametrize("path", ["pyproject.toml", SCHEMA, MODEL, "backend/_generated/api.js", "spec.json"])
def test_the_files_that_a_hook_runs_for(path: str) -> None:
    told = {name for name, hook in published().items() if re.search(hook["files"], path)}
    assert told == ({GENERATE, FIX, CHECK} if path in {"pyproject.toml", SCHEMA} else {GENERATE, CHECK})


def test_generating_changes_files_so_the_second_commit_is_the_one(repository: WorkTree) -> None:
    repository.write({CONFIG: hooks(GENERATE, CHECK)})
    edit(repository, SCHEMA, "likes: int = 0", "stars: int = 0")
    repository.git("add", SCHEMA, CONFIG)
    said = repository.git("commit", "-m", "first", code=1)
    assert "files were modified by this hook" in said
    assert "stars" in (repository.top / MODEL).read_text(encoding="utf-8")
    assert repository.git("diff", "--name-only", "--cached") == f"{CONFIG}\n{SCHEMA}\n"
    repository.git("add", "backend")
    repository.git("commit", "-m", "second")
    assert heads(repository) == 2


def test_files_that_are_new_are_seen_by_the_check_after_generating(repository: WorkTree) -> None:
    """pre-commit takes a hook that only creates files for one that changed nothing."""
    repository.git("rm", "-rq", "--cached", "backend/_generated")
    shutil.rmtree(repository.top / "backend/_generated")
    repository.write({CONFIG: hooks(GENERATE)})
    repository.git("add", CONFIG)
    edit(repository, SCHEMA, "likes", "stars")
    repository.git("add", SCHEMA)
    assert "Passed" in repository.git("commit", "-m", "without the outputs")
    repository.write({CONFIG: hooks(GENERATE, CHECK)})
    edit(repository, SCHEMA, "stars", "likes")
    repository.git("add", CONFIG, SCHEMA)
    assert "CG502 missing-output" in repository.git("commit", "-m", "again", code=1)
    repository.git("add", "backend")
    repository.git("commit", "-m", "with the outputs")


def test_mending_changes_files_too(repository: WorkTree) -> None:
    repository.write({CONFIG: hooks(FIX, CHECK)})
    edit(repository, MESSAGES, "@query\n", "@query()\n")
    repository.git("add", MESSAGES, CONFIG)
    said = repository.git("commit", "-m", "first", code=1)
    assert "\nmended backend/messages.py:8" in said
    assert "files were modified by this hook" in said
    repository.git("add", MESSAGES)
    repository.git("commit", "-m", "second")
    assert repository.git("diff", "HEAD~1", "--name-only") == f"{CONFIG}\n"


def test_conflicts_in_generated_files_are_resolved_by_generating(repository: WorkTree) -> None:
    """Both branches changed the same outputs; what git leaves of them is never read, only written again."""
    for branch, old, new in (("topic", "likes: int", "stars: int"), ("main", "author: Id[User]", "writer: Id[User]")):
        repository.git("switch", "-q", *(["-c", branch] if branch == "topic" else [branch]))
        edit(repository, SCHEMA, old, new)
        if branch == "main":
            edit(repository, SCHEMA, 'Index("author")', 'Index("writer")')
            edit(repository, MESSAGES, "Message.author == author", "Message.writer == author")
            edit(repository, MESSAGES, "Message(author=author", "Message(writer=author")
        repository.run("convexgen", "generate")
        repository.commit(branch)
    said = repository.git("merge", "topic", code=1)
    assert f"CONFLICT (content): Merge conflict in {MODEL}" in said
    assert f"CONFLICT (content): Merge conflict in {SCHEMA}" not in said
    assert "CG501 stale-output" in repository.run("convexgen", "check", "--no-types", "--against-index", code=1)
    assert "CG504" not in repository.run("convexgen", "check", "--no-types", code=1)
    repository.git("add", ".")
    assert f"{MODEL}: CG501 stale-output" in repository.git("commit", "-m", "with markers", code=1)
    repository.run("convexgen", "generate")
    repository.git("add", "backend")
    repository.git("commit", "-m", "resolved")
    model = (repository.top / MODEL).read_text(encoding="utf-8")
    assert "stars" in model
    assert "writer" in model
    assert "<<<<<<<" not in model


def test_a_project_in_a_folder_of_the_repository(repository: WorkTree) -> None:
    (repository.top / "services").mkdir()
    for name in ("backend", "pyproject.toml", ".gitattributes"):
        (repository.top / name).rename(repository.top / "services" / name)
    repository.write({CONFIG: hooks(CHECK, args=["--no-types", "-C", "services"])})
    repository.git("add", "-A")
    repository.git("commit", "-m", "moved")
    edit(repository, f"services/{SCHEMA}", "likes: int = 0", "stars: int = 0")
    said = repository.git("commit", "-am", "source alone", code=1)
    assert "run `convexgen generate -C services` and `git add services/backend/_generated`.\n" in said
