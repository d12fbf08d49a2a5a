"""Reads a project out of git instead of from the disk: as a commit has it, or as the index has it, which is what would
be committed next.

Only git's plumbing is asked, and only to read: nothing is checked out, no file is written, no lock is taken. What is
read is what git stores, before any conversion of line ends on the way to the work tree.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from convexgen.diagnostics import Diagnostic, Label
from convexgen.folders import printable, reason
from convexgen.project_files import PYPROJECT, ProjectFiles
from convexgen.rules.tool import GIT_FAILED
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile, Span

INDEX = "git's index"
"""How the index is called in what is said to people."""

_OF_ONE_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")
"""What git tells the hooks of one repository and what would mislead a question about another."""
_LINK, _SUBMODULE = "120000", "160000"

_SHALLOW = (
    "fetch more of the history: `git fetch --unshallow`; in GitHub Actions, check out with `fetch-depth: 0`; "
    "in GitLab CI, set `GIT_DEPTH: 0`"
)


class GitError(Exception):
    """Git could not give what was asked for. `diagnostic` says why and what to do."""

    def __init__(self, reason: str, help: str, path: str = "") -> None:
        super().__init__(reason)
        self.diagnostic = Diagnostic(GIT_FAILED, reason, Label(Span(path)), help=help)


class Entry(NamedTuple):
    """One file of a tree: git's mode of it (six octal digits) and the name of its content."""

    mode: str
    object: str


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that holds a project. `project` leads from its top to the project: empty, or ending in `/`.

    `environment` is what git is to be run with.
    """

    top: Path
    project: str
    environment: Mapping[str, str]

    def ask(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """What git says to a command at the top of the repository, whether or not it fails."""
        return _git(self.top, self.environment, *arguments, given=given)

    def answer(self, *arguments: str, given: bytes = b"") -> bytes:
        """The same for a command that cannot fail in a sound repository. Raises `GitError` if it does."""
        asked = self.ask(*arguments, given=given)
        if asked.returncode:
            raise _unsound(asked)
        return asked.stdout


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


def open_repository(project: Path, environment: Mapping[str, str]) -> Repository:
    """The repository that the folder `project` lies in. Raises `GitError`.

    In a hook, `environment` says which index is about to be committed (with `git commit -a` or `git commit FILE` it is
    a temporary one). It is taken at its word only if it speaks of the repository that holds the project.
    """
    clean = {name: value for name, value in environment.items() if name not in _OF_ONE_REPOSITORY}
    clean |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    place = ("rev-parse", "--absolute-git-dir", "--show-toplevel", "--show-prefix")
    asked = _git(project, clean, *place)
    if asked.returncode and environment.get("GIT_DIR"):
        return _elsewhere(project, {**environment, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"})
    if asked.returncode:
        raise _not_a_repository(asked)
    own, top, prefix = os.fsdecode(asked.stdout).split("\n")[:3]
    index = _index_of_hook(own, environment)
    return Repository(Path(top), prefix, {**clean, "GIT_INDEX_FILE": index} if index else clean)


def index_tree(repository: Repository) -> GitTree:
    """The project as it would be committed now. Raises `GitError`."""
    listing = repository.answer("--literal-pathspecs", "ls-files", "--stage", "-z", "--", repository.project or ".")
    entries: dict[str, Entry] = {}
    unmerged: set[str] = set()
    for head, path in _records(listing, repository.project):
        mode, name, stage = head.split(" ")
        if stage == "0":
            entries[path] = Entry(mode, name)
        else:
            unmerged.add(path)
    return GitTree(repository, INDEX, entries, frozenset(unmerged))


def ref_tree(repository: Repository, ref: str) -> GitTree:
    """The project in the commit (or tag, or tree) that `ref` names; empty where it was not there yet.

    Raises `GitError`.
    """
    asked = repository.ask("rev-parse", "--verify", "--quiet", f"{ref}^{{tree}}")
    if asked.returncode or ref.startswith("-"):
        raise _unknown_ref(repository, ref)
    tree = asked.stdout.decode().strip()
    listing = repository.answer("ls-tree", "-r", "-z", "--full-tree", tree, *filter(None, [repository.project]))
    entries: dict[str, Entry] = {}
    for head, path in _records(listing, repository.project):
        mode, _, name = head.split(" ")
        entries[path] = Entry(mode, name)
    return GitTree(repository, ref, entries)


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
    """Those of the paths in the project that git is told to ignore, and so does not commit. Raises `GitError`."""
    inner = tree.repository.project
    given = b"".join(f"{inner}{path}\0".encode("utf-8", "surrogateescape") for path in paths)
    asked = tree.repository.ask("check-ignore", "--stdin", "-z", given=given)
    if asked.returncode not in (0, 1):
        raise _unsound(asked)
    found = asked.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return frozenset(path.removeprefix(inner) for path in found)


def _unreadable(path: str, entry: Entry) -> str | None:
    if printable(path) != path:
        return "its name is not valid UTF-8"
    return {_LINK: "it is a link", _SUBMODULE: "it is a submodule"}.get(entry.mode)


def _git(
    folder: Path, environment: Mapping[str, str], *arguments: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, input=given, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed", "install git, or put it on the `PATH`") from error
    except OSError as error:
        raise GitError(f"git cannot be run: {reason(error)}", "see what `git --version` says") from error


def _index_of_hook(own: str, environment: Mapping[str, str]) -> str | None:
    """The index that the hook in which we run is about, if it is a hook of the repository whose git folder is `own`."""
    if not environment.get("GIT_INDEX_FILE"):
        return None
    here = Path.cwd()
    asked = _git(here, environment, "rev-parse", "--absolute-git-dir", "--git-path", "index")
    if asked.returncode:
        return None
    folder, index = os.fsdecode(asked.stdout).split("\n")[:2]
    return str(here / index) if folder == own else None


def _elsewhere(project: Path, environment: Mapping[str, str]) -> Repository:
    """The repository of a project whose git folder lies elsewhere, where only the environment knows."""
    asked = _git(Path.cwd(), environment, "rev-parse", "--absolute-git-dir", "--show-toplevel", "--git-path", "index")
    if asked.returncode:
        raise _not_a_repository(asked)
    own, top, index = os.fsdecode(asked.stdout).split("\n")[:3]
    try:
        inner = project.resolve().relative_to(Path(top).resolve()).as_posix()
    except ValueError:
        raise _not_a_repository(asked) from None
    known = {"GIT_DIR": own, "GIT_WORK_TREE": top, "GIT_INDEX_FILE": str(Path.cwd() / index)}
    return Repository(Path(top), "" if inner == "." else f"{inner}/", {**environment, **known})


def _records(listing: bytes, project: str) -> Iterable[tuple[str, str]]:
    """The entries of a listing with NUL between them: what stands before the tab, and the path in the project."""
    for record in listing.split(b"\0")[:-1]:
        head, path = record.split(b"\t", 1)
        yield head.decode(), path.decode("utf-8", "surrogateescape").removeprefix(project)


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
            raise GitError(f"this clone has not all files of {name}", _SHALLOW)
        size = int(head[2])
        found[each] = said[end + 1 : end + 1 + size]
        place = end + size + 2
    return found


def _unknown_ref(repository: Repository, ref: str) -> GitError:
    if repository.answer("rev-parse", "--is-shallow-repository").strip() == b"true":
        return GitError(f"`{ref}` is not in this clone, which is shallow", _SHALLOW)
    return GitError(
        f"there is no `{ref}` in this repository",
        "name a branch, a tag or a commit that `git log` can show; `git fetch` brings what the remote has",
    )


def _not_a_repository(asked: subprocess.CompletedProcess[bytes]) -> GitError:
    if b"not a git repository" in asked.stderr or not asked.returncode:
        return GitError("this project is not in a git repository", "run `git init`, or name another project with `-C`")
    return _unsound(asked)


def _unsound(asked: subprocess.CompletedProcess[bytes]) -> GitError:
    """Git's own reason, which is the first line that says `fatal` or `error`."""
    lines = [line.strip() for line in asked.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "no reason")
    return GitError(f"git failed: {said.removeprefix('fatal: ').removeprefix('error: ')}", "see what `git status` says")
