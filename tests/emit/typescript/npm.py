"""The real tools that generated TypeScript meets: Prettier and both compilers, from `fixtures/node_modules`."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

FIXTURES = Path(__file__).parents[3] / "fixtures"
PACKAGES = FIXTURES / "node_modules"

COMPILERS = ("typescript", "typescript7")
"""TypeScript 5.9 and 7, by the folder they are installed in."""

needs_npm = pytest.mark.skipif(
    shutil.which("node") is None or not PACKAGES.is_dir(),
    reason="NOT TESTED against the real npm packages: needs Node and `npm ci --prefix fixtures`",
)

_STRICTEST = {
    "strict": True,
    "noEmit": True,
    "skipLibCheck": False,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "noUnusedLocals": True,
    "verbatimModuleSyntax": True,
    "module": "esnext",
    "moduleResolution": "bundler",
    "target": "es2022",
    "lib": ["es2022", "dom", "dom.iterable"],
    "jsx": "react-jsx",
    "types": [],
}


class Prettier:
    """A running Prettier with its default options."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin = stdin
        self._stdout = stdout

    def format(self, path: str, text: str) -> str:
        """`text` as Prettier leaves it. Fails the test if Prettier cannot parse it."""
        self._stdin.write(json.dumps({"path": path, "text": text}) + "\n")
        self._stdin.flush()
        answer = json.loads(self._stdout.readline())
        assert "error" not in answer, f"{answer['error']}\n{text}"
        formatted = answer["formatted"]
        assert isinstance(formatted, str)
        return formatted


def running_prettier() -> Iterator[Prettier]:
    """A Prettier that stops when the generator is closed."""
    script = (Path(__file__).parent / "prettier_service.mjs").read_text(encoding="utf-8")
    command = ["node", "--input-type=module", "--eval", script]
    with subprocess.Popen(
        command, cwd=FIXTURES, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Prettier(process.stdin, process.stdout)
        process.stdin.close()


def link_packages(folder: Path) -> None:
    """Lets what lies in `folder` import the npm packages."""
    link = folder / "node_modules"
    if not link.exists():
        link.symlink_to(PACKAGES, target_is_directory=True)


def type_errors(compiler: str, folder: Path, **options: object) -> str:
    """What the compiler says, with the strictest options, about all that lies in `folder`; empty if nothing."""
    link_packages(folder)
    project = folder / f"tsconfig.{compiler}.json"
    settings = {"compilerOptions": {**_STRICTEST, **options}, "include": ["**/*"], "exclude": ["node_modules"]}
    project.write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        ["node", PACKAGES / compiler / "bin" / "tsc", "--pretty", "false", "-p", project],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode == 0) == (done.stdout == ""), done.stdout + done.stderr
    return done.stdout
