"""`convexgen` exports what the language consists of, lazily, and the lazy names are those that type checkers see."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import convexgen

COMPILER = ("ast", "libcst", "jinja2", "mypy", "typer", "rich", "watchfiles")


def _type_checking_imports() -> dict[str, str]:
    """Name to module, as `if TYPE_CHECKING:` of the package imports them."""
    tree = ast.parse(Path(convexgen.__file__).read_text("utf-8"))
    guard = next(statement for statement in tree.body if isinstance(statement, ast.If))
    imports = [statement for statement in guard.body if isinstance(statement, ast.ImportFrom)]
    return {name.name: str(each.module) for each in imports for name in each.names}


def test_every_name_is_the_one_that_type_checkers_see() -> None:
    seen = _type_checking_imports()
    assert sorted(seen) == sorted(convexgen.__all__)
    for name, module in seen.items():
        assert getattr(convexgen, name) is getattr(import_module(module), name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'convexgen' has no attribute 'Tabel'"):
        _ = convexgen.Tabel  # type: ignore[attr-defined]


def test_names_are_listed_before_they_are_imported() -> None:
    assert set(convexgen.__all__) <= set(dir(convexgen))


def _modules_after(statement: str) -> set[str]:
    program = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(result.stdout.split())


def test_importing_the_package_imports_nothing_else() -> None:
    assert not _modules_after("import convexgen") & {"pydantic", "starlette", *COMPILER}


def test_the_language_loads_no_compiler_and_no_web_framework() -> None:
    names = ", ".join(name for name in convexgen.__all__ if name not in ("Request", "Response"))
    loaded = _modules_after(f"import pydantic.main, inspect; before = set(sys.modules); from convexgen import {names}")
    assert not {name.partition(".")[0] for name in loaded} & {"starlette", *COMPILER}
    assert not {name for name in loaded if name.startswith(("convexgen.analysis", "convexgen.emit", "convexgen.rules"))}
