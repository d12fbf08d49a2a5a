"""Asks the git program: which repository a project lies in, and whatever else is to be known of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from convexgen.diagnostics import Diagnostic, Label
from convexgen.folders import reason
from convexgen.rules.tool import GIT_FAILED
from convexgen.source import Span

_OF_ONE_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")
"""What git tells the hooks of one repository and what would mislead a question about another."""


class GitError(Exception):
    """Git could not give what was asked for. `diagnostic` says why and what to do."""

    def __init__(self, reason: str, help: str, path: str = "") -> None:
        super().__init__(reason)
        self.diagnostic = Diagnostic(GIT_FAILED, reason, Label(Span(path)), help=help)


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


def _not_a_repository(asked: subprocess.CompletedProcess[bytes]) -> GitError:
    if b"not a git repository" in asked.stderr or not asked.returncode:
        return GitError("this project is not in a git repository", "run `git init`, or name another project with `-C`")
    return _unsound(asked)


def _unsound(asked: subprocess.CompletedProcess[bytes]) -> GitError:
    """Git's own reason, which is the first line that says `fatal` or `error`."""
    lines = [line.strip() for line in asked.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "no reason")
    return GitError(f"git failed: {said.removeprefix('fatal: ').removeprefix('error: ')}", "see what `git status` says")
