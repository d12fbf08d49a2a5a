"""The files of a project in one tree of git: which there are, what they hold, and the snapshot that they make."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from convexgen.folders import printable
from convexgen.git_trees.links import follow
from convexgen.git_trees.repository import GitError, Repository
from convexgen.project_files import PYPROJECT, ProjectFiles
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile

INDEX = "git's index"
"""How the index is called in what is said to people."""

_LINK, _SUBMODULE = "120000", "160000"

HISTORY = (
    "fetch more of the history: `git fetch --unshallow`; in GitHub Actions, check out with `fetch-depth: 0`; "
    "in GitLab CI, set `GIT_DEPTH: 0`"
)


class Entry(NamedTuple):
    """One file of a tree: git's mode of it (six octal digits) and the name of its content."""

    mode: str
    object: str


@dataclass(frozen=True, slots=True)
class GitTree:
    """The files of one project in one tree. `name` is how people call it: `origin/main`, or `INDEX`.

    `entries` is by path in the project. A path that a merge left with several versions is in `unmerged` instead.
    """

    repository: Repository
    name: str
    entries: Mapping[str, Entry]
    unmerged: frozenset[str] = field(default=frozenset())

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The contents of these files by path.

        Raises `KeyError` for a path without an entry, `GitError` for a clone that lacks a content.
        """
        wanted = {path: self.entries[path].object for path in paths}
        contents = _contents(self.repository, sorted(set(wanted.values())), self.name)
        return {path: contents[name] for path, name in wanted.items()}


def index_tree(repository: Repository) -> GitTree:
    """The project as it would be committed now. Raises `GitError`."""
    unmerged: set[str] = set()

    def listed(folder: str) -> dict[str, Entry]:
        listing = repository.answer("--literal-pathspecs", "ls-files", "--stage", "-z", "--", folder or ".")
        entries: dict[str, Entry] = {}
        for head, path in _records(listing):
            mode, name, stage = head.split(" ")
            if stage == "0":
                entries[path] = Entry(mode, name)
            else:
                unmerged.add(path)
        return entries

    entries = _of_project(repository, listed, INDEX)
    own = (path.removeprefix(repository.project) for path in unmerged if path.startswith(repository.project))
    return GitTree(repository, INDEX, entries, frozenset(own))


def ref_tree(repository: Repository, ref: str) -> GitTree:
    """The project in the commit (or tag, or tree) that `ref` names; empty where it was not there yet.

    Raises `GitError`.
    """
    return _tree(repository, _tree_of(repository, ref), ref)


def parting_tree(repository: Repository, ref: str) -> GitTree:
    """The project where what is checked out has parted from `ref`, as `git diff REF...` sees it.

    The two may have gone on since then. A tree has no history: it is taken as it is. Raises `GitError`.
    """
    tree = _tree_of(repository, ref)
    commit = repository.ask("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if commit.returncode:
        return _tree(repository, tree, ref)
    asked = repository.ask("merge-base", commit.stdout.decode().strip(), "HEAD")
    if asked.returncode and _is_shallow(repository):
        raise GitError(f"this clone, which is shallow, does not go back to where `{ref}` and HEAD part", HISTORY)
    if asked.returncode:
        advice = f"to compare with it all the same, name it with two dots: `{ref}..`"
        raise GitError(f"`{ref}` and HEAD have no commit in common", advice)
    return _tree(repository, asked.stdout.decode().strip(), ref)


def _tree_of(repository: Repository, ref: str) -> str:
    """The name of the tree that `ref` leads to."""
    if ref.startswith("-"):
        raise _unknown_ref(repository, ref)  # it would be taken for an option
    asked = repository.ask("rev-parse", "--verify", "--quiet", f"{ref}^{{tree}}")
    if asked.returncode:
        raise _unknown_ref(repository, ref)
    return asked.stdout.decode().strip()


def _tree(repository: Repository, tree: str, name: str) -> GitTree:

    def listed(folder: str) -> dict[str, Entry]:
        options = ("-r", "-z", "--full-tree", tree, "--")
        listing = repository.answer("--literal-pathspecs", "ls-tree", *options, *filter(None, [folder]))
        heads = ((head.split(" "), path) for head, path in _records(listing))
        return {path: Entry(mode, content) for (mode, _, content), path in heads}

    return GitTree(repository, name, _of_project(repository, listed, name))


def read_pyproject(tree: GitTree) -> bytes | None:
    """The project's pyproject.toml in a tree, or None where it has none. Raises `GitError`."""
    if PYPROJECT in tree.unmerged:
        raise GitError(
            "a merge conflict in this file is not resolved, so the settings are not known",
            f"resolve it, then run `git add {PYPROJECT}`",
            PYPROJECT,
        )
    return tree.read([PYPROJECT])[PYPROJECT] if PYPROJECT in tree.entries else None


def read_snapshot(tree: GitTree, settings: Settings) -> Snapshot:
    """What `discover` would find if the tree were checked out. Raises `GitError`.

    An output that a merge left unresolved counts as an empty file: whatever it holds, it is to be written again.
    """
    files = ProjectFiles.of(settings)
    unreadable = [
        (printable(path), "a merge conflict in it is not resolved") for path in tree.unmerged if files.is_source(path)
    ]
    sources: list[str] = []
    outputs: list[str] = []
    for path, entry in tree.entries.items():
        is_source, is_output = files.is_source(path), files.is_output(path)
        if not is_source and not is_output:
            continue
        if why := _unreadable(path, entry):
            unreadable.append((printable(path), why))
        else:
            (sources if is_source else outputs).append(path)
    contents = tree.read([*sources, *outputs])
    return Snapshot(
        tuple(SourceFile.of(path, contents[path]) for path in sorted(sources)),
        {path: contents.get(path, b"") for path in sorted({*outputs, *filter(files.is_output, tree.unmerged)})},
        tuple(sorted(unreadable)),
    )


def ignored(tree: GitTree, paths: Iterable[str]) -> frozenset[str]:
    """Those of the paths in the project that git is told to ignore, and so does not commit.

    None where git cannot say, as of a path behind a link. Raises `GitError` only where git cannot be run at all.
    """
    inner = tree.repository.project
    given = b"".join(f"{inner}{path}\0".encode("utf-8", "surrogateescape") for path in paths)
    asked = tree.repository.ask("check-ignore", "--stdin", "-z", given=given)
    found = asked.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return frozenset(path.removeprefix(inner) for path in found)


def _unreadable(path: str, entry: Entry) -> str | None:
    if printable(path) != path:
        return "its name is not valid UTF-8"
    return {_LINK: "it is a link to nothing that git holds", _SUBMODULE: "it is a submodule"}.get(entry.mode)


def _of_project(repository: Repository, listed: Callable[[str], dict[str, Entry]], name: str) -> dict[str, Entry]:
    """The entries of the project by path in it, links followed; `listed` gives those of a folder of the repository."""
    project = repository.project
    entries = listed(project)
    if any(entry.mode == _LINK for entry in entries.values()):
        everything = listed("")  # a link may lead out of the project
        places = {path: entry.object for path, entry in everything.items() if entry.mode == _LINK}
        targets = _contents(repository, sorted(set(places.values())), name)
        links = {path: targets[place].decode("utf-8", "surrogateescape") for path, place in places.items()}
        seen = follow(everything, links, project.rstrip("/"))
        entries = {path: everything[real] for path, real in seen.items()}
    return {path.removeprefix(project): entry for path, entry in entries.items()}


def _records(listing: bytes) -> Iterable[tuple[str, str]]:
    """The entries of a listing with NUL between them: what stands before the tab, and the path."""
    for record in listing.split(b"\0")[:-1]:
        head, path = record.split(b"\t", 1)
        yield head.decode(), path.decode("utf-8", "surrogateescape")


def _contents(repository: Repository, objects: list[str], name: str) -> dict[str, bytes]:
    """The contents of objects by name, all from one process."""
    given = "".join(f"{each}\n" for each in objects).encode()
    said = repository.answer("cat-file", "--batch", given=given) if objects else b""
    found: dict[str, bytes] = {}
    place = 0
    for each in objects:
        end = said.index(b"\n", place)
        head = said[place:end].split(b" ")
        if head[-1] == b"missing":
            raise GitError(f"this clone has not all files of {name}", HISTORY)
        size = int(head[2])
        found[each] = said[end + 1 : end + 1 + size]
        place = end + size + 2
    return found


def _is_shallow(repository: Repository) -> bool:
    return repository.answer("rev-parse", "--is-shallow-repository").strip() == b"true"


def _unknown_ref(repository: Repository, ref: str) -> GitError:
    if _is_shallow(repository):
        return GitError(f"`{ref}` is not in this clone, which is shallow", HISTORY)
    names = repository.answer("for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace").splitlines()
    close = difflib.get_close_matches(ref, names, 1)
    advice = "name a branch, a tag or a commit that `git log` can show; `git fetch` brings what the remote has"
    return GitError(f"there is no `{ref}` in this repository", f"did you mean `{close[0]}`?" if close else advice)
