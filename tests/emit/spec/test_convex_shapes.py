"""The function spec and the schema are what Convex's own package says of the same program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from convexgen.emit.spec import render
from convexgen.ir import Ir
from tests.emit.spec.npm import needs_npm, node
from tests.emit.spec.programs import EVERY_KIND, programs


@pytest.fixture(scope="module")
def oracle() -> Any:
    script = Path(__file__).with_name("oracle.mjs").read_text(encoding="utf-8")
    return json.loads(node("--input-type=module", stdin=script))


@needs_npm
def test_schema_is_what_the_npm_package_exports(oracle: Any) -> None:
    assert json.loads(render(EVERY_KIND, "schema")) == oracle["schema"]


@needs_npm
def test_functions_are_what_the_npm_package_exports(oracle: Any) -> None:
    spec = json.loads(render(EVERY_KIND, "function-spec"))
    ours = {each["identifier"]: each for each in spec["functions"] if each["functionType"] != "HttpAction"}
    assert ours == {each["identifier"]: each for each in oracle["functions"]}


def test_function_spec_around_the_functions() -> None:
    spec = json.loads(render(EVERY_KIND, "function-spec"))

    assert list(spec) == ["url", "functions"]
    assert spec["url"] == "http://127.0.0.1:3210"
    assert [each.get("identifier") for each in spec["functions"]] == [
        "admin/userSettings.js:default",
        "admin/userSettings.js:purge",
        "messages.js:find",
        "messages.js:list",
        "messages.js:sums",
        "messages.js:shape",
        "messages.js:file",
        "messages.js:job",
        None,
        None,
    ]
    assert spec["functions"][-2:] == [
        {"functionType": "HttpAction", "method": "POST", "path": "/hook"},
        {"functionType": "HttpAction", "method": "GET", "path": "/files/*"},
    ]


def test_no_program_is_a_spec_with_nothing_in_it() -> None:
    assert render(Ir(()), "function-spec") == '{\n  "url": "http://127.0.0.1:3210",\n  "functions": []\n}\n'
    assert render(Ir(()), "schema") == '{\n  "tables": [],\n  "schemaValidation": true\n}\n'


def validators(value: Any) -> list[Any]:
    """A validator and all validators within it."""
    inner: list[Any] = []
    match value["type"]:
        case "array":
            inner = [value["value"]]
        case "object":
            inner = [field["fieldType"] for field in value["value"].values()]
        case "record":
            inner = [value["keys"], value["values"]["fieldType"]]
        case "union":
            inner = value["value"]
    return [value, *(each for child in inner for each in validators(child))]


@given(programs)
def test_any_program_has_well_formed_validators(program: Ir) -> None:
    spec = json.loads(render(program, "function-spec"))
    schema = json.loads(render(program, "schema"))

    tops = [each[part] for each in spec["functions"] if "args" in each for part in ("args", "returns")]
    for validator in [
        each for top in (*tops, *(t["documentType"] for t in schema["tables"])) for each in validators(top)
    ]:
        if validator["type"] == "object":
            assert list(validator["value"]) == sorted(validator["value"])
        if validator["type"] == "union":
            members = [json.dumps(each) for each in validator["value"]]
            assert len(members) >= 2
            assert len(set(members)) == len(members)
            assert not any(each["type"] == "union" for each in validator["value"])
