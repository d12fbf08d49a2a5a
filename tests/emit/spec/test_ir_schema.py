"""The published JSON Schema is that of the models, and describes what is written.

After a change to the models, `ir.schema.json` is to be written anew: `json_text(IrDocument.model_json_schema())`.
"""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from convexgen.emit.spec import emit, render
from convexgen.emit.spec.ir_document import IrDocument
from convexgen.settings import SpecOutput
from tests.emit.spec.npm import needs_npm, node
from tests.emit.spec.programs import EVERY_KIND

SCHEMA = files("convexgen.emit.spec").joinpath("ir.schema.json").read_text(encoding="utf-8")

AJV = """
import Ajv from "@redocly/ajv/dist/2020.js";
import { readFileSync } from "node:fs";
const { schema, document } = JSON.parse(readFileSync(0, "utf-8"));
const ajv = new Ajv.default({ strict: false, allErrors: true });
console.log(JSON.stringify([ajv.validate(schema, document), (ajv.errors ?? []).map((error) => error.instancePath)]));
"""


def validate(text: str) -> object:
    """Whether a validator finds `text` in order, and the places where it does not."""
    stdin = json.dumps({"schema": json.loads(SCHEMA), "document": json.loads(text)})
    return json.loads(node("--input-type=module", "--eval", AJV, stdin=stdin))


def test_published_schema_is_that_of_the_models() -> None:
    assert json.loads(SCHEMA) == IrDocument.model_json_schema()


@needs_npm
@pytest.mark.parametrize("text", [render(EVERY_KIND, "ir"), emit(EVERY_KIND, SpecOutput("ir.json", "ir"))[0].text])
def test_what_is_written_conforms(text: str) -> None:
    assert validate(text) == [True, []]


@needs_npm
def test_what_lacks_a_key_does_not_conform() -> None:
    document = json.loads(render(EVERY_KIND, "ir"))
    del document["modules"][1]["wire"]
    assert validate(json.dumps(document)) == [False, ["/modules/1"]]
