"""What is measured is what the goals speak of: projects of a known shape, always the same."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.benchmarks.synthetic import convex_files, convexgen_files, openapi_files, write_project


@pytest.mark.parametrize(("modules", "tables"), [(1, 1), (10, 10), (120, 100)])
def test_has_the_shape_asked_for(modules: int, tables: int) -> None:
    sources = {path: text for path, text in convexgen_files(modules) if path.endswith(".py")}
    schema = ast.parse(sources.pop("convexgen/backend/schema.py"))
    del sources["convexgen/backend/__init__.py"]

    classes = [each for each in schema.body if isinstance(each, ast.ClassDef)]
    assert len(classes) == tables
    assert [sum(isinstance(line, ast.AnnAssign) for line in each.body) for each in classes] == [8] * tables
    assert [sum(isinstance(line, ast.Assign) for line in each.body) for each in classes] == [2] * tables

    assert len(sources) == modules
    for text in sources.values():
        functions = [each for each in ast.parse(text).body if isinstance(each, ast.AsyncFunctionDef)]
        kinds = [each.decorator_list[0] for each in functions if each.decorator_list]
        assert sorted(ast.unparse(kind) for kind in kinds) == ["action", "mutation", "mutation", "query", "query"]
        assert [len(each.args.args) for each in functions if each.decorator_list] == [5] * 5
        assert 5800 < len(text.encode()) < 6000
        assert 180 <= text.count("\n") <= 190


def test_peers_get_the_same_functions() -> None:
    convex = dict(convex_files(3))
    openapi = json.loads(dict(openapi_files(3))["openapi/openapi.json"])

    assert sum(text.count("export const") for path, text in convex.items() if "/area_" in path) == 15
    assert convex["convex/convex/schema.ts"].count("defineTable({") == 3
    assert len(openapi["paths"]) == 15
    assert len(openapi["components"]["schemas"]) == 3


def test_the_same_number_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_project(tmp_path / name, 2)

    def tree(root: Path) -> dict[str, bytes]:
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert sorted(tree(tmp_path / "one")) == [
        "convex/convex/area_0000.ts",
        "convex/convex/area_0001.ts",
        "convex/convex/schema.ts",
        "convex/package.json",
        "convexgen/backend/__init__.py",
        "convexgen/backend/area_0000.py",
        "convexgen/backend/area_0001.py",
        "convexgen/backend/schema.py",
        "convexgen/pyproject.toml",
        "openapi/openapi.json",
    ]
