"""Small git repositories for tests, untouched by whatever git is told on the machine that runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
}


def environment() -> dict[str, str]:
    """That of this process, without what git says in its hooks, in case that the tests run in one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | SETTINGS


@dataclass(frozen=True)
class WorkTree:
    """A repository and the files that are checked out of it."""

    top: Path

    @classmethod
    def make(cls, top: Path) -> WorkTree:
        top.mkdir(parents=True, exist_ok=True)
        made = cls(top)
        made.git("init", "-q", "-b", "main")
        return made

    def git(self, *arguments: str, code: int = 0, **variables: str) -> str:
        return self.run("git", *arguments, code=code, **variables)

    def run(self, program: str, *arguments: str, code: int = 0, **variables: str) -> str:
        """Run a program at the top and give what it says on both streams. Fails unless it ends with `code`."""
        ran = subprocess.run(
            [shutil.which(program) or program, *arguments],
            cwd=self.top,
            env=environment() | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert ran.returncode == code, ran.stdout
        return ran.stdout

    def write(self, files: dict[str, str | bytes]) -> None:
        for path, content in files.items():
            place = self.top / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, message: str = "change") -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", message, "--no-verify")


@pytest.fixture
def git_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git in this process too is as it is in every test."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def work_tree(tmp_path: Path, git_of_tests: None) -> WorkTree:
    """An empty repository in a folder with a name that has to be quoted."""
    del git_of_tests
    return WorkTree.make(tmp_path / "ein Depot für Ω")
