"""Running the unmodified npm packages that the specification is made for."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[3] / "fixtures"
PACKAGES = FIXTURES / "node_modules"

needs_npm = pytest.mark.skipif(
    shutil.which("node") is None or not PACKAGES.is_dir(), reason="needs Node and `npm ci --prefix fixtures`"
)


def node(*arguments: str | Path, stdin: str | None = None, cwd: Path = FIXTURES) -> str:
    """What Node prints to stdout. Fails the test with all that it said when it exits with an error."""
    done = subprocess.run(
        ["node", *arguments], input=stdin, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
