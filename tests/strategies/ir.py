"""Programs that a user could have written, as IR: every name leads somewhere and no rule is broken.

They have all kinds of types, objects that contain one another, modules beside folders of the same name, and strings
that are awkward to print. What there is to refer to is the same in every program, so that the strategies need to be
built only once; what it consists of differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, get_args

from hypothesis import strategies as st

from convexgen.ir import (
    AliasDef,
    ArrayOf,
    Constant,
    Constrained,
    Constraint,
    Document,
    EnumDef,
    EnumMember,
    Field,
    Function,
    FunctionKind,
    IdOf,
    Index,
    Ir,
    LiteralOf,
    Module,
    Named,
    ObjectDef,
    Page,
    PaginationOptions,
    Presence,
    RecordOf,
    Scalar,
    ScalarKind,
    SearchIndex,
    Table,
    Type,
    TypeDef,
    UnionOf,
    VectorIndex,
    Visibility,
)

AWKWARD: tuple[str, ...] = (
    '"',
    "'",
    "\"'",
    "\\",
    "*/",
    "/*",
    "`",
    "${x}",
    "@",
    " @see x",
    "</script>",
    "\n",
    "\r\n",
    "\u2028",
    "\x00",
)
AWKWARD += ("\ud83d", "\ufeff", "👍", "❤️", "naïve", "東京", "日本語" * 9, "क्षि", "e\u0301", "\\u0041", "very long " * 9)

texts = st.text("ab'\"\\", max_size=6) | st.sampled_from(AWKWARD) | st.text(max_size=12)
"""Any text at all, the troublesome ones more often than chance has it."""

sendable = texts.filter(lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text))
"""Those that literals and members of enums may be: the reader refuses half of a surrogate pair there."""

docs = st.sampled_from(("", "", "Plain words.", "Plain words.\n\n    More of them.")) | st.lists(texts, max_size=3).map(
    "\n".join
)
deprecations = st.sampled_from((None, None, None, "Use `other` instead.")) | texts

TABLES = ("messages", "t" * 64, "users")
SYSTEM_TABLES = ("_scheduled_functions", "_storage")
OBJECTS = ("kinds.Card", "kinds.Größe", "kinds.Query", "kinds.Tree")
ENUMS = ("kinds.Action", "kinds.Page", "kinds." + "T" * 50)
ALIASES = ("kinds.Action_", "kinds.Map", "kinds.Promise")
WORDS = ("a", "constructor", "createdAt", "default", "delete", "list", "x" * 40)
MODULES = ("a", "a/b", "a/b/c", "messages", "userSettings")

T = TypeVar("T")


def _tuples(each: st.SearchStrategy[T], least: int = 0, most: int = 3) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(each, min_size=least, max_size=most).map(tuple)


def _some(values: Sequence[T], least: int = 0) -> st.SearchStrategy[tuple[T, ...]]:
    """Some of `values`, in their order."""
    chosen = st.lists(st.sampled_from(range(len(values))), min_size=least, unique=True)
    return chosen.map(lambda indices: tuple([values[index] for index in sorted(indices)]))


def _union(members: Sequence[Type]) -> Type:
    """A union as the reader makes it: flat, no member twice."""
    flat = [inner for member in members for inner in (member.members if isinstance(member, UnionOf) else (member,))]
    distinct = tuple(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else UnionOf(distinct)


def _or_null(type_: Type) -> Type:
    return _union((type_, Scalar("null")))


def _constrained(base: Type, constraints: tuple[Constraint, ...]) -> Type:
    return base if isinstance(base, Constrained) else Constrained(base, constraints)


_numbers = st.integers(-5, 5) | st.floats(-1e20, 1e20)
_constraints = _tuples(
    st.builds(Constraint, st.sampled_from(("ge", "gt", "le", "lt", "multiple_of")), _numbers)
    | st.builds(Constraint, st.sampled_from(("min_length", "max_length")), st.integers(0, 2000))
    | st.builds(Constraint, st.just("pattern"), texts),
    least=1,
)
_ids = st.builds(IdOf, st.sampled_from((*TABLES, *SYSTEM_TABLES)))


def _composed(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return st.one_of(
        st.builds(ArrayOf, inner),
        st.builds(RecordOf, st.just(Scalar("string")) | _ids, inner),
        st.lists(inner, min_size=2, max_size=5).map(_union),
        inner.map(_or_null),
        st.builds(_constrained, inner, _constraints),
    )


def _types(named: tuple[str, ...]) -> st.SearchStrategy[Type]:
    leaves: tuple[st.SearchStrategy[Type], ...] = (
        st.builds(Scalar, st.sampled_from(get_args(ScalarKind))),
        st.builds(LiteralOf, sendable | st.booleans() | st.integers(-(2**53), 2**53)),
        _ids,
        st.builds(Named, st.sampled_from(named)),
    )
    return st.recursive(st.one_of(leaves), _composed, max_leaves=4)


types_without_aliases = _types((*OBJECTS, *ENUMS))
types = _types((*OBJECTS, *ENUMS, *ALIASES))
"""Types of values that a document can hold."""

_documents = st.builds(Document, st.sampled_from((*TABLES, *SYSTEM_TABLES)))
types_of_functions = types | _documents | st.builds(ArrayOf, _documents) | _documents.map(_or_null)
"""Types of arguments and results: whole documents too."""


def _without_needless_default(field: Field) -> Field:
    return field if field.presence == "defaulted" else replace(field, default=None)


def _fields(of: st.SearchStrategy[Type]) -> st.SearchStrategy[tuple[Field, ...]]:
    constants = st.builds(Constant, texts | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.none())
    field = st.builds(
        lambda word, *rest: Field(word, word, *rest),
        st.sampled_from(WORDS),
        of,
        st.sampled_from(get_args(Presence)),
        st.none() | constants,
        docs,
        deprecations,
    )
    fields = st.lists(field.map(_without_needless_default), max_size=4, unique_by=lambda each: each.wire)
    return fields.map(tuple)


fields = _fields(types)
arguments = _fields(types_of_functions)


@st.composite
def functions(draw: st.DrawFn, word: str) -> Function:
    """A function called `word`, now and then one that hands out pages."""
    function = Function(
        name=f"{word}_",
        wire=word,
        kind=draw(st.sampled_from(get_args(FunctionKind))),
        visibility=draw(st.sampled_from(get_args(Visibility))),
        args=draw(arguments),
        returns=draw(types_of_functions),
        doc=draw(docs),
        deprecated=draw(deprecations),
    )
    if draw(st.integers(0, 3)):
        return function
    options = Field("pagination_opts", "paginationOpts", PaginationOptions())
    return replace(function, args=(*function.args, options), returns=Page(function.returns))


@st.composite
def tables(draw: st.DrawFn, name: str, variants: tuple[str, ...]) -> Table:
    """The table `name`, with fields of its own unless it has variants."""
    table = Table(f"schema.{name.title()}", name, (), doc=draw(docs), deprecated=draw(deprecations))
    if variants:
        return replace(table, variants=variants)
    table = replace(table, fields=draw(fields))
    if not table.fields:
        return table
    several = _some([field.wire for field in table.fields], least=1)
    (field, *_), filters = draw(several), draw(_some([field.wire for field in table.fields]))
    return replace(
        table,
        indexes=tuple([Index(f"by_{number}", draw(several)) for number in range(draw(st.integers(0, 2)))]),
        search_indexes=(SearchIndex("search", field, filters),) if draw(st.booleans()) else (),
        vector_indexes=(VectorIndex("vector", field, 3, filters),) if draw(st.booleans()) else (),
    )


def _own_name(symbol: str) -> str:
    return symbol.removeprefix("kinds.")


@st.composite
def definitions(draw: st.DrawFn) -> tuple[TypeDef, ...]:
    """All named types."""
    values: st.SearchStrategy[Sequence[str | int]] = st.lists(sendable, min_size=1, max_size=8, unique=True) | st.lists(
        st.integers(-(2**53), 2**53), min_size=1, max_size=20, unique=True
    )
    found: list[TypeDef] = []
    for symbol in OBJECTS:
        owner = draw(st.sampled_from((None, None, *TABLES)))
        found.append(ObjectDef(symbol, _own_name(symbol), draw(fields), draw(docs), draw(deprecations), owner))
    for symbol in ENUMS:
        members = tuple([EnumMember(f"M{number}", value, draw(docs)) for number, value in enumerate(draw(values))])
        found.append(EnumDef(symbol, _own_name(symbol), members, draw(docs), draw(deprecations)))
    for symbol in ALIASES:
        found.append(AliasDef(symbol, _own_name(symbol), draw(types_without_aliases), draw(docs)))
    return tuple(sorted(found, key=lambda definition: definition.symbol))


@st.composite
def programs(draw: st.DrawFn) -> Ir:
    """A whole program: its types and tables in modules of their own, its functions in up to five others."""
    kinds = draw(definitions())
    variants = {
        name: tuple([d.symbol for d in kinds if isinstance(d, ObjectDef) and d.table == name]) for name in TABLES
    }
    chosen = [draw(tables(name, variants[name] if draw(st.booleans()) else ())) for name in TABLES]
    modules = [Module("kinds", "kinds", types=kinds), Module("schema", "schema", tables=tuple(chosen))]
    for wire in draw(_some(MODULES)):
        members = tuple([draw(functions(word)) for word in draw(_some(("default", "delete", "f" * 60, "list")))])
        modules.append(Module(wire.replace("/", "."), wire, members, doc=draw(docs)))
    return Ir(tuple(sorted(modules, key=lambda module: module.wire)))
