"""What mypy knows about tables: roles, fields, indexes. `declarations` writes it down, everything else asks here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypedDict

from mypy.checker import TypeChecker
from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import TypeInfo, Var
from mypy.types import AnyType, Instance, LiteralType, Type, TypeOfAny, get_proper_type

TABLE = "convexgen.authoring.tables.Table"
VIEW = "convexgen.authoring.tables.View"
OWN_ID = "convexgen.authoring.tables._OwnId"
SOURCE_ID = "convexgen.authoring.tables._SourceId"
ID = "convexgen.authoring.ids.Id"
UNSET = "convexgen.authoring.unset.Unset"
MODEL = "pydantic.main.BaseModel"

METADATA = "convexgen"
"""The key under which a class carries a `ClassFacts`. Part of what mypy caches and compares."""


class ClassFacts(TypedDict):
    """What a class statement says: the role and name of a table, and which fields have defaults."""

    role: str | None
    table: str | None
    fields: dict[str, bool]


class Field(NamedTuple):
    """A field as one class has it. `optional` means that the database may have no value for it."""

    type: Type
    optional: bool


SYSTEM_FIELDS = ("id", "creation_time")


def facts_of(info: TypeInfo) -> ClassFacts | None:
    facts: Any = info.metadata.get(METADATA)
    return facts  # type: ignore[no-any-return]


def is_document(info: TypeInfo) -> bool:
    """Whether this is a class of documents: a table, a variant, or a view of either form."""
    return info.has_base(TABLE) or info.has_base(VIEW)


def is_view(info: TypeInfo) -> bool:
    facts = facts_of(info)
    return facts is not None and facts["role"] == "view"


def is_system_table(info: TypeInfo) -> bool:
    facts = facts_of(table_of(info))
    return facts is not None and (facts["table"] or "").startswith("_")


def table_of(info: TypeInfo) -> TypeInfo:
    """The table whose documents these are: the class itself, or what it is a variant or a view of."""
    for base in info.mro:
        facts = facts_of(base)
        if facts is not None and facts["role"] == "table":
            return base
    return info


def source_of(view: Instance) -> Instance | None:
    """The table that a view shows, as a type: the class it extends, or the argument of `View[...]`."""
    if view.type.has_base(TABLE):
        found = next((base for base in view.type.mro if not is_view(base) and base.has_base(TABLE)), None)
        return map_instance_to_supertype(view, found) if found else None
    shown = next((base for base in view.type.mro if base.fullname == VIEW), None)
    return argument_of(map_instance_to_supertype(view, shown)) if shown else None


def argument_of(type_: Type) -> Instance | None:
    """`Message` of `Id[Message]` or `Query[Message]`."""
    proper = get_proper_type(type_)
    argument = get_proper_type(proper.args[0]) if isinstance(proper, Instance) and proper.args else None
    return argument if isinstance(argument, Instance) else None


def variants_of(table: TypeInfo, checker: TypeChecker) -> Iterator[TypeInfo]:
    """The variants that stand in the module of the table, or are known in the one that is being checked."""
    modules = (checker.modules.get(table.module_name), checker.tree)
    symbols = [symbol for module in modules if module is not None for symbol in module.names.values()]
    for node in dict.fromkeys(symbol.node for symbol in symbols):
        if isinstance(node, TypeInfo) and node is not table and node.has_base(table.fullname):
            facts = facts_of(node)
            if facts is not None and facts["role"] == "variant" and table_of(node) is table:
                yield node


def same_table(one: TypeInfo, other: TypeInfo) -> bool:
    return table_of(one) is table_of(other)


def fields_of(document: Instance) -> dict[str, Field]:
    """The fields that users declared, inherited ones first, without `id` and `creation_time`."""
    return dict(_fields(document))


def _fields(document: Instance) -> Iterator[tuple[str, Field]]:
    for base in reversed(document.type.mro):
        facts = facts_of(base)
        for name, has_default in facts["fields"].items() if facts else ():
            symbol = base.names.get(name)
            if symbol is None or not isinstance(symbol.node, Var) or symbol.node.is_classvar:
                continue
            declared = symbol.node.type or AnyType(TypeOfAny.special_form)
            seen = expand_type_by_instance(declared, map_instance_to_supertype(document, base))
            yield name, Field(seen, has_default)


class IndexFacts(NamedTuple):
    """An index as it was declared. `fields` are what conditions may be about, by dotted Python paths."""

    table: TypeInfo
    name: str
    fields: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"`{self.table.name}.{self.name}`"


INDEX_FIELDS = "fields"
"""The attribute that the type of a declared index has beside those of its class: a `Literal` of all paths."""


def index_of(table: TypeInfo, attribute: str) -> IndexFacts | None:
    """The index that a table has under this attribute; None where its fields cannot be known."""
    symbol = table.get(attribute)
    if symbol is None or not isinstance(symbol.node, Var):
        return None
    declared = get_proper_type(symbol.node.type)
    if not isinstance(declared, Instance) or declared.extra_attrs is None:
        return None
    listed = get_proper_type(declared.extra_attrs.attrs.get(INDEX_FIELDS))
    if not isinstance(listed, LiteralType) or not isinstance(listed.value, str):
        return None
    return IndexFacts(table, attribute, tuple(listed.value.split()))
