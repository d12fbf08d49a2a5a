"""What one module contributes to the TypeScript files.

The keys of a fragment: `public` and `internal` hold the properties that the module's functions are in `api` and in
`internal`; `type <symbol>` the declaration of a named type and `enum <symbol>` its run-time array; `table <name>` the
document type and `indexes <name>` the rest of a table, `doc <name>` its comment. Each has its imports under
`uses <key>`. `paths <reference>` are notes for `field_paths`.
"""

from __future__ import annotations

from convexgen.emit.contract import Fragment
from convexgen.emit.typescript import field_paths, jsdoc
from convexgen.emit.typescript.expressions import Expressions, union
from convexgen.emit.typescript.layout import (
    Applied,
    Member,
    Node,
    ObjectType,
    TupleType,
    alias_line,
    alias_object,
    array_line,
    expanded_object,
    property_line,
)
from convexgen.emit.typescript.names import API_NAMES, DATA_MODEL_NAMES, TYPES_NAMES, shown
from convexgen.emit.typescript.text import key, literal, string
from convexgen.ir import (
    AliasDef,
    EnumDef,
    Field,
    Function,
    FunctionKind,
    Module,
    ObjectDef,
    SearchIndex,
    Table,
    TypeDef,
    TypeNames,
    VectorIndex,
    Visibility,
)
from convexgen.settings import TypeScriptOutput

TABLE_INDENT = 4
"""The indentation of what a table consists of, inside `DataModel` and the table."""

REFERENCES: dict[tuple[Visibility, FunctionKind], str] = {
    ("public", "query"): "Query",
    ("public", "mutation"): "Mutation",
    ("public", "action"): "Action",
    ("internal", "query"): "InternalQuery",
    ("internal", "mutation"): "InternalMutation",
    ("internal", "action"): "InternalAction",
}
"""What `api` calls a reference to a function of each kind."""


def fragment(module: Module, names: TypeNames, output: TypeScriptOutput) -> Fragment:
    """The texts that `module` contributes to the files of `output`."""
    parts: dict[str, str] = {}
    _put_functions(parts, "public", module, names)
    if output.visibility == "all":
        _put_functions(parts, "internal", module, names)
    for definition in module.types:
        if definition.symbol in names:
            _put_type(parts, definition, names, output)
    for table in module.tables:
        _put_table(parts, table, names)
    return parts


def _put(parts: dict[str, str], name: str, text: str, expressions: Expressions) -> None:
    parts[name] = text
    if expressions.uses:
        parts[f"uses {name}"] = " ".join(sorted(expressions.uses))


def _put_functions(parts: dict[str, str], visibility: Visibility, module: Module, names: TypeNames) -> None:
    functions = [function for function in module.functions if function.visibility == visibility]
    if not functions:
        return
    expressions = Expressions(names, API_NAMES)
    indent = 4 + 2 * module.wire.count("/")
    text = "".join([_function(function, module, expressions, indent) for function in functions])
    _put(parts, visibility, text, expressions)


def _function(function: Function, module: Module, expressions: Expressions, indent: int) -> str:
    alias = REFERENCES[function.visibility, function.kind]
    expressions.uses.add(f"alias.{alias}")
    tags = jsdoc.deprecation(function.deprecated)
    tags.append(f"@see {module.path}.{function.name}")
    comment = jsdoc.block(function.doc, tags, indent)
    args = ObjectType(_members(function.args, expressions, indent + 4, incoming=True))
    reference = Applied(alias, (args, expressions.node(function.returns, incoming=False)))
    return comment + property_line(f"{key(function.wire)}: ", reference, indent)


def _members(fields: tuple[Field, ...], expressions: Expressions, indent: int, *, incoming: bool) -> tuple[Member, ...]:
    return tuple([expressions.member(field, incoming, jsdoc.field_comment(field, indent)) for field in fields])


def _put_type(parts: dict[str, str], definition: TypeDef, names: TypeNames, output: TypeScriptOutput) -> None:
    expressions = Expressions(names, TYPES_NAMES)
    directions = (False, True) if names[definition.symbol].splits else (False,)
    declarations = [_type(definition, expressions, incoming, names, output) for incoming in directions]
    _put(parts, f"type {definition.symbol}", "\n".join(declarations), expressions)
    match definition:
        case EnumDef():
            name = shown(names[definition.symbol], incoming=False)
            if output.file_type == "dts-js":
                parts[f"enum {definition.symbol}"] = array_line(f"export const {name} =", _values(definition), "")
        case ObjectDef():
            parts[f"paths type {definition.symbol}"] = field_paths.note_of_object(definition)
        case AliasDef():
            parts[f"paths type {definition.symbol}"] = field_paths.note_of_alias(definition)


def _type(
    definition: TypeDef, expressions: Expressions, incoming: bool, names: TypeNames, output: TypeScriptOutput
) -> str:
    """The declaration of one shape of a named type, after its comment."""
    see = [f"@see {definition.symbol}"]
    head = f"export type {shown(names[definition.symbol], incoming)} ="
    match definition:
        case ObjectDef():
            tags = jsdoc.deprecation(definition.deprecated) + see
            members = _members(definition.fields, expressions, 2, incoming=incoming)
            if definition.table is not None:
                members += _system_fields(definition.table, expressions)
            return jsdoc.block(definition.doc, tags, 0) + alias_object(head, members)
        case AliasDef():
            tags = [*jsdoc.type_tags(definition.type), *see]
            return jsdoc.block(definition.doc, tags, 0) + alias_line(head, expressions.node(definition.type, incoming))
        case EnumDef():
            tags = jsdoc.deprecation(definition.deprecated) + see
            comment = jsdoc.block(_enum_doc(definition), tags, 0)
            return comment + alias_line(head, union(list(_values(definition)))) + _array(definition, names, output)


def _enum_doc(definition: EnumDef) -> str:
    documented = [f"- `{literal(m.value)}`: {' '.join(m.doc.split())}" for m in definition.members if m.doc]
    return "\n".join(([definition.doc, ""] if definition.doc and documented else [definition.doc]) + documented)


def _values(definition: EnumDef) -> tuple[str, ...]:
    return tuple(dict.fromkeys([literal(member.value) for member in definition.members]))


def _array(definition: EnumDef, names: TypeNames, output: TypeScriptOutput) -> str:
    """The array of an enum's values, under the enum's own name: values and types have names of their own."""
    name = shown(names[definition.symbol], incoming=False)
    if output.file_type == "ts":
        return array_line(f"export const {name} =", _values(definition), " as const")
    return property_line(f"export declare const {name}: ", TupleType(_values(definition), "readonly "), 0)


def _system_fields(table: str, expressions: Expressions) -> tuple[Member, ...]:
    expressions.uses.add("dataModel.Id")
    return (Member("_id", Applied("Id", (string(table),))), Member("_creationTime", "number"))


def _put_table(parts: dict[str, str], table: Table, names: TypeNames) -> None:
    expressions = Expressions(names, DATA_MODEL_NAMES)
    parts[f"doc {table.name}"] = jsdoc.block(
        table.doc, [*jsdoc.deprecation(table.deprecated), f"@see {table.symbol}"], 2
    )
    _put(parts, f"table {table.name}", _document(table, expressions), expressions)
    parts[f"indexes {table.name}"] = _indexes(table)
    parts[f"paths table {table.name}"] = field_paths.note_of_table(table)


def _document(table: Table, expressions: Expressions) -> str:
    if table.variants:
        variants = [expressions.named(symbol, incoming=False) for symbol in table.variants]
        return property_line("document: ", union(list(variants)), TABLE_INDENT)
    members = _members(table.fields, expressions, TABLE_INDENT + 2, incoming=False)
    members += _system_fields(table.name, expressions)
    return f"{' ' * TABLE_INDENT}document: {expanded_object(members, TABLE_INDENT)};\n"


def _indexes(table: Table) -> str:
    system = [Member("by_id", TupleType(('"_id"',))), Member("by_creation_time", TupleType(('"_creationTime"',)))]
    ordinary = [
        Member(key(index.name), TupleType((*map(string, index.fields), '"_creationTime"'))) for index in table.indexes
    ]
    groups = {
        "indexes": tuple(system + ordinary),
        "searchIndexes": tuple([_search_index(index) for index in table.search_indexes]),
        "vectorIndexes": tuple([_vector_index(index) for index in table.vector_indexes]),
    }
    margin = " " * TABLE_INDENT
    return "".join([f"{margin}{name}: {expanded_object(members, TABLE_INDENT)};\n" for name, members in groups.items()])


def _search_index(index: SearchIndex) -> Member:
    settings = (Member("searchField", string(index.field)), Member("filterFields", _filters(index)))
    return Member(key(index.name), ObjectType(settings))


def _vector_index(index: VectorIndex) -> Member:
    settings = (
        Member("vectorField", string(index.field)),
        Member("dimensions", "number"),
        Member("filterFields", _filters(index)),
    )
    return Member(key(index.name), ObjectType(settings))


def _filters(index: SearchIndex | VectorIndex) -> Node:
    return union([string(field) for field in index.filter_fields])
