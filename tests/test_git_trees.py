"""A project read out of git is what would be read from the disk if that tree were checked out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.discover import discover
from convexgen.git_trees import (
    INDEX,
    GitError,
    GitTree,
    Repository,
    ignored,
    index_tree,
    open_repository,
    read_pyproject,
    read_snapshot,
    ref_tree,
)
from convexgen.git_trees.links import follow
from convexgen.project_files import ProjectFiles
from convexgen.settings import PythonOutput, Settings, SpecOutput, TypeScriptOutput
from convexgen.snapshot import Snapshot
from tests.repositories import WorkTree, git_of_tests, work_tree

__all__ = ["git_of_tests", "work_tree"]  # fixtures

OUTPUTS = (TypeScriptOutput("web/api"), PythonOutput("web/api/client"), SpecOutput("spec/a.json"))
SETTINGS = Settings(outputs=OUTPUTS)


def repository(project: Path, **variables: str) -> Repository:
    return open_repository(project, {**os.environ, **variables})


def staged(work_tree: WorkTree, project: str = "", **variables: str) -> Snapshot:
    return read_snapshot(index_tree(repository(work_tree.top / project, **variables)), SETTINGS)


def texts(snapshot: Snapshot) -> dict[str, str]:
    return {source.path: source.content.decode() for source in snapshot.sources}


def refused(call: Callable[[], object]) -> tuple[str, str | None]:
    """What is said, and what is advised, by a call that git cannot answer."""
    with pytest.raises(GitError) as caught:
        call()
    finding = caught.value.diagnostic
    assert finding.rule.name == "git-failed"
    assert finding.rule.unreadable
    assert str(caught.value) == finding.message
    return finding.message, finding.help


NOISE: dict[str, str | bytes] = {
    "pyproject.toml": "[tool.convexgen]\n",
    "backend/a.py": "a = 1\n",
    "backend/sub dir/Ω.py": "b = 1\n",
    "backend/_private.py": "",
    "backend/windows.py": b"c = 1\r\nd = 2\r\n",
    "backend/test_a.py": "no",
    "backend/conftest.py": "no",
    "backend/notes.txt": "no",
    "backend/.hidden.py": "no",
    "backend/.venv/x.py": "no",
    "backend/_generated/x.py": "no",
    "backend/sub dir/_generated/x.py": "no",
    "backend.py": "no",
    "other/backend/a.py": "no",
    "web/api/api.js": "// made\n",
    "web/api/client/__init__.py": b"\xff\x00\n",
    "web/api/.prettierrc": "no",
    "web/app.js": "no",
    "spec/a.json": "{}\n",
    "spec/b.json": "no",
}


@pytest.mark.parametrize("project", ["", "Dienste/chat app/"])
def test_index_and_commit_give_what_the_disk_gives(work_tree: WorkTree, project: str) -> None:
    work_tree.write({f"{project}{path}": content for path, content in NOISE.items()})
    work_tree.write({"backend/of_another_project.py": "x = 1\n"} if project else {})
    on_disk = discover(work_tree.top / project, SETTINGS)
    assert (len(on_disk.sources), len(on_disk.outputs)) == (4, 3)
    work_tree.commit()
    opened = repository(work_tree.top / project)
    assert (opened.top, opened.project) == (work_tree.top, project)
    for tree in (index_tree(opened), ref_tree(opened, "HEAD"), ref_tree(opened, "main^{tree}")):
        assert read_snapshot(tree, SETTINGS) == on_disk
        assert read_pyproject(tree) == b"[tool.convexgen]\n"
    assert {index_tree(opened).name, ref_tree(opened, "main").name} == {INDEX, "main"}


names = st.sampled_from(["a.py", "test_a.py", "conftest.py", "a.js", "a.pyc", ".a.py", "a.json"])
folders = st.sampled_from(["backend", "web", "api", "client", "_generated", "sub", ".git2", "__pycache__", "spec"])
paths = st.builds(lambda above, name: "/".join([*above, name]), st.lists(folders, max_size=4), names)


@given(st.lists(paths, max_size=30))
def test_what_a_path_tells_is_what_a_walk_finds(tmp_path_factory: pytest.TempPathFactory, found: list[str]) -> None:
    root = tmp_path_factory.mktemp("walk")
    for path in found:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")
    on_disk, files = discover(root, SETTINGS), ProjectFiles.of(SETTINGS)
    assert {source.path for source in on_disk.sources} == set(filter(files.is_source, found))
    assert set(on_disk.outputs) == set(filter(files.is_output, found))


def test_what_is_staged_counts_and_not_what_lies_in_the_work_tree(work_tree: WorkTree) -> None:
    work_tree.write({"backend/a.py": "a = 1\n", "backend/gone.py": "", "web/api/api.js": "old"})
    work_tree.commit()
    work_tree.write({"backend/a.py": "a = 2\n", "backend/new.py": "n = 1\n"})
    (work_tree.top / "backend/gone.py").unlink()
    work_tree.git("add", "-A")
    work_tree.write({"backend/a.py": "a = 3\n", "backend/later.py": "", "web/api/api.js": "edited"})
    (work_tree.top / "backend/new.py").unlink()
    snapshot = staged(work_tree)
    assert texts(snapshot) == {"backend/a.py": "a = 2\n", "backend/new.py": "n = 1\n"}
    assert snapshot.outputs == {"web/api/api.js": b"old"}
    assert texts(read_snapshot(ref_tree(repository(work_tree.top), "HEAD"), SETTINGS)) == {
        "backend/a.py": "a = 1\n",
        "backend/gone.py": "",
    }


def test_before_the_first_commit_and_before_anything_is_staged(work_tree: WorkTree) -> None:
    work_tree.write({"backend/a.py": "a = 1\n"})
    tree = index_tree(repository(work_tree.top))
    assert (read_snapshot(tree, SETTINGS), read_pyproject(tree)) == (Snapshot((), {}), None)
    work_tree.git("add", ".")
    assert texts(staged(work_tree)) == {"backend/a.py": "a = 1\n"}
    message, _ = refused(lambda: ref_tree(repository(work_tree.top), "HEAD"))
    assert message == "there is no `HEAD` in this repository"


def test_a_commit_from_before_there_was_the_project_is_empty(work_tree: WorkTree) -> None:
    work_tree.write({"README.md": ""})
    work_tree.commit()
    work_tree.write({"app/backend/a.py": ""})
    work_tree.commit()
    opened = repository(work_tree.top / "app")
    assert ref_tree(opened, "HEAD~1").entries == {}
    assert list(ref_tree(opened, "HEAD").entries) == ["backend/a.py"]


def test_names_that_mean_something_to_git_or_a_shell(work_tree: WorkTree) -> None:
    project = ":(top)*[a]$x"
    content = {"backend/a\tb.py": "1", 'backend/"q".py': "2", "backend/n\nl.py": "3", "backend/-.py": "4"}
    work_tree.write({f"{project}/{path}": text for path, text in content.items()})
    work_tree.commit()
    assert texts(staged(work_tree, project)) == content
    assert texts(read_snapshot(ref_tree(repository(work_tree.top / project), "HEAD"), SETTINGS)) == content


@pytest.mark.parametrize("hook", ["backend", "."])
def test_a_hook_says_which_index_is_about_to_be_committed(
    work_tree: WorkTree, monkeypatch: pytest.MonkeyPatch, hook: str
) -> None:
    """As `git commit -a` and `git commit FILE` do, which leave the usual index as it is until all is well."""
    work_tree.write({"backend/a.py": "a = 1\n"})
    work_tree.commit()
    work_tree.write({"backend/a.py": "a = 2\n"})
    other = {"GIT_INDEX_FILE": str(work_tree.top / ".git/index.lock")}
    shutil.copy(work_tree.top / ".git/index", other["GIT_INDEX_FILE"])
    work_tree.git("add", "-A", code=0, **other)
    monkeypatch.chdir(work_tree.top / hook)
    assert texts(staged(work_tree)) == {"backend/a.py": "a = 1\n"}
    assert texts(staged(work_tree, **other)) == {"backend/a.py": "a = 2\n"}
    assert texts(staged(work_tree, **other, GIT_DIR=str(work_tree.top / ".git"))) == {"backend/a.py": "a = 2\n"}
    assert texts(staged(work_tree, GIT_INDEX_FILE=".git/index", GIT_PREFIX="")) == {"backend/a.py": "a = 1\n"}


def test_the_index_of_another_repository_is_not_asked(work_tree: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit in the repository around a submodule says nothing about what is staged in it."""
    inner = WorkTree.make(work_tree.top / "inner")
    inner.write({"backend/a.py": "inner"})
    inner.git("add", ".")
    work_tree.write({"backend/a.py": "outer"})
    work_tree.git("add", "backend")
    monkeypatch.chdir(work_tree.top)
    hook = {"GIT_INDEX_FILE": ".git/index", "GIT_DIR": ".git"}
    assert texts(staged(inner, **hook)) == {"backend/a.py": "inner"}
    assert texts(staged(work_tree, **hook)) == {"backend/a.py": "outer"}


def test_a_linked_work_tree_has_an_index_of_its_own(work_tree: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    work_tree.write({"app/backend/a.py": "1"})
    work_tree.commit()
    linked = WorkTree(work_tree.top.parent / "linked")
    work_tree.git("worktree", "add", "-q", str(linked.top))
    linked.write({"app/backend/a.py": "2"})
    linked.git("add", ".")
    monkeypatch.chdir(linked.top)
    hook = {"GIT_DIR": str(work_tree.top / ".git/worktrees/linked")}
    hook["GIT_INDEX_FILE"] = f"{hook['GIT_DIR']}/index"
    for variables in ({}, hook):
        assert texts(staged(linked, "app", **variables)) == {"backend/a.py": "2"}
        assert texts(staged(work_tree, "app", **variables)) == {"backend/a.py": "1"}


def test_a_git_folder_that_only_the_environment_knows(work_tree: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    work_tree.write({"app/backend/a.py": "1"})
    work_tree.git("add", ".")
    elsewhere = work_tree.top.parent / "elsewhere.git"
    (work_tree.top / ".git").rename(elsewhere)
    monkeypatch.chdir(work_tree.top)
    assert texts(staged(work_tree, "app", GIT_DIR=str(elsewhere))) == {"backend/a.py": "1"}
    monkeypatch.chdir(work_tree.top / "app")
    known = {"GIT_DIR": "../../elsewhere.git", "GIT_WORK_TREE": str(work_tree.top)}
    assert texts(staged(work_tree, "app", **known)) == {"backend/a.py": "1"}
    message, _ = refused(lambda: repository(work_tree.top.parent, **known))
    assert message == "this project is not in a git repository"


def test_nothing_is_written(work_tree: WorkTree) -> None:
    """Not even what `git status` would write: what it learnt about time stamps."""
    work_tree.write({"backend/a.py": "1"})
    work_tree.commit()
    os.utime(work_tree.top / "backend/a.py", (1, 1))
    before = {path: path.stat().st_mtime_ns for path in work_tree.top.rglob("*")}
    opened = repository(work_tree.top)
    read_snapshot(index_tree(opened), SETTINGS)
    read_snapshot(ref_tree(opened, "HEAD"), SETTINGS)
    ignored(index_tree(opened), ["a"])
    assert {path: path.stat().st_mtime_ns for path in work_tree.top.rglob("*")} == before


def link(work_tree: WorkTree, path: str, target: str) -> None:
    place = work_tree.top / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_links_are_followed_as_on_a_disk(work_tree: WorkTree) -> None:
    work_tree.write({"shared/deep/s.py": "s", "app/backend/a.py": "a", "app/lib/l.py": "l"})
    for path, target in {
        "app/backend/file.py": "../lib/l.py",
        "app/backend/folder": "../lib",
        "app/backend/shared": "../../shared",
        "app/backend/through.py": "shared/deep/s.py",
        "app/backend/itself": ".",
        "app/lib/back": "../backend",
        "shared/deep/project": "../../app",
        "app/web/api": "../lib",
    }.items():
        link(work_tree, path, target)
    on_disk = discover(work_tree.top / "app", SETTINGS)
    assert set(texts(on_disk)) >= {"backend/file.py", "backend/shared/deep/s.py", "backend/through.py"}
    work_tree.commit()
    opened = repository(work_tree.top / "app")
    assert read_snapshot(index_tree(opened), SETTINGS) == on_disk
    assert read_snapshot(ref_tree(opened, "HEAD"), SETTINGS) == on_disk


def test_links_that_lead_nowhere_in_git_cannot_be_read(work_tree: WorkTree) -> None:
    targets = {"gone.py": "nothing.py", "out.py": "../../../x.py", "absolute.py": "/etc/passwd", "loop.py": "loop.py"}
    for name, target in targets.items():
        link(work_tree, f"backend/{name}", target)
    work_tree.git("add", ".")
    assert staged(work_tree).unreadable == tuple(
        (f"backend/{name}", "it is a link to nothing that git holds") for name in sorted(targets)
    )


links_to = st.dictionaries(
    st.sampled_from(["p/a", "p/b", "p/c/d", "q/e", "f"]),
    st.sampled_from(["a", "..", "../q", "../p/c", "c", "b", ".", "../../f", "q/x", "../..", "d/../a", "/x", ""]),
)


@given(links_to)
def test_following_links_ends_and_finds_only_what_there_is(links: dict[str, str]) -> None:
    paths = {"p/c/x", "p/y", "q/x", "q/z/w", *links} - ({"p/c/x"} if "p/c" in links else set())
    seen = follow(paths, links, "p")
    assert set(seen.values()) <= paths
    assert {path for path in paths - set(links) if path.startswith("p/")} <= set(seen)


def test_a_submodule_among_the_sources_cannot_be_read(work_tree: WorkTree) -> None:
    inner = WorkTree.make(work_tree.top / "backend/inner.py")
    inner.write({"a": ""})
    inner.commit()
    work_tree.git("-c", "advice.addEmbeddedRepo=false", "add", ".")
    assert staged(work_tree).unreadable == (("backend/inner.py", "it is a submodule"),)


@pytest.mark.skipif(os.name == "nt", reason="there a name is always text")
def test_a_name_that_is_not_text_is_told_as_on_a_disk(work_tree: WorkTree) -> None:
    (work_tree.top / "backend").mkdir()
    Path(os.fsdecode(os.fsencode(work_tree.top) + b"/backend/b\xff.py")).write_bytes(b"")
    work_tree.git("add", ".")
    assert staged(work_tree) == discover(work_tree.top, SETTINGS)
    assert staged(work_tree).unreadable == (("backend/b\\xff.py", "its name is not valid UTF-8"),)


def merged_with_conflicts(work_tree: WorkTree, *paths: str) -> GitTree:
    """The index after a merge of two branches that changed the same lines of these files."""
    for branch, text in (("base", "base\n"), ("topic", "topic\n"), ("main", "main\n")):
        if branch == "topic":
            work_tree.git("switch", "-qc", "topic")
        elif branch == "main":
            work_tree.git("switch", "-q", "main")
        work_tree.write(dict.fromkeys(paths, text))
        work_tree.commit()
    work_tree.git("merge", "-q", "topic", code=1)
    return index_tree(repository(work_tree.top))


def test_of_an_unresolved_merge_outputs_are_empty_and_sources_cannot_be_read(work_tree: WorkTree) -> None:
    work_tree.write({"backend/good.py": "good"})
    tree = merged_with_conflicts(work_tree, "backend/a.py", "web/api/api.js", "spec/a.json", "README.md")
    assert tree.unmerged == {"backend/a.py", "web/api/api.js", "spec/a.json", "README.md"}
    snapshot = read_snapshot(tree, SETTINGS)
    assert texts(snapshot) == {"backend/good.py": "good"}
    assert snapshot.outputs == {"spec/a.json": b"", "web/api/api.js": b""}
    assert snapshot.unreadable == (("backend/a.py", "a merge conflict in it is not resolved"),)


def test_unresolved_settings_are_told_as_such(work_tree: WorkTree) -> None:
    tree = merged_with_conflicts(work_tree, "pyproject.toml")
    assert refused(lambda: read_pyproject(tree)) == (
        "a merge conflict in this file is not resolved, so the settings are not known",
        "resolve it, then run `git add pyproject.toml`",
    )


def test_what_git_ignores(work_tree: WorkTree) -> None:
    work_tree.write({".gitignore": "made/\n*.log\n", "app/made/kept.js": "", "app/x.js": ""})
    work_tree.git("add", "-f", ".")
    tree = index_tree(repository(work_tree.top / "app"))
    asked = ["made/new.js", "made/kept.js", "x.js", "Ω y.log"]
    assert ignored(tree, asked) == {"made/new.js", "Ω y.log"}
    assert ignored(tree, []) == frozenset()
    assert ignored(tree, ["../../outside.log"]) == frozenset()


def test_git_that_is_not_installed(work_tree: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(work_tree.top))
    assert refused(lambda: repository(work_tree.top)) == (
        "git is not installed",
        "install git, or put it on the `PATH`",
    )


def test_git_that_cannot_be_run(work_tree: WorkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    git = work_tree.top / "git"
    git.write_bytes(b"\x7fELF")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(work_tree.top))
    assert refused(lambda: repository(work_tree.top)) == (
        "git cannot be run: exec format error",
        "see what `git --version` says",
    )


def test_no_repository(tmp_path: Path, work_tree: WorkTree) -> None:
    expected = ("this project is not in a git repository", "run `git init`, or name another project with `-C`")
    (tmp_path / "alone").mkdir()
    assert refused(lambda: repository(tmp_path / "alone")) == expected
    assert refused(lambda: repository(tmp_path / "alone", GIT_DIR="/nowhere")) == expected
    monkey = {"GIT_DIR": str(work_tree.top / ".git"), "GIT_WORK_TREE": str(work_tree.top)}
    assert refused(lambda: repository(tmp_path / "alone", **monkey)) == expected


def test_git_s_own_reason_is_told(work_tree: WorkTree) -> None:
    (work_tree.top / ".git/config").write_text("[core\n")
    message, advice = refused(lambda: repository(work_tree.top))
    assert message == "git failed: bad config line 1 in file .git/config"
    assert advice == "see what `git status` says"


@pytest.mark.parametrize("ref", ["no-such-branch", "--output=x", "-x", "", "HEAD~9", "HEAD:backend/a.py", "a b"])
def test_a_ref_that_there_is_not(work_tree: WorkTree, ref: str) -> None:
    work_tree.write({"backend/a.py": ""})
    work_tree.commit()
    assert refused(lambda: ref_tree(repository(work_tree.top), ref)) == (
        f"there is no `{ref}` in this repository",
        "name a branch, a tag or a commit that `git log` can show; `git fetch` brings what the remote has",
    )
    assert {path.name for path in work_tree.top.iterdir()} == {".git", "backend"}


def test_tags_and_abbreviated_commits_are_refs(work_tree: WorkTree) -> None:
    work_tree.write({"backend/a.py": "1"})
    work_tree.commit()
    work_tree.git("tag", "-a", "v1", "-m", "first")
    short = work_tree.git("rev-parse", "--short", "HEAD").strip()
    opened = repository(work_tree.top)
    assert read_contents(opened, ["v1", short, "refs/tags/v1", "@"]) == [b"1"] * 4


def read_contents(opened: Repository, refs: Iterable[str]) -> list[bytes]:
    return [ref_tree(opened, ref).read(["backend/a.py"])["backend/a.py"] for ref in refs]


def test_a_shallow_clone_says_that_it_is_shallow(work_tree: WorkTree) -> None:
    for text in "123":
        work_tree.write({"backend/a.py": text})
        work_tree.commit()
    first = work_tree.git("rev-parse", "HEAD~2").strip()
    clone = WorkTree(work_tree.top.parent / "clone")
    work_tree.git("clone", "-q", "--depth=1", work_tree.top.as_uri(), str(clone.top))
    opened = repository(clone.top)
    assert read_contents(opened, ["HEAD"]) == [b"3"]
    for ref in (first, "HEAD~1", "origin/release"):
        message, advice = refused(partial(ref_tree, opened, ref))
        assert message == f"`{ref}` is not in this clone, which is shallow"
        assert advice is not None
        assert "`git fetch --unshallow`" in advice
        assert "`fetch-depth: 0`" in advice


def test_a_content_that_is_not_there_is_told(work_tree: WorkTree) -> None:
    work_tree.write({"backend/a.py": "lost\n", "backend/b.py": "kept\n"})
    work_tree.commit()
    name = work_tree.git("rev-parse", "HEAD:backend/a.py").strip()
    tree = ref_tree(repository(work_tree.top), "main")
    (work_tree.top / f".git/objects/{name[:2]}/{name[2:]}").unlink()
    message, _ = refused(lambda: read_snapshot(tree, SETTINGS))
    assert message == "this clone has not all files of main"
