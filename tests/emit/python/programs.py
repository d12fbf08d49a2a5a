"""Programs written down as IR, and what the client's author makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from convexgen.emit import python
from convexgen.emit.contract import ModuleOutline, Outline, TableOutline, TypeOutline
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
    LiteralOf,
    Module,
    Named,
    ObjectDef,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    Table,
    Type,
    TypeName,
    TypeNames,
    UnionOf,
)
from convexgen.naming import wire_name
from convexgen.settings import PythonOutput

STRING, BOOLEAN, BYTES, NULL, ANY = Scalar("string"), Scalar("boolean"), Scalar("bytes"), Scalar("null"), Scalar("any")
FLOAT, INT, INT64 = Scalar("float"), Scalar("int"), Scalar("int64")
DATETIME, DATE, UUID, DECIMAL = Scalar("datetime"), Scalar("date"), Scalar("uuid"), Scalar("decimal")
OUTPUT = PythonOutput("client")


def field(name: str, type_: Type, **rest: object) -> Field:
    """A field whose wire name is in camel case."""
    return Field(name, wire_name(name, "camel"), type_, **rest)  # type: ignore[arg-type]


def query(name: str, returns: Type = NULL, *args: Field, **rest: object) -> Function:
    """A public query."""
    return Function(name, wire_name(name, "camel"), "query", "public", args, returns, **rest)  # type: ignore[arg-type]


def generate(modules: Sequence[Module], names: TypeNames, output: PythonOutput = OUTPUT) -> dict[str, str]:
    """The text of each generated file by its path inside the package."""
    classes = {table.name: table.symbol.rpartition(".")[2] for module in modules for table in module.tables}
    known = {**names, **python.document_names(classes, names)}
    fragments = {module.path: python.fragment(module, known, output) for module in modules}
    files = python.assemble(outline(modules, names), fragments, output)
    return {file.path.removeprefix(f"{output.path}/"): file.text for file in files}


def outline(modules: Sequence[Module], names: TypeNames) -> Outline:
    """What an output that leaves nothing out shows."""
    types = {type_.symbol: module.path for module in modules for type_ in module.types}
    return Outline(
        tuple(
            ModuleOutline(
                module.path,
                module.wire,
                module.doc,
                any(function.visibility == "public" for function in module.functions),
                any(function.visibility == "internal" for function in module.functions),
            )
            for module in sorted(modules, key=lambda module: module.wire)
        ),
        tuple(
            TypeOutline(symbol, name.name, name.splits, types[symbol])
            for symbol, name in sorted(names.items(), key=lambda item: item[1].name)
        ),
        tuple(
            TableOutline(table.name, module.path)
            for module in modules
            for table in sorted(module.tables, key=lambda table: table.name)
        ),
    )


def write(texts: dict[str, str], package: Path) -> None:
    """Puts generated files on disk."""
    for path, text in texts.items():
        target = package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


CHAT_NAMES: TypeNames = {
    "messages.AuthoredMessage": TypeName("AuthoredMessage", False),
    "messages.Attachment": TypeName("Attachment", False),
    "messages.Draft": TypeName("Draft", True),
    "messages.Payload": TypeName("Payload", False),
    "schema.Circle": TypeName("Circle", False),
    "schema.Square": TypeName("Square", False),
    "schema.Status": TypeName("Status", False),
    "schema.Priority": TypeName("Priority", False),
}

SCHEMA = Module(
    "schema",
    "schema",
    types=(
        ObjectDef(
            "schema.Circle",
            "Circle",
            (field("kind", LiteralOf("circle")), field("radius", FLOAT)),
            table="shapes",
        ),
        EnumDef(
            "schema.Priority",
            "Priority",
            (EnumMember("LOW", 1), EnumMember("HIGH", 2, "Wakes people.")),
        ),
        ObjectDef(
            "schema.Square",
            "Square",
            (field("kind", LiteralOf("square")), field("side", FLOAT)),
            table="shapes",
        ),
        EnumDef(
            "schema.Status",
            "Status",
            (EnumMember("OPEN", "open"), EnumMember("DONE", "done"), EnumMember("title", "title")),
            doc="How far it is.",
        ),
    ),
    tables=(
        Table(
            "schema.Message",
            "messages",
            (
                field("author", IdOf("users")),
                field(
                    "text",
                    Constrained(STRING, (Constraint("min_length", 1), Constraint("max_length", 2000))),
                    doc="What it says.",
                ),
                field("likes", INT, presence="defaulted", default=Constant(0)),
                field("edited_at", DATETIME, presence="absent"),
                field("reply_to", UnionOf((IdOf("messages"), NULL))),
            ),
            doc="A message.",
        ),
        Table("schema.Shape", "shapes", (), variants=("schema.Circle", "schema.Square")),
        Table(
            "schema.User",
            "users",
            (
                field("name", STRING),
                field("status", Named("schema.Status")),
                field("priority", UnionOf((Named("schema.Priority"), NULL))),
            ),
        ),
    ),
)

MESSAGES = Module(
    "messages",
    "messages",
    functions=(
        query("by_author", ArrayOf(Document("messages")), field("author", IdOf("users")), field("after", FLOAT)),
        Function(
            "delete",
            "delete",
            "mutation",
            "public",
            (field("message", IdOf("messages")),),
            NULL,
            deprecated="Use undo.",
        ),
        query(
            "every_kind",
            Named("messages.Attachment"),
            field("text", STRING),
            field("flag", BOOLEAN),
            field("data", BYTES),
            field("anything", ANY),
            field("number", FLOAT),
            field("count", INT),
            field("big", INT64),
            field("moment", DATETIME),
            field("day", DATE),
            field("key", UUID),
            field("price", DECIMAL),
            field("mode", UnionOf((LiteralOf("a"), LiteralOf("b"), LiteralOf(3)))),
            field("tags", ArrayOf(STRING)),
            field("by_name", RecordOf(STRING, INT)),
            field("status", Named("schema.Status")),
            field("maybe", UnionOf((STRING, NULL))),
            field("extra", STRING, presence="absent"),
        ),
        query(
            "list_",
            ArrayOf(Document("messages")),
            field("limit", INT, presence="defaulted", default=Constant(100)),
            doc="The newest messages first.\n\n    At most `limit` of them.\n",
        ),
        query("page", Page(Document("messages")), field("pagination_opts", PaginationOptions())),
        Function("send", "send", "mutation", "public", (field("draft", Named("messages.Draft")),), IdOf("messages")),
        query("shapes", ArrayOf(Document("shapes"))),
        Function("summarize", "summarize", "action", "public", (), STRING),
        Function("sweep", "sweep", "mutation", "internal", (), NULL),
    ),
    types=(
        ObjectDef(
            "messages.Attachment",
            "Attachment",
            (
                field("data", BYTES),
                field("big", INT64),
                field("count", INT),
                field("number", FLOAT),
                field("moment", DATETIME),
                field("day", DATE),
                field("key", UUID),
                field("price", DECIMAL),
                field("payload", Named("messages.Payload")),
                field("by_name", RecordOf(STRING, INT)),
                Field("url", "gitHubUrl", STRING),
                field("mode", UnionOf((LiteralOf("a"), LiteralOf("b"), LiteralOf(3)))),
            ),
        ),
        ObjectDef(
            "messages.AuthoredMessage",
            "AuthoredMessage",
            (
                field("text", STRING),
                field("likes", INT, presence="defaulted", default=Constant(0)),
                field("author_name", STRING),
            ),
            table="messages",
        ),
        ObjectDef(
            "messages.Draft",
            "Draft",
            (
                field("author", IdOf("users")),
                field("text", Constrained(STRING, (Constraint("max_length", 20),))),
                field("likes", INT, presence="defaulted", default=Constant(0)),
            ),
        ),
        AliasDef("messages.Payload", "Payload", UnionOf((ANY, NULL)), doc="Whatever came along."),
    ),
    doc="Messages of the chat.",
)

USERS = Module(
    "admin.users",
    "admin/users",
    functions=(query("get", UnionOf((Document("users"), NULL)), field("user", IdOf("users"))),),
)

CHAT = (USERS, MESSAGES, SCHEMA)
