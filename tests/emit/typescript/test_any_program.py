"""Laws that hold for the TypeScript of any program: it is formatted already, it compiles, nothing in it is unused."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from convexgen.ir import Ir
from convexgen.settings import FileType, TypeScriptOutput
from tests.emit.typescript.generated import generated, write
from tests.emit.typescript.npm import COMPILERS, Prettier, needs_npm, type_errors
from tests.strategies.ir import programs

FILE_TYPES: tuple[FileType, ...] = get_args(FileType)


@needs_npm
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(ir=programs(), file_type=st.sampled_from(FILE_TYPES))
def test_prettier_has_nothing_to_change(prettier: Prettier, ir: Ir, file_type: FileType) -> None:
    for path, text in generated(ir, TypeScriptOutput("generated", file_type)).items():
        assert prettier.format(path, text) == text


@needs_npm
def test_compiles(tmp_path: Path) -> None:
    for number, ir in enumerate(_sample(15)):
        for file_type in FILE_TYPES:
            write(ir, tmp_path / str(number), TypeScriptOutput(file_type, file_type))
    for compiler in COMPILERS:
        assert type_errors(compiler, tmp_path) == ""


def _sample(size: int) -> list[Ir]:
    """Programs to be compiled in one go, as a compiler takes long to start. The same ones in every run."""
    found: list[Ir] = []

    @settings(
        max_examples=size,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def collect(ir: Ir) -> None:
        found.append(ir)

    collect()
    return found
