"""Documents as they are stored, and as functions see them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from convexgen import UNSET
from convexgen.runtime.program.live import LiveTable, Program
from convexgen.runtime.values import InvalidValueError, Value
from tests.runtime.program.conftest import Project, an_id, numbers

SCHEMA = """\
from typing import Annotated, Literal

from convexgen import UNSET, Id, Index, Table, Unset
from pydantic import BaseModel, Field, model_validator

class Meta(BaseModel):
    last_edit: float = 0.0

class User(Table, name="users"):
    name: str

class Message(Table, name="messages"):
    author: Id[User]
    body: Annotated[str, Field(max_length=5)]
    meta: Meta = Field(default_factory=Meta)
    reply_to: "Id[Message] | None" = None
    nickname: str | Unset = UNSET

class MessageCard(Message, view=True):
    extra: int

class Span(Table, name="spans"):
    begin: int
    end: int

    @model_validator(mode="after")
    def in_order(self) -> "Span":
        if self.begin > self.end:
            raise ValueError("ends before it begins")
        return self

class Shape(Table, name="shapes"):
    label: str = ""

class Circle(Shape, variant=True):
    kind: Literal["circle"]
    radius: float

class Square(Shape, variant=True):
    kind: Literal["square"]
    side_length: float
"""


@pytest.fixture
def program(project: Project) -> Program:
    project.write("backend/schema.py", SCHEMA)
    return project.load()


@pytest.fixture
def messages(program: Program) -> LiveTable:
    return program.tables["messages"]


@pytest.fixture
def message(program: Program) -> dict[str, Value]:
    return {
        "_id": an_id(program, "messages"),
        "_creationTime": 1.5,
        "author": an_id(program, "users"),
        "body": "hi",
    }


def of_shapes(program: Program, **fields: Value) -> dict[str, Value]:
    return {"_id": an_id(program, "shapes"), "_creationTime": 1.0, **fields}


def test_defaults_are_filled_in(messages: LiveTable, message: dict[str, Value]) -> None:
    loaded: Any = messages.load(message)
    assert (type(loaded), loaded.id, loaded.creation_time) == (messages.cls, message["_id"], 1.5)
    assert (loaded.meta.last_edit, loaded.reply_to, loaded.nickname) == (0.0, None, UNSET)
    assert messages.dump(loaded) == {
        "author": message["author"],
        "body": "hi",
        "meta": {"lastEdit": 0.0},
        "replyTo": None,
    }


def test_new_documents_are_dumped(program: Program, messages: LiveTable, message: dict[str, Value]) -> None:
    make: Any = messages.cls
    new = make(author=message["author"], body="x", nickname="n")
    assert messages.dump(new)["nickname"] == "n"
    with pytest.raises(TypeError, match=r"^Message is no document of the table 'users'$"):
        program.tables["users"].dump(new)
    view = messages.cls.__subclasses__()[0].of(messages.load(message), extra=1)
    with pytest.raises(TypeError, match=r"^MessageCard is no document of the table 'messages'$"):
        messages.dump(view)


def test_changes(messages: LiveTable, message: dict[str, Value]) -> None:
    assert messages.changed(message, {"body": "new", "nickname": "n"}) == {**message, "body": "new", "nickname": "n"}
    named: dict[str, Value] = {**message, "nickname": "n", "replyTo": None}
    assert messages.changed(named, {"nickname": UNSET, "reply_to": UNSET}) == message
    assert message.keys() == {"_id", "_creationTime", "author", "body"}


@pytest.mark.parametrize("changes", [{"body": 5}, {"body": UNSET}, {"body": "too long"}, {"nobody": 1}, {"meta": None}])
def test_changes_that_do_not_fit(messages: LiveTable, message: dict[str, Value], changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        messages.changed(message, changes)


def test_system_fields_cannot_be_changed(messages: LiveTable, message: dict[str, Value]) -> None:
    with pytest.raises(TypeError, match=r"^id is given by the database, when the document is inserted: it cannot be"):
        messages.changed(message, {"id": "x"})


def test_changes_are_validated_together(program: Program) -> None:
    spans = program.tables["spans"]
    span: dict[str, Value] = {"_id": an_id(program, "spans"), "_creationTime": 1.0, "begin": 1.0, "end": 2.0}
    assert spans.changed(span, {"begin": 5, "end": 6}) == {**span, "begin": 5.0, "end": 6.0}
    with pytest.raises(ValidationError, match="ends before it begins"):
        spans.changed(span, {"begin": 5})


def test_variants(program: Program) -> None:
    shapes = program.tables["shapes"]
    circle = of_shapes(program, kind="circle", radius=1.0)
    loaded = shapes.load(circle)
    assert type(loaded).__name__ == "Circle"
    assert shapes.dump(loaded) == {"label": "", "kind": "circle", "radius": 1.0}
    assert shapes.changed(circle, {"radius": 2}) == {**circle, "radius": 2.0}
    changed = shapes.changed(circle, {"kind": "square", "radius": UNSET, "side_length": 3})
    assert changed == of_shapes(program, label="", kind="square", sideLength=3.0)
    shapes.check(changed, numbers(program))
    with pytest.raises(ValidationError):
        shapes.changed(circle, {"kind": "square"})
    with pytest.raises(InvalidValueError) as raised:
        shapes.check(of_shapes(program, kind="square", radius=1.0), numbers(program))
    assert str(raised.value) == (
        f'Document with ID "{an_id(program, "shapes")}" in table "shapes" does not match the schema: '
        "Value does not match validator.\n"
        "\n"
        f'Value: {{_creationTime: 1.0, _id: "{an_id(program, "shapes")}", kind: "square", radius: 1.0}}\n'
        'Validator: v.union(v.object({kind: v.literal("circle"), label: v.optional(v.string()), '
        'radius: v.float64()}), v.object({kind: v.literal("square"), label: v.optional(v.string()), '
        "sideLength: v.float64()}))"
    )


def test_paths_and_what_is_compared(program: Program, messages: LiveTable, message: dict[str, Value]) -> None:
    assert messages.wire_path(("meta", "last_edit")) == ("meta", "lastEdit")
    assert messages.wire_path(("creation_time",)) == ("_creationTime",)
    assert program.tables["shapes"].wire_path(("side_length",)) == ("sideLength",)
    with pytest.raises(AttributeError, match=r"^Message has no field meta\.first$"):
        messages.wire_path(("meta", "first"))
    assert messages.compared(("meta", "last_edit"), 5) == 5.0
    assert type(messages.compared(("meta", "last_edit"), 5)) is float
    assert messages.compared(("reply_to",), None) is None
    assert messages.compared(("nickname",), UNSET) is UNSET
    assert messages.compared(("id",), message["_id"]) == message["_id"]
    with pytest.raises(TypeError, match=r"^Message\.body holds no 5, so it cannot be compared with it$"):
        messages.compared(("body",), 5)


def test_a_document_that_the_schema_does_not_allow(
    program: Program, messages: LiveTable, message: dict[str, Value]
) -> None:
    messages.check(message, numbers(program))
    with pytest.raises(InvalidValueError) as raised:
        messages.check({**message, "x": 1.0}, numbers(program))
    shown = f'_creationTime: 1.5, _id: "{message["_id"]!s}", author: "{message["author"]!s}", body: "hi", x: 1.0'
    assert str(raised.value) == (
        f'Document with ID "{message["_id"]!s}" in table "messages" does not match the schema: '
        "Object contains extra field `x` that is not in the validator.\n"
        "\n"
        f"Object: {{{shown}}}\n"
        'Validator: v.object({author: v.id("users"), body: v.string(), '
        "meta: v.optional(v.object({lastEdit: v.optional(v.float64())})), nickname: v.optional(v.string()), "
        'replyTo: v.optional(v.union(v.id("messages"), v.null()))})'
    )


def test_system_tables_are_there(program: Program) -> None:
    files: Any = program.tables["_storage"].load(
        {"_id": an_id(program, "_storage"), "_creationTime": 1.0, "sha256": "", "size": 3.0}
    )
    assert (files.size, files.content_type) == (3, None)
    jobs = program.tables["_scheduled_functions"]
    job: dict[str, Value] = {
        "_id": an_id(program, "_scheduled_functions"),
        "_creationTime": 1.0,
        "name": "messages.js:send",
        "args": [{"bodyText": "x"}],
        "scheduledTime": 5.0,
        "state": {"kind": "failed", "error": "x"},
    }
    jobs.check(job, numbers(program))
    loaded: Any = jobs.load(job)
    assert (loaded.scheduled_time, loaded.args, loaded.state.error) == (5.0, [{"bodyText": "x"}], "x")
