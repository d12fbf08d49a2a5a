"""Programs to specify: one that uses every type and every kind of declaration, and arbitrary consistent ones."""

from __future__ import annotations

from typing import TypeVar, get_args

from hypothesis import strategies as st

from convexgen import ir
from convexgen.ir import (
    AliasDef,
    ArrayOf,
    Constant,
    Constrained,
    Constraint,
    Cron,
    Document,
    EnumDef,
    EnumMember,
    Field,
    Function,
    HttpRoute,
    IdOf,
    Index,
    Ir,
    LiteralOf,
    Module,
    Named,
    ObjectDef,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    SearchIndex,
    Table,
    Type,
    TypeDef,
    UnionOf,
    VectorIndex,
)

STRING, FLOAT, INT, NULL = Scalar("string"), Scalar("float"), Scalar("int"), Scalar("null")


def required(name: str, type_: Type) -> Field:
    return Field(name, name, type_)


EVERY_KIND = Ir(
    modules=(
        Module(
            path="admin.user_settings",
            wire="admin/userSettings",
            functions=(
                Function("default", "default", "action", "public", (), NULL),
                Function(
                    "purge", "purge", "mutation", "internal", (required("blob", Scalar("bytes")),), Scalar("bytes")
                ),
            ),
        ),
        Module(
            path="messages",
            wire="messages",
            doc="What people say.",
            functions=(
                Function(
                    name="find",
                    wire="find",
                    kind="query",
                    visibility="public",
                    args=(
                        required(
                            "text", Constrained(STRING, (Constraint("min_length", 1), Constraint("pattern", "^a")))
                        ),
                        Field("max_age", "maxAge", FLOAT, "defaulted", Constant(1.5), doc="In days."),
                        Field("author", "author", IdOf("users"), "absent"),
                        required("tags", ArrayOf(UnionOf((LiteralOf("new"), LiteralOf(True), LiteralOf(1))))),
                        required("since", Scalar("datetime")),
                        required("day", Scalar("date")),
                        required("key", Scalar("uuid")),
                        required("price", Scalar("decimal")),
                        required("size", Scalar("int64")),
                        required("data", Scalar("any")),
                        required("seen", Scalar("boolean")),
                        required("count", INT),
                        required("draft", Document("messages")),
                    ),
                    returns=UnionOf((Document("messages"), NULL)),
                    doc="The first match.",
                    deprecated="Use search.",
                ),
                Function(
                    name="list_",
                    wire="list",
                    kind="query",
                    visibility="public",
                    args=(Field("pagination", "paginationOpts", PaginationOptions()),),
                    returns=Page(Named("messages.Card")),
                ),
                Function(
                    name="sums",
                    wire="sums",
                    kind="query",
                    visibility="public",
                    args=(
                        required("by_user", RecordOf(IdOf("users"), FLOAT)),
                        required("by_name", RecordOf(UnionOf((STRING, IdOf("users"))), Named("messages.Mood"))),
                        required("meta", Named("messages.Meta")),
                        required("tree", Named("messages.Tree")),
                    ),
                    returns=UnionOf((Named("messages.Meta"), Named("messages.Mood"), Named("messages.Level"), NULL)),
                ),
                Function("shape", "shape", "query", "public", (), Document("shapes")),
                Function("file", "file", "query", "public", (), UnionOf((Document("_storage"), NULL))),
                Function("job", "job", "query", "public", (), UnionOf((Document("_scheduled_functions"), NULL))),
            ),
            types=(
                ObjectDef(
                    "messages.Card",
                    "Card",
                    (required("author_name", Named("messages.Name")), Field("only", "only", Named("messages.Only"))),
                    table="messages",
                    doc="A message in a list.",
                ),
                EnumDef("messages.Level", "Level", (EnumMember("LOW", 1), EnumMember("HIGH", 2, "Loud."))),
                ObjectDef(
                    "messages.Meta",
                    "Meta",
                    (
                        Field("rank", "rank", INT, "defaulted", Constant(0)),
                        Field("note", "note", STRING, "absent"),
                        Field("level", "level", Named("messages.Level"), deprecated="Nobody reads it."),
                    ),
                ),
                EnumDef("messages.Mood", "Mood", (EnumMember("GOOD", "good"), EnumMember("BAD", "bad"))),
                AliasDef("messages.Name", "Name", STRING, doc="A person's name."),
                EnumDef("messages.Only", "Only", (EnumMember("ONE", "one"),), deprecated="There is one only."),
                ObjectDef("messages.Tree", "Tree", (required("children", ArrayOf(Named("messages.Tree"))),)),
            ),
        ),
        Module(
            path="schema",
            wire="schema",
            types=(
                ObjectDef(
                    "schema.Circle",
                    "Circle",
                    (required("kind", LiteralOf("circle")), required("radius", FLOAT)),
                    table="shapes",
                ),
                ObjectDef(
                    "schema.Square",
                    "Square",
                    (required("kind", LiteralOf("square")), Field("side", "side", FLOAT, "defaulted", Constant(1.0))),
                    table="shapes",
                ),
            ),
            tables=(
                Table(
                    symbol="schema.Message",
                    name="messages",
                    fields=(
                        required("author", IdOf("users")),
                        Field("body_text", "bodyText", STRING),
                        Field("likes", "likes", INT, "defaulted", Constant(0)),
                        Field("image", "image", IdOf("_storage"), "absent"),
                        required("embedding", ArrayOf(FLOAT)),
                        required("meta", Named("messages.Meta")),
                    ),
                    indexes=(Index("by_author", ("author", "likes")), Index("by_rank", ("meta.rank",))),
                    search_indexes=(
                        SearchIndex("search_body", "bodyText", ("author",)),
                        SearchIndex("all", "bodyText", ()),
                    ),
                    vector_indexes=(VectorIndex("by_embedding", "embedding", 1536, ("author",)),),
                    doc="Something said.",
                    deprecated="Gone soon.",
                ),
                Table(
                    symbol="schema.Shape",
                    name="shapes",
                    fields=(),
                    variants=("schema.Circle", "schema.Square"),
                ),
                Table(symbol="schema.User", name="users", fields=(required("name", STRING),)),
            ),
        ),
    ),
    routes=(HttpRoute("POST", "/hook", "http.hook"), HttpRoute("GET", "/files/*", "http.download")),
    crons=(Cron("purge", "every 300s", "admin.user_settings.purge"), Cron("look", "0 9 * * 1", "messages.find")),
)
"""Every kind of type and declaration; `bytes` only where it is internal, since an OpenAPI converter cannot say it."""

T = TypeVar("T")

TABLES = ("messages", "users")
SYMBOLS = ("types.A", "types.B", "types.C", "types.D")

names = st.text("abc_XYZ", min_size=1, max_size=4)
texts = st.text(max_size=8)
deprecations = st.none() | texts
floats = st.floats(allow_nan=False)
"""NaN is not equal to itself, so no law about equal programs can hold of it."""


def several(each: st.SearchStrategy[T], *, min_size: int = 0, max_size: int = 2) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(each, min_size=min_size, max_size=max_size).map(tuple)


def _nested(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    constraints = several(
        st.builds(Constraint, st.sampled_from(get_args(ir.ConstraintKind)), st.integers() | floats | texts)
    )
    return st.one_of(
        st.builds(ArrayOf, inner),
        st.builds(RecordOf, st.just(STRING) | st.builds(IdOf, st.sampled_from(TABLES)), inner),
        st.builds(UnionOf, several(inner, min_size=2)),
        st.builds(Page, inner),
        st.builds(Constrained, inner, constraints),
    )


types: st.SearchStrategy[Type] = st.recursive(
    st.one_of(
        st.builds(Scalar, st.sampled_from(get_args(ir.ScalarKind))),
        st.builds(IdOf, st.sampled_from((*TABLES, "_storage"))),
        st.builds(LiteralOf, texts | st.booleans() | st.integers()),
        st.builds(Document, st.sampled_from((*TABLES, "_scheduled_functions"))),
        st.builds(Named, st.sampled_from(SYMBOLS)),
        st.just(PaginationOptions()),
    ),
    _nested,
    max_leaves=5,
)

fields = several(
    st.builds(
        Field,
        name=names,
        wire=names,
        type=types,
        presence=st.sampled_from(get_args(ir.Presence)),
        default=st.none() | st.builds(Constant, texts | st.booleans() | st.integers() | floats | st.none()),
        doc=texts,
        deprecated=deprecations,
    )
)

functions = several(
    st.builds(
        Function,
        name=names,
        wire=names,
        kind=st.sampled_from(get_args(ir.FunctionKind)),
        visibility=st.sampled_from(get_args(ir.Visibility)),
        args=fields,
        returns=types,
        doc=texts,
        deprecated=deprecations,
    )
)


def _definitions(symbol: str) -> st.SearchStrategy[TypeDef]:
    members = several(st.builds(EnumMember, names, texts | st.integers(), texts), min_size=1)
    owners = st.sampled_from((None, *TABLES))
    return st.one_of(
        st.builds(ObjectDef, st.just(symbol), names, fields, texts, deprecations, owners),
        st.builds(EnumDef, st.just(symbol), names, members, texts, deprecations),
        st.builds(AliasDef, st.just(symbol), names, types, texts),
    )


def _tables(name: str) -> st.SearchStrategy[Table]:
    return st.builds(
        Table,
        symbol=st.just(f"schema.{name}"),
        name=st.just(name),
        fields=fields,
        indexes=several(st.builds(Index, names, several(names, min_size=1))),
        search_indexes=several(st.builds(SearchIndex, names, names, several(names))),
        vector_indexes=several(st.builds(VectorIndex, names, names, st.integers(2, 4096), several(names))),
        variants=st.just(()) | st.just(("types.Variant",)),
        doc=texts,
        deprecated=deprecations,
    )


_variant = st.builds(ObjectDef, st.just("types.Variant"), names, fields, texts, deprecations, st.sampled_from(TABLES))

programs = st.builds(
    Ir,
    modules=st.tuples(
        st.builds(Module, names, names, functions=functions, doc=texts),
        st.builds(Module, st.just("schema"), st.just("schema"), tables=st.tuples(*map(_tables, TABLES))),
        st.builds(Module, st.just("types"), st.just("types"), types=st.tuples(*map(_definitions, SYMBOLS), _variant)),
    ),
    routes=several(st.builds(HttpRoute, st.sampled_from(get_args(ir.HttpMethod)), texts, names)),
    crons=several(st.builds(Cron, names, texts, names)),
)
"""Any programs in which every name leads somewhere. Types may contain themselves, which no rule lets through."""
