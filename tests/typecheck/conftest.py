"""Small projects for the real mypy, and one place where it remembers what they all import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Project = Callable[[dict[str, str]], Path]


@pytest.fixture(scope="session")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Writes files into a project that is a repository of its own, so that no settings around it are found."""
    root = tmp_path / "a project"
    (root / ".git").mkdir(parents=True)

    def write(files: dict[str, str]) -> Path:
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        return root

    return write
