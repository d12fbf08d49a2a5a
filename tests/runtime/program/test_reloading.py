"""A program is loaded as its files are now, and one that cannot be loaded changes nothing."""

from __future__ import annotations

import sys

import pytest

from convexgen.runtime.program.reloading import LoadError
from tests.runtime.program.conftest import Project

QUERY = """\
from convexgen import QueryCtx, query
from shared.names import NAME

@query
async def name(ctx: QueryCtx) -> str:
    return NAME
"""
OTHER = """\
from convexgen import QueryCtx, query

@query
async def other(ctx: QueryCtx) -> int:
    return 1
"""
SCHEMA = """\
from typing import Literal
from convexgen import Table

class Shape(Table, name="shapes"):
    x: float
"""
CIRCLE = """\
from typing import Literal
from backend.schema import Shape

class Circle(Shape, variant=True):
    kind: Literal["circle"]
    radius: float
"""


@pytest.fixture
def named(project: Project) -> Project:
    project.write("shared/__init__.py", "")
    project.write("shared/names.py", "NAME = 'a'\n")
    project.write("backend/names.py", QUERY)
    project.write("backend/other.py", OTHER)
    return project


def test_what_imports_a_changed_module_is_imported_anew_and_nothing_else(named: Project) -> None:
    first = named.load()
    named.write("shared/names.py", "NAME = 'b'\n")  # of equal size, within the same second
    second = named.load()
    assert first.functions["names:name"].function.handler.__globals__["NAME"] == "a"
    assert second.functions["names:name"].function.handler.__globals__["NAME"] == "b"
    assert first.functions["other:other"].function is second.functions["other:other"].function
    assert second.paths[id(second.functions["names:name"].function)] == "names:name"


def test_without_a_change_the_modules_are_the_same(named: Project) -> None:
    before = named.load().functions["names:name"].function
    assert named.load().functions["names:name"].function is before


def test_a_change_of_the_package_reaches_all_its_modules(named: Project) -> None:
    first = named.load()
    named.write("backend/__init__.py", "x = 1\n")
    second = named.load()
    assert first.functions["other:other"].function is not second.functions["other:other"].function


def test_a_module_that_is_gone_is_gone(named: Project) -> None:
    named.load()
    named.remove("other")
    assert list(named.load().functions) == ["names:name"]
    assert "backend.other" not in sys.modules


def test_a_package_imported_within_a_function_counts(named: Project) -> None:
    named.write("backend/other.py", OTHER.replace("    return 1", "    from shared import names\n    return names.X"))
    first = named.load()
    named.write("shared/names.py", "NAME = 'a'\nX = 2\n")
    assert named.load().functions["other:other"].function is not first.functions["other:other"].function


def test_variants_of_a_table_are_those_of_one_generation(project: Project) -> None:
    project.write("backend/schema.py", SCHEMA)
    project.write("backend/circle.py", CIRCLE)
    first = project.load()
    project.write("backend/circle.py", CIRCLE.replace("radius", "length"))
    second = project.load()
    assert [each.__name__ for each in first.tables["shapes"].cls.__declaration__.variants] == ["Circle"]
    assert [list(each.model_fields) for each in second.tables["shapes"].cls.__declaration__.variants] == [
        ["id", "creation_time", "x", "kind", "length"]
    ]


@pytest.mark.parametrize(
    ("text", "told", "file", "line"),
    [
        (
            "def boom() -> None:\n    1 / 0\n\nboom()\n",
            "ZeroDivisionError: division by zero\n"
            "    at boom (../shared/names.py:2)\n"
            "    at <module> (../shared/names.py:4)\n"
            "    at <module> (../backend/names.py:2)",
            "shared/names.py",
            2,
        ),
        (
            "x = (\n",
            "SyntaxError: '(' was never closed (names.py, line 1)\n    at <module> (../backend/names.py:2)",
            "shared/names.py",
            1,
        ),
        (
            "import shared.nowhere\n",
            "ModuleNotFoundError: No module named 'shared.nowhere'\n"
            "    at <module> (../shared/names.py:1)\n"
            "    at <module> (../backend/names.py:2)",
            "shared/names.py",
            1,
        ),
        (
            "raise SystemExit(3)\n",
            "SystemExit: 3\n    at <module> (../shared/names.py:1)\n    at <module> (../backend/names.py:2)",
            "shared/names.py",
            1,
        ),
    ],
)
def test_what_cannot_be_loaded_changes_nothing(named: Project, text: str, told: str, file: str, line: int) -> None:
    running = named.load()
    modules, names = dict(sys.modules), sys.modules["backend.names"]
    named.write("shared/names.py", text)
    with pytest.raises(LoadError) as raised:
        named.load()
    assert (raised.value.text, raised.value.file, raised.value.line) == (told, file, line)
    assert dict(sys.modules) == modules
    assert sys.modules["backend"].names is names
    named.write("shared/names.py", "NAME = 'a'\n")
    assert named.load().functions["names:name"].function is running.functions["names:name"].function


def test_a_first_load_that_fails_leaves_nothing(named: Project) -> None:
    named.write("shared/names.py", "1 / 0\n")
    with pytest.raises(LoadError):
        named.load()
    assert not [name for name in sys.modules if name.partition(".")[0] in ("backend", "shared")]


def test_what_has_no_counterpart_is_told(project: Project) -> None:
    project.write("backend/other.py", OTHER.replace("-> int", "-> set[int]"))
    with pytest.raises(LoadError) as raised:
        project.load()
    assert raised.value.text == "ReflectionError: set[int] has no counterpart among Convex values"
    assert (raised.value.file, raised.value.line) == (None, None)


def test_names_for_checkers_only_are_found(project: Project) -> None:
    project.write(
        "backend/other.py",
        "from __future__ import annotations\n"
        "from typing import TYPE_CHECKING\n"
        "from convexgen import query\n"
        "if TYPE_CHECKING:\n"
        "    from convexgen import QueryCtx\n"
        "    from backend.kinds import Kind\n"
        "@query\n"
        "async def kind(ctx: QueryCtx, kind: Kind) -> Kind:\n"
        "    return kind\n",
    )
    project.write("backend/kinds.py", "from typing import Literal\nKind = Literal['a', 'b']\n")
    assert project.load().functions["other:kind"].load_arguments({"kind": "a"}, {}) == {"kind": "a"}


def test_nothing_is_left_of_a_project_that_is_closed(named: Project) -> None:
    """Not of folders without an `__init__.py` either, which another project may have under the same name."""
    (named.root / "backend" / "__init__.py").unlink()
    (named.root / "shared" / "__init__.py").unlink()
    named.load()
    assert {"backend", "shared"} <= set(sys.modules)
    named.loader.close()
    left = [name for name in sys.modules if name.partition(".")[0] in ("backend", "shared")]
    assert left == []
