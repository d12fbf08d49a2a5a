"""What holds for the client of any program: it is valid, formatted, clean to linters, and can be imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from convexgen.emit import python
from convexgen.emit.contract import Emitter
from convexgen.ir import Ir
from convexgen.settings import PythonOutput
from tests.emit.python.checkers import mypy, pyright
from tests.emit.python.programs import generate, write
from tests.emit.typescript.generated import type_names
from tests.strategies.ir import programs

RUFF = str(Path(sys.executable).with_name("ruff"))
NOT_SHRUNK = [Phase.explicit, Phase.generate]
"""For checks that see many programs in one run of a tool that is slow to start."""
PRAGMAS = ("# fmt: off\n", "# ruff: noqa\n")


def without_pragmas(texts: dict[str, str]) -> dict[str, str]:
    """The files without what would make formatter and linter look away."""
    for pragma in PRAGMAS:
        texts = {path: text.replace(pragma, "", 1) for path, text in texts.items()}
    return texts


def ruff(folder: Path, *arguments: str) -> str:
    """What ruff finds with its defaults."""
    done = subprocess.run(
        [RUFF, *arguments, "--isolated", "--no-cache", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@given(programs())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_formatters_leave_it_alone(program: Ir) -> None:
    texts = generate(program.modules, type_names(program))
    with TemporaryDirectory() as folder:
        write(without_pragmas(texts), Path(folder))
        assert ruff(Path(folder), "format", "--diff") == ""
        assert ruff(Path(folder), "check", "--exclude", "runtime") == ""


IMPORTED_WHOLE = """
import inspect
from {0} import AsyncClient, Client, async_client, client, models
from {0}.runtime.models import WireModel

Client(None), AsyncClient(None)
for each in vars(models).values():
    if isinstance(each, type) and issubclass(each, WireModel):
        each.model_rebuild()
for module in (client, async_client):
    for functions in vars(module).values():
        if inspect.isclass(functions) and functions.__module__ == module.__name__:
            for method in vars(functions).values():
                if hasattr(method, "function"):
                    assert method.function.codec
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients of a few programs."""
    folder = tmp_path_factory.mktemp("packages")

    @given(programs())
    @settings(
        max_examples=3,
        deadline=None,
        database=None,
        derandomize=True,
        phases=NOT_SHRUNK,
        suppress_health_check=list(HealthCheck),
    )
    def collect(program: Ir) -> None:
        write(generate(program.modules, type_names(program)), folder / f"p{len(list(folder.iterdir()))}")

    collect()
    return folder


def names_of(packages: Path) -> Iterator[str]:
    return (path.name for path in sorted(packages.iterdir()) if path.is_dir() and not path.name.startswith("."))


def test_type_checkers_find_nothing(packages: Path) -> None:
    assert mypy(packages, *names_of(packages)) == []
    assert pyright(packages, *names_of(packages)) == []


def test_everything_in_it_can_be_used(packages: Path) -> None:
    script = "".join(IMPORTED_WHOLE.format(name) for name in names_of(packages))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=packages, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_is_a_back_end() -> None:
    emitter: Emitter[PythonOutput] = python
    assert emitter is python
