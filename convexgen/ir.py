"""The contract between the front end and every back end: what the user's program *means*.

Nothing here knows where in a file a thing stood (moving a function must not change a byte of
output) and nothing here speaks a target language. Names come in pairs: the Python one and the
one on the wire. Named types are referred to by their symbol, so that two modules may each have
a `Card`; the name that both clients show is chosen once, for the whole program, in `TypeNames`.

The values are plain frozen dataclasses, compared and hashed by content. `spec` writes them as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

FORMAT = 1
"""The version of the JSON form. It grows when a reader of the old form would misread the new one."""

ScalarKind = Literal[
    "string",
    "boolean",
    "bytes",
    "null",
    "any",
    "float",
    "int",
    "int64",
    "datetime",
    "date",
    "uuid",
    "decimal",
]
"""`float`, `int` and `datetime` are numbers on the wire, `date`, `uuid` and `decimal` strings, `int64` a bigint."""


@dataclass(frozen=True, slots=True)
class Scalar:
    kind: ScalarKind


@dataclass(frozen=True, slots=True)
class IdOf:
    """An id of a table, or of the system tables `_storage` and `_scheduled_functions`."""

    table: str


@dataclass(frozen=True, slots=True)
class LiteralOf:
    """Exactly this value. A `float` never appears (Python has no float literals in types); `int` is a number.

    `kind` follows from the value; it keeps `True` and `1` apart, which Python calls equal.
    """

    value: str | bool | int
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", type(self.value).__name__)


@dataclass(frozen=True, slots=True)
class ArrayOf:
    element: Type


@dataclass(frozen=True, slots=True)
class RecordOf:
    """A mapping whose keys are data: strings or ids."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class UnionOf:
    """Two or more members, flat, none twice, in the order written."""

    members: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document of a table, with `_id` and `_creationTime`; for a table with variants, any of them."""

    table: str


@dataclass(frozen=True, slots=True)
class Named:
    """A reference to a `TypeDef` by its symbol (`"messages.Card"`, `"boxes.Box[messages.Card]"`)."""

    symbol: str


@dataclass(frozen=True, slots=True)
class PaginationOptions:
    """The argument that `usePaginatedQuery` sends."""


@dataclass(frozen=True, slots=True)
class Page:
    """The result that `usePaginatedQuery` expects: a page of `element`s."""

    element: Type


ConstraintKind = Literal["ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length", "pattern"]


@dataclass(frozen=True, slots=True)
class Constraint:
    kind: ConstraintKind
    value: int | float | str


@dataclass(frozen=True, slots=True)
class Constrained:
    """A type with the constraints of its `Annotated`, in the order of `ConstraintKind`. Never nested directly."""

    base: Type
    constraints: tuple[Constraint, ...]


Type: TypeAlias = (
    Scalar | IdOf | LiteralOf | ArrayOf | RecordOf | UnionOf | Document | Named | PaginationOptions | Page | Constrained
)

Presence = Literal["required", "defaulted", "absent"]
"""`required`: always there. `defaulted`: may be left out on the way in, always there on the way out.
`absent`: may be left out in both directions (`x: T | Unset = UNSET`)."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A default value that can be written down. `kind` keeps `True`, `1` and `1.0` apart."""

    value: str | bool | int | float | None
    kind: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", type(self.value).__name__)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object or document, or an argument of a function.

    `default` is None where there is none or where it is computed (a factory, a list, an object).
    """

    name: str
    wire: str
    type: Type
    presence: Presence = "required"
    default: Constant | None = None
    doc: str = ""
    deprecated: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectDef:
    """A named object: a pydantic model, dataclass, `TypedDict`, view of a table or variant of one.

    `table` is set for views and variants: they carry the system fields `_id` and `_creationTime`
    of that table, which are not among `fields`.
    """

    symbol: str
    name: str
    fields: tuple[Field, ...]
    doc: str = ""
    deprecated: str | None = None
    table: str | None = None


@dataclass(frozen=True, slots=True)
class EnumMember:
    name: str
    value: str | int
    doc: str = ""


@dataclass(frozen=True, slots=True)
class EnumDef:
    symbol: str
    name: str
    members: tuple[EnumMember, ...]
    doc: str = ""
    deprecated: str | None = None


@dataclass(frozen=True, slots=True)
class AliasDef:
    """A name for a type: `NewType`, `X: TypeAlias = …`, `type X = …`. Aliases may be recursive only through objects."""

    symbol: str
    name: str
    type: Type
    doc: str = ""


TypeDef: TypeAlias = ObjectDef | EnumDef | AliasDef
"""`name` is the class's own name (`BoxCard` for `Box[Card]`); the name shown by clients is in `TypeNames`."""


@dataclass(frozen=True, slots=True)
class Index:
    """A database index over wire paths (`"author"`, `"meta.rank"`); `_creationTime` at the end is implied."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchIndex:
    name: str
    field: str
    filter_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VectorIndex:
    name: str
    field: str
    dimensions: int
    filter_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. Its documents have `fields` and the system fields; with `variants`, they are one of those objects.

    `variants` are symbols of `ObjectDef`s; `fields` are then the fields common to all of them.
    """

    symbol: str
    name: str
    fields: tuple[Field, ...]
    indexes: tuple[Index, ...] = ()
    search_indexes: tuple[SearchIndex, ...] = ()
    vector_indexes: tuple[VectorIndex, ...] = ()
    variants: tuple[str, ...] = ()
    doc: str = ""
    deprecated: str | None = None


FunctionKind = Literal["query", "mutation", "action"]
Visibility = Literal["public", "internal"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function that clients (public) or only the server (internal) may call."""

    name: str
    wire: str
    kind: FunctionKind
    visibility: Visibility
    args: tuple[Field, ...]
    returns: Type
    doc: str = ""
    deprecated: str | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the functions folder with what it declares. Functions and types stand in order of their names.

    `path` is dotted Python (`"admin.user_settings"`), `wire` is `"admin/userSettings"`. `types` holds the types this
    module declares and the generic instances it asks for; the same instance may stand in several modules.
    """

    path: str
    wire: str
    functions: tuple[Function, ...] = ()
    types: tuple[TypeDef, ...] = ()
    tables: tuple[Table, ...] = ()
    doc: str = ""


HttpMethod = Literal["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """`path` ends in `*` for a prefix route. `handler` is a symbol (`"http.hook"`)."""

    method: HttpMethod
    path: str
    handler: str


@dataclass(frozen=True, slots=True)
class Cron:
    """A scheduled function. `schedule` is canonical text: `every 300s` or a five-field cron expression in UTC."""

    name: str
    schedule: str
    function: str


@dataclass(frozen=True, slots=True)
class Ir:
    """The whole program. Modules stand in order of their wire paths and hold all tables and types."""

    modules: tuple[Module, ...]
    routes: tuple[HttpRoute, ...] = ()
    crons: tuple[Cron, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeName:
    """How a named type is shown: its unique name, and whether its input and output shapes differ."""

    name: str
    splits: bool


TypeNames: TypeAlias = Mapping[str, TypeName]
"""From the symbol of every type that is used, and `table:NAME` for the document of a table, to how it is shown."""


def children(type_: Type) -> tuple[Type, ...]:
    """The types directly inside `type_`."""
    match type_:
        case ArrayOf(element) | Page(element):
            return (element,)
        case RecordOf(key, value):
            return (key, value)
        case UnionOf(members):
            return members
        case Constrained(base, _):
            return (base,)
        case _:
            return ()


def walk(type_: Type) -> Iterator[Type]:
    """`type_` and all types inside it, outermost first; named types are not entered."""
    yield type_
    if not isinstance(type_, Scalar | IdOf | Named | Document):  # leaves, and the most common
        for child in children(type_):
            yield from walk(child)


def add_references(type_: Type, found: dict[str, None]) -> None:
    """Add what `type_` mentions: symbols of named types, `table:NAME` for documents, `id:NAME` for ids."""
    if isinstance(type_, Scalar):  # first, because most are
        return
    if isinstance(type_, Named):
        found[type_.symbol] = None
    elif isinstance(type_, Document):
        found[f"table:{type_.table}"] = None
    elif isinstance(type_, IdOf):
        found[f"id:{type_.table}"] = None
    else:
        for child in children(type_):
            add_references(child, found)


def is_symbol(reference: str) -> bool:
    """Whether a reference is the symbol of a named type, not a table or an id."""
    return not reference.startswith(("table:", "id:"))


def without_constraints(type_: Type) -> Type:
    """`type_` itself, its own constraints left out."""
    return type_.base if isinstance(type_, Constrained) else type_


def types_of(definition: TypeDef | Table) -> Iterator[Type]:
    """The types that a definition is made of."""
    match definition:
        case ObjectDef() | Table():
            for each in definition.fields:
                yield each.type
        case AliasDef():
            yield definition.type
        case EnumDef():
            pass
