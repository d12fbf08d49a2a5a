"""Types as a person writes them in Python, for saying what something was."""

from __future__ import annotations

import json

from convexgen import ir

_SCALARS: dict[ir.ScalarKind, str] = {
    "string": "str",
    "boolean": "bool",
    "null": "None",
    "any": "Any",
    "int64": "Int64",
    "uuid": "UUID",
    "decimal": "Decimal",
}
"""The others are called in Python what they are called here."""
_WIDTH = 60
"""Characters of an anonymous object that are shown."""


class TypeText:
    """Writes the types of one program."""

    def __init__(self, program: ir.Ir) -> None:
        self._definitions = {definition.symbol: definition for m in program.modules for definition in m.types}
        self._classes = {table.name: table.symbol.rpartition(".")[2] for m in program.modules for table in m.tables}

    def type(self, type_: ir.Type) -> str:
        match type_:
            case ir.Scalar(kind):
                return _SCALARS.get(kind, kind)
            case ir.IdOf(table):
                return f"Id[{self._classes.get(table, table)}]"
            case ir.LiteralOf(value):
                return f"Literal[{literal_text(value)}]"
            case ir.ArrayOf(element):
                return f"list[{self.type(element)}]"
            case ir.RecordOf(key, value):
                return f"dict[{self.type(key)}, {self.type(value)}]"
            case ir.UnionOf(members):
                return self._union(members)
            case ir.Document(table):
                return self._classes.get(table, table)
            case ir.Named(symbol):
                return self._named(symbol)
            case ir.PaginationOptions():
                return "PaginationOptions"
            case ir.Page(element):
                return f"Page[{self.type(element)}]"
            case ir.Constrained(base, constraints):
                limits = ", ".join(f"{each.kind}={each.value!r}" for each in constraints)
                return f"Annotated[{self.type(base)}, {limits}]"

    def field(self, field: ir.Field) -> str:
        """A field or argument as it is declared: `limit: int = 100`."""
        text = f"{field.name}: {self.type(field.type)}"
        if field.presence == "absent":
            return f"{text} | Unset"
        if field.presence == "defaulted":
            return f"{text} = {'…' if field.default is None else repr(field.default.value)}"
        return text

    def signature(self, function: ir.Function) -> str:
        args = ", ".join(map(self.field, function.args))
        return f"{function.kind} ({args}) -> {self.type(function.returns)}"

    def values(self, definition: ir.TypeDef) -> str:
        """What a named type stands for, as far as that can be said in one line."""
        match definition:
            case ir.EnumDef(members=members):
                return f"Literal[{', '.join(literal_text(member.value) for member in members)}]"
            case ir.AliasDef(type=type_):
                return self.type(type_)
            case ir.ObjectDef(name=name):
                return name

    def _union(self, members: tuple[ir.Type, ...]) -> str:
        literals = [each.value for each in members if isinstance(each, ir.LiteralOf)]
        others = [self.type(each) for each in members if not isinstance(each, ir.LiteralOf)]
        listed = [f"Literal[{', '.join(map(literal_text, literals))}]"] if literals else []
        nulls = [each for each in others if each == "None"]
        return " | ".join([*listed, *(each for each in others if each != "None"), *nulls])

    def _named(self, symbol: str) -> str:
        definition = self._definitions.get(symbol)
        if definition is not None and definition.name:
            return definition.name
        if not isinstance(definition, ir.ObjectDef):
            return symbol.rpartition(".")[2]
        inside = ", ".join(map(self.field, definition.fields))
        return "{" + (inside if len(inside) <= _WIDTH else inside[: _WIDTH - 1] + "…") + "}"


def literal_text(value: str | bool | int) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
