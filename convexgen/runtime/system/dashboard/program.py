"""What the program declares, for people: its tables and functions, each with a value to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from convexgen.ir import Field, Ir, ObjectDef, Table
from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.program.live import LiveFunction
from convexgen.runtime.program.shapes import Shapes, may_be_left_out
from convexgen.runtime.program.validator_text import validator_text
from convexgen.runtime.system.dashboard.templates import Templates
from convexgen.runtime.system.functions import SystemFunction
from convexgen.runtime.system.requests import Arguments
from convexgen.runtime.values import Value


def _program(run: Run, arguments: Arguments) -> Value:
    """`{tables, functions}`, in the order of their names."""
    del arguments
    program = run.deployed.program
    describing = _Describing(program.ir)
    return {
        "tables": [describing.table(table) for table in sorted(_tables(program.ir), key=lambda table: table.name)],
        "functions": [describing.function(function) for _, function in sorted(program.functions.items())],
    }


def _tables(program: Ir) -> Iterator[Table]:
    for module in program.modules:
        yield from module.tables


class _Describing:
    def __init__(self, program: Ir) -> None:
        self._shapes = Shapes.of(program)
        self._templates = Templates(self._shapes)

    def table(self, table: Table) -> Value:
        indexes: list[Value] = [{"name": each.name, "fields": list(each.fields)} for each in table.indexes]
        fields = table.fields
        if table.variants:
            variants = [self._variant(symbol) for symbol in table.variants]
            fields = variants[0].fields
            shown = {field.wire: self._field(field) for variant in variants for field in variant.fields}
        else:
            shown = {field.wire: self._field(field) for field in fields}
        return {
            "name": table.name,
            "doc": table.doc,
            "fields": list(shown.values()),
            "indexes": indexes,
            "template": self._templates.fields(fields),
        }

    def function(self, live: LiveFunction) -> Value:
        declared = live.declared
        return {
            "path": live.path,
            "kind": declared.kind,
            "isPublic": declared.visibility == "public",
            "doc": declared.doc,
            "arguments": self._fields(declared.args),
            "returns": validator_text(self._shapes, declared.returns, "output"),
            "template": self._templates.fields(declared.args),
        }

    def _variant(self, symbol: str) -> ObjectDef:
        found = self._shapes.types[symbol]
        assert isinstance(found, ObjectDef)
        return found

    def _fields(self, fields: Iterable[Field]) -> list[Value]:
        return [self._field(field) for field in fields]

    def _field(self, field: Field) -> Value:
        return {
            "name": field.wire,
            "validator": validator_text(self._shapes, field.type, "input"),
            "isOptional": may_be_left_out(field, "input"),
        }


FUNCTIONS = (SystemFunction("_system/frontend/program:default", "query", _program),)
