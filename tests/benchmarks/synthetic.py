"""Projects of any size to measure with: `python -m tests.benchmarks.synthetic OUT N`.

N modules of five functions each over min(N, 100) tables, and the same logical project in the languages of the peers:

    OUT/convexgen/   Python functions, for `convexgen generate`
    OUT/convex/      TypeScript functions, for `convex codegen --system-udfs`
    OUT/openapi/     an OpenAPI document, for `openapi-typescript`

The same N gives the same bytes. How the parts look is to be read in `synthetic_parts/`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

PARTS = Path(__file__).with_name("synthetic_parts")
MOST_TABLES = 100


def write_project(out: Path, modules: int) -> None:
    """Write the project in all three languages below `out`. What lies there already is overwritten, not removed."""
    for path, text in (*convexgen_files(modules), *convex_files(modules), *openapi_files(modules)):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8", newline="\n")


def convexgen_files(modules: int) -> Iterator[tuple[str, str]]:
    tables = [_filled("table.py.txt", table=_number(index)) for index in range(_tables(modules))]
    yield "convexgen/pyproject.toml", _filled("pyproject.toml.txt")
    yield "convexgen/backend/__init__.py", ""
    yield "convexgen/backend/schema.py", "".join([_filled("schema.py.txt"), *tables])
    for index in range(modules):
        yield f"convexgen/backend/area_{_number(index)}.py", _module("module.py.txt", index, modules)


def convex_files(modules: int) -> Iterator[tuple[str, str]]:
    tables = [_filled("table.ts.txt", table=_number(index)) for index in range(_tables(modules))]
    yield "convex/package.json", _json({"name": "synthetic", "type": "module", "dependencies": {"convex": "*"}})
    yield "convex/convex/schema.ts", "".join([_filled("schema.ts.txt"), *tables, "});\n"])
    for index in range(modules):
        yield f"convex/convex/area_{_number(index)}.ts", _module("module.ts.txt", index, modules)


def openapi_files(modules: int) -> Iterator[tuple[str, str]]:
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for index in range(modules):
        number = _number(index)
        schemas[f"Summary{number}"] = _object(
            {"item": _STRING, "title": _STRING, "score": _NUMBER, "tags": _strings()},
            f"What a list of area {number} shows of an item.",
        )
        for name, (arguments, description) in _OPERATIONS.items():
            result = {"$ref": f"#/components/schemas/Summary{number}"}
            returns = {"type": "array", "items": result} if name == "list_items" else result
            paths[f"/area_{number}/{name}"] = {
                "post": {
                    "operationId": f"area_{number}_{name}",
                    "description": description.replace("$number", number),
                    "requestBody": {"required": True, "content": _content(_object(arguments))},
                    "responses": {"200": {"description": "What the function returned", "content": _content(returns)}},
                }
            }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "synthetic", "version": "0.1.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    yield "openapi/openapi.json", _json(document)


def _module(part: str, index: int, modules: int) -> str:
    return _filled(part, number=_number(index), table=_number(index % _tables(modules)))


def _tables(modules: int) -> int:
    return min(modules, MOST_TABLES)


def _number(index: int) -> str:
    return f"{index:04d}"


def _filled(part: str, **values: str) -> str:
    return Template((PARTS / part).read_text(encoding="utf-8")).substitute(values)


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


_STRING = {"type": "string"}
_NUMBER = {"type": "number"}
_STATUS = {"type": "string", "enum": ["draft", "active", "archived"]}


def _strings() -> dict[str, Any]:
    return {"type": "array", "items": _STRING}


def _object(fields: dict[str, Any], description: str = "What the function is called with.") -> dict[str, Any]:
    """An object; what has a default may be left out."""
    required = [name for name, schema in fields.items() if "default" not in schema]
    return {"type": "object", "description": description, "required": required, "properties": fields}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


_OPERATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "list_items": (
        {"owner": _STRING, "status": _STATUS, "minimumScore": _NUMBER, "limit": {**_NUMBER, "default": 50}},
        "Items of one owner in area $number with at least `minimumScore`, the newest first.",
    ),
    "get_item": (
        {
            "item": _STRING,
            "viewer": _STRING,
            "includeArchived": {"type": "boolean", "default": False},
            "fallbackTitle": {"type": ["string", "null"], "default": None},
        },
        "One item of area $number, or nothing where it does not exist or may not be seen.",
    ),
    "create_item": (
        {"owner": _STRING, "title": _STRING, "tags": _strings(), "quantity": {**_NUMBER, "default": 1}},
        "Store a new item in area $number, as a draft that its owner can still change.",
    ),
    "update_item": (
        {"item": _STRING, "title": _STRING, "status": _STATUS, "score": {**_NUMBER, "default": 0.5}},
        "Change title, status and score of an item in area $number.",
    ),
    "export_items": (
        {
            "owner": _STRING,
            "status": _STATUS,
            "form": {"type": "string", "enum": ["csv", "tsv", "text"]},
            "limit": {**_NUMBER, "default": 100},
        },
        "Tell how the best item of area $number would look in an export.",
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("modules", type=int, metavar="N")
    arguments = parser.parse_args()
    write_project(arguments.out, arguments.modules)


if __name__ == "__main__":
    main()
