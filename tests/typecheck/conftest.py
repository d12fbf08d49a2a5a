"""Small projects for the real mypy, and one place where it remembers what they all import."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

Project = Callable[[dict[str, str]], Path]

SECONDS = count(1_600_000_000)
"""mypy takes a file of the same size and from the same second for the one that it knows by that name."""


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
            second = next(SECONDS)
            os.utime(root / path, (second, second))
        return root

    return write
