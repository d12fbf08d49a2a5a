"""Small programs, written to a folder and loaded from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.naming import Naming
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.reloading import Loader
from convexgen.runtime.values import encode_id


class Project:
    """A project whose functions folder is `backend`."""

    def __init__(self, root: Path, naming: Naming = "camel") -> None:
        self.root = root
        self.loader = Loader(root, "backend", naming)
        self.names: set[str] = set()
        self.write("backend/__init__.py", "")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if path.startswith("backend/") and file.name != "__init__.py":
            self.names.add(path.removeprefix("backend/").removesuffix(".py").replace("/", "."))

    def remove(self, name: str) -> None:
        (self.root / "backend" / f"{name}.py").unlink()
        self.names.discard(name)

    def load(self) -> Program:
        return self.loader.load(self.names)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path)
    yield project
    project.loader.close()


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Python's path is put back after each test."""
    monkeypatch.syspath_prepend(str(tmp_path))


def numbers(program: Program) -> dict[int, str]:
    """Numbers for the tables of a program."""
    return dict(enumerate(sorted(program.tables), 10_001))


def an_id(program: Program, table: str) -> str:
    """An id of a table of a program."""
    (number,) = (number for number, name in numbers(program).items() if name == table)
    return encode_id(number, b"0123456789abcdef")
