"""Writes the classes and aliases that a module contributes to the client's `models`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convexgen.emit.python.annotations import Annotations, Direction
from convexgen.emit.python.documents import document_name
from convexgen.emit.python.layout import (
    COLUMNS,
    Alternatives,
    Attached,
    Bracketed,
    Expression,
    flat,
    laid,
    subscript,
    width,
)
from convexgen.emit.python.names import field_names, input_name, member_names, type_name
from convexgen.emit.python.text import docstring, literal, string_literal
from convexgen.ir import (
    AliasDef,
    EnumDef,
    Field,
    Named,
    ObjectDef,
    Scalar,
    Table,
    Type,
    TypeDef,
    TypeName,
    TypeNames,
    UnionOf,
    without_constraints,
)
from convexgen.naming import wire_name

_CONSTANTS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "float": (float, int),
    "int": (int,),
    "int64": (int,),
    "null": (),
}
"""The scalars whose default can be shown, and what it must be."""


def definitions(definition: TypeDef | Table, names: TypeNames) -> Iterator[tuple[str, set[str]]]:
    """Source and needed imports of each class or alias that `definition` becomes: two where it splits."""
    if isinstance(definition, Table):
        shown = TypeName(document_name(definition.name, names), False)
    else:
        shown = names[definition.symbol]
    directions: list[Direction] = ["output", "input"] if shown.splits else ["output"]
    for direction in directions:
        name = input_name(shown.name) if direction == "input" else type_name(shown.name)
        annotations = Annotations(names, direction, limited=direction == "input" or not shown.splits)
        yield _definition(name, definition, annotations), annotations.used


def _definition(name: str, definition: TypeDef | Table, annotations: Annotations) -> str:
    match definition:
        case EnumDef():
            return _enum(name, definition, annotations)
        case AliasDef(type=type_, doc=doc):
            return _alias(name, annotations.of(type_), doc, None, annotations)
        case Table(variants=(_, *_)):
            variants = [annotations.of(Named(variant)) for variant in definition.variants]
            union = variants[0] if len(variants) == 1 else Alternatives(variants)
            return _alias(name, union, definition.doc, definition.deprecated, annotations)
        case Table() | ObjectDef():
            return _model(name, definition, annotations)


def _alias(name: str, type_: Expression, doc: str, deprecated: str | None, annotations: Annotations) -> str:
    head = f"{name}: {annotations.name('TypeAlias')} = "
    return f"{head}{laid(type_, 0, width(head), 0)}\n{docstring(doc, deprecated, 0)}"


def _enum(name: str, enum: EnumDef, annotations: Annotations) -> str:
    kinds = {type(member.value) for member in enum.members}
    base = "WireStrEnum" if kinds == {str} else "WireIntEnum" if kinds == {int} else "WireEnum"
    lines = [f"class {name}({annotations.name(base)}):\n"]
    doc = docstring(enum.doc, enum.deprecated, 4)
    if doc:
        lines += [doc, "\n"]
    for shown, member in zip(member_names([m.name for m in enum.members], base), enum.members, strict=True):
        lines.append(f"    {shown} = {literal(member.value)}\n{docstring(member.doc, None, 4)}")
    return "".join(lines)


def _model(name: str, definition: ObjectDef | Table, annotations: Annotations) -> str:
    table = definition.name if isinstance(definition, Table) else definition.table
    fields = definition.fields
    first = ["id", "creation_time"] if table is not None else []
    written = [*first, *(field.name for field in fields)]
    annotations.shadowed = frozenset(field_names(written))
    types = [annotations.of(field.type) for field in fields]
    own_names = field_names(written, frozenset({name, *annotations.mentioned}))[len(first) :]
    camel = _prefers_camel(own_names, fields)
    base = ("Camel" if camel else "Wire") + ("Model" if table is None else "Document")
    doc = docstring(definition.doc, definition.deprecated, 4)
    described = zip(own_names, fields, types, strict=True)
    body = [_field(own, field, type_, annotations, camel) for own, field, type_ in described]
    if table is not None:
        identity = subscript(annotations.name("Id"), subscript(annotations.name("Literal"), string_literal(table)))
        body.insert(0, f"    id: {laid(identity, 4, 8, 0)}\n")
    if not doc and not body:
        body = ["    pass\n"]
    return "".join([f"class {name}({annotations.name(base)}):\n", doc, "\n" * bool(doc and body), *body])


def _prefers_camel(own_names: Sequence[str], fields: Sequence[Field]) -> bool:
    """Whether camel case leaves fewer fields whose wire name must be spelled out."""
    same = sum(own == field.wire for own, field in zip(own_names, fields, strict=True))
    camel = sum(wire_name(own, "camel") == field.wire for own, field in zip(own_names, fields, strict=True))
    return camel > same


def _field(own: str, field: Field, annotation: Expression, annotations: Annotations, camel: bool) -> str:
    default = _default(field, annotations.direction)
    if field.presence == "absent" or (field.presence == "defaulted" and annotations.direction == "input"):
        annotation = annotations.or_unset(annotation)
        default = annotations.name("UNSET")
    value: Expression | None = default
    if field.wire != (wire_name(own, "camel") if camel else own):
        value = _aliased(field.wire, default, annotations)
    head = f"    {own}: "
    tail = "" if value is None else f" = {laid(value, 4, 0, 0)}"
    text = _assigned(head, annotation, value, tail)
    return f"{text}\n{docstring(field.doc, field.deprecated, 4)}"


def _assigned(head: str, annotation: Expression, value: Expression | None, tail: str) -> str:
    if value is None or isinstance(value, str):
        columns = width(head) + width(flat(annotation))
        if value is not None and columns + width(tail) > COLUMNS >= columns + len(" = ("):
            return f"{head}{flat(annotation)} = (\n        {value}\n    )"
        return f"{head}{laid(annotation, 4, width(head), width(tail))}{tail}"
    one_line = laid(annotation, 4, width(head), 4)
    start = f"{head}{one_line} = "
    return start + laid(value, 4, width(start.rpartition("\n")[2]), 0)


def _aliased(wire: str, default: str | None, annotations: Annotations) -> Expression:
    # `alias=` would make type checkers ask for the wire name where an object is made.
    named = string_literal(wire)
    parts: list[Expression] = [Attached("validation_alias=", named), Attached("serialization_alias=", named)]
    if default is not None:
        parts.insert(0, f"default={default}")
    return Bracketed(f"{annotations.name('WireField')}(", parts, ")")


def _default(field: Field, direction: Direction) -> str | None:
    """What stands for the field when the server leaves it out, which it does not, unless it is older."""
    if field.presence != "defaulted" or direction == "input" or field.default is None:
        return None
    value = field.default.value
    return literal(value) if _fits(value, without_constraints(field.type)) else None


def _fits(value: str | bool | int | float | None, type_: Type) -> bool:
    if isinstance(type_, UnionOf):
        return any(_fits(value, without_constraints(member)) for member in type_.members)
    if not isinstance(type_, Scalar) or type_.kind not in _CONSTANTS:
        return False
    return value is None if type_.kind == "null" else type(value) in _CONSTANTS[type_.kind]
