"""The program as JSON for other tools, in three formats: our own IR, Convex's function spec, Convex's schema.

Every format speaks of the program as a whole, so this back end takes the whole `Ir` instead of fragments.
"""

from __future__ import annotations

from convexgen.emit.contract import MARKER_LINE, GeneratedFile
from convexgen.emit.spec.function_spec import function_spec
from convexgen.emit.spec.ir_json import ir_json
from convexgen.emit.spec.ir_reading import InvalidSpecError, parse
from convexgen.emit.spec.json_text import JsonObject, json_text
from convexgen.emit.spec.schema_export import schema_export
from convexgen.emit.spec.selection import selected
from convexgen.ir import Ir
from convexgen.settings import SpecFormat, SpecOutput

__all__ = ["InvalidSpecError", "emit", "parse", "render"]


def render(ir: Ir, format: SpecFormat) -> str:
    """The whole program as JSON in exactly the shape that readers of `format` know."""
    return json_text(_document(ir, format))


def emit(ir: Ir, output: SpecOutput) -> tuple[GeneratedFile, ...]:
    """The file that `output` asks for. It says under `"generated"`, a key all known readers pass over, who wrote it."""
    document = {"generated": MARKER_LINE, **_document(selected(ir, output), output.format)}
    return (GeneratedFile(output.path, json_text(document)),)


def _document(ir: Ir, format: SpecFormat) -> JsonObject:
    match format:
        case "ir":
            return ir_json(ir)
        case "function-spec":
            return function_spec(ir)
        case "schema":
            return schema_export(ir)
