"""The type checkers, asked about generated packages the way a user's own checker would be."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


def mypy(folder: Path, *targets: str) -> list[str]:
    """What `mypy --strict` finds, as `FILE:LINE`."""
    options = ("--strict", "--config-file=", "--output=json", f"--cache-dir={_mypy_cache().name}")
    command = [sys.executable, "-m", "mypy", *options, *targets]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [f"{each['file']}:{each['line']}" for each in found if each["severity"] == "error"]


@cache
def _mypy_cache() -> TemporaryDirectory[str]:
    """What mypy knows of pydantic and the like, which takes most of its time, found out once in a process."""
    return TemporaryDirectory(prefix="mypy-of-clients")


def pyright(folder: Path, *targets: str) -> list[str]:
    """What pyright finds in strict mode, as `FILE:LINE`. Skips where there is no pyright; CI allows no skips.

    Packages' `runtime` is read and not checked: it is the same in all, and those of `fixtures/projects` are checked.
    """
    executable = Path(__file__).parents[3] / "fixtures/node_modules/.bin/pyright"
    if not executable.exists():
        pytest.skip("needs `npm ci --prefix fixtures`")
    configuration = {"typeCheckingMode": "strict", "include": list(targets), "exclude": ["**/runtime"]}
    (folder / "pyrightconfig.json").write_text(json.dumps(configuration))
    command = [str(executable), "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["generalDiagnostics"]
    return [
        f"{Path(each['file']).relative_to(folder.resolve())}:{each['range']['start']['line'] + 1}" for each in found
    ]
