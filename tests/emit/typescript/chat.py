"""A chat as IR: small enough to read whole, with everything that a React front end meets."""

from __future__ import annotations

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
    UnionOf,
    VectorIndex,
)

NULL, STRING, FLOAT = Scalar("null"), Scalar("string"), Scalar("float")

_MESSAGES = Module(
    path="messages",
    wire="messages",
    doc="What people say.\n\nMessages are never edited.",
    functions=(
        Function(
            "by_author",
            "byAuthor",
            "query",
            "public",
            (Field("author", "author", IdOf("users")), Field("pagination_opts", "paginationOpts", PaginationOptions())),
            Page(Named("messages.AuthoredMessage")),
        ),
        Function("clear", "clear", "mutation", "internal", (Field("before", "before", Scalar("datetime")),), NULL),
        Function("count", "count", "query", "public", (), Scalar("int"), doc="How many messages there are."),
        Function(
            "list_",
            "list",
            "query",
            "public",
            (Field("limit", "limit", Scalar("int"), "defaulted", Constant(100)),),
            ArrayOf(Document("messages")),
            doc="The newest messages first.",
        ),
        Function(
            "send",
            "send",
            "mutation",
            "public",
            (
                Field("author", "author", IdOf("users")),
                Field("text", "text", Constrained(STRING, (Constraint("max_length", 2000),)), doc="Markdown."),
                Field("style", "style", Named("messages.Style"), "absent"),
            ),
            IdOf("messages"),
            deprecated="Use `post` instead.",
        ),
        Function(
            "summarize",
            "summarize",
            "action",
            "public",
            (Field("parts", "parts", ArrayOf(Named("schema.Part"))),),
            RecordOf(IdOf("users"), Named("messages.Style")),
            doc="Ends */ nothing, and mails nobody@example.org or @all.\n\n    indented `@code`",
        ),
        Function("upload", "upload", "action", "public", (), UnionOf((Document("_storage"), NULL))),
    ),
    types=(
        ObjectDef(
            "messages.AuthoredMessage",
            "AuthoredMessage",
            (Field("text", "text", STRING), Field("author_name", "authorName", STRING)),
            table="messages",
            doc="A message with its author.",
        ),
        ObjectDef(
            "messages.Style",
            "Style",
            (
                Field("bold", "bold", Scalar("boolean"), "defaulted", Constant(False)),
                Field("color", "color", Named("schema.Color"), doc="Of the text."),
            ),
            doc="How a message looks.",
        ),
    ),
)

_INBOX = Module(
    path="messages.inbox",
    wire="messages/inbox",
    functions=(
        Function("default", "default", "query", "public", (), Scalar("any")),
        Function(
            "open_box", "openBox", "query", "public", (Field("box", "box", Document("boxes")),), Document("boxes")
        ),
    ),
)

_SCHEMA = Module(
    path="schema",
    wire="schema",
    types=(
        EnumDef("schema.Color", "Color", (EnumMember("RED", "red", "Loud."), EnumMember("BLUE", "blue"))),
        EnumDef("schema.Level", "Level", (EnumMember("LOW", 1), EnumMember("HIGH", 2))),
        AliasDef("schema.Part", "Part", UnionOf((STRING, Named("schema.Tree"))), doc="Text or more of it."),
        ObjectDef(
            "schema.Round", "Round", (Field("kind", "kind", LiteralOf("round")), Field("r", "r", FLOAT)), table="boxes"
        ),
        ObjectDef(
            "schema.Square",
            "Square",
            (Field("kind", "kind", LiteralOf("square")), Field("side", "side", FLOAT, "defaulted", Constant(1.0))),
            table="boxes",
        ),
        ObjectDef("schema.Tree", "Tree", (Field("parts", "parts", ArrayOf(Named("schema.Part"))),)),
    ),
    tables=(
        Table("schema.Box", "boxes", (), variants=("schema.Round", "schema.Square")),
        Table(
            "schema.Message",
            "messages",
            (
                Field("author", "author", IdOf("users")),
                Field("text", "text", STRING),
                Field("likes", "likes", Scalar("int"), "defaulted", Constant(0)),
                Field("image", "image", IdOf("_storage"), "absent"),
                Field("style", "style", UnionOf((Named("messages.Style"), NULL))),
                Field("embedding", "embedding", ArrayOf(FLOAT)),
                Field("reactions", "reactions", RecordOf(STRING, Scalar("int64"))),
            ),
            indexes=(Index("by_author", ("author",)), Index("by_color", ("style.color", "likes"))),
            search_indexes=(SearchIndex("search_text", "text", ("author",)),),
            vector_indexes=(VectorIndex("by_embedding", "embedding", 3, ()),),
            doc="Something said.",
        ),
        Table("schema.User", "users", (Field("name", "name", STRING),), doc="A person who can post."),
    ),
)

CHAT = Ir((_MESSAGES, _INBOX, _SCHEMA))
