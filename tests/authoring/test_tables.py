"""Tables, variants and views as pydantic models: what is constructed, validated, dumped and refused."""

from __future__ import annotations

import copy
import types
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import pytest
from pydantic import BaseModel, PydanticUndefinedAnnotation, PydanticUserError, ValidationError

from convexgen import UNSET, Field, Id, Index, Int64, MaxLen, SearchIndex, StoredFile, Table, Unset, View
from convexgen.authoring.tables import fields_of, indexes_of, is_view, name_of, source_of, table_of, variants_of

if TYPE_CHECKING:

    class Team(Table, name="teams"):
        pass
else:
    another_modules_team = types.new_class("Team", (Table,), {"name": "teams"})


class Member(Table, name="members"):
    team: Id[Team]
    friend: Id[Member] | None


class User(Table, name="users"):
    name: str


class Edited(BaseModel):
    edited_at: float | None = None


class Message(Edited, Table, name="messages"):
    """Something said."""

    author: Id[User]
    text: Annotated[str, MaxLen(5)]
    likes: int = 0
    topic: str | Unset = UNSET
    tags: list[str] = Field(default_factory=list)

    by_author = Index("author")
    by_text = SearchIndex("text", filter_fields=["author"])


class Archived(Message, name="archived_messages"):
    reason: str


class AuthoredMessage(Message, view=True):
    author_name: str


class Card(View[Message]):
    text: str
    shouting: bool


class Shape(Table, name="shapes"):
    colour: str
    kind: str


class Circle(Shape, variant=True):
    kind: Literal["circle"] = "circle"
    radius: float


class Square(Shape, variant=True):
    kind: Literal["square"] = "square"
    side: float


class RedCircle(Circle, view=True):
    shade: int


STORED = {"_id": "m1", "_creationTime": 5, "author": "u1", "text": "hi"}


def _stored() -> Message:
    return Message.model_validate(STORED)


class TestConstructing:
    def test_a_new_document_has_its_defaults_and_no_system_fields(self) -> None:
        message = Message(author=Id("u1"), text="hi")
        assert (message.likes, message.topic, message.tags, message.edited_at) == (0, UNSET, [], None)
        assert message.model_dump() == {"edited_at": None, "author": "u1", "text": "hi", "likes": 0, "tags": []}
        assert repr(message) == ("Message(edited_at=None, author='u1', text='hi', likes=0, topic=UNSET, tags=[])")

    @pytest.mark.parametrize("name", ["id", "creation_time"])
    def test_a_new_document_says_why_it_has_no_system_fields(self, name: str) -> None:
        with pytest.raises(AttributeError, match=f"this Message has no {name}: it was not read from the database"):
            getattr(Message(author=Id("u1"), text="hi"), name)

    @pytest.mark.parametrize("name", ["id", "creation_time", "_id", "_creationTime"])
    def test_system_fields_are_not_given_to_the_constructor(self, name: str) -> None:
        arguments: dict[str, Any] = {"author": Id("u1"), "text": "hi", name: "m1"}
        with pytest.raises(TypeError, match=f"Message: {name} is given by the database"):
            Message(**arguments)

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            ({"txt": "x"}, "extra_forbidden"),
            ({"text": 3}, "string_type"),
            ({"text": "too long"}, "string_too_long"),
            ({"likes": "3"}, "int_type"),
            ({"likes": True}, "int_type"),
            ({"topic": None}, "string_type"),
        ],
    )
    def test_wrong_fields_and_values_are_refused_without_coercion(self, change: dict[str, Any], kind: str) -> None:
        arguments: dict[str, Any] = {"author": Id("u1"), "text": "hi"} | change
        with pytest.raises(ValidationError) as caught:
            Message(**arguments)
        assert caught.value.errors()[0]["type"] == kind

    def test_copies_are_equal(self) -> None:
        message, stored = Message(author=Id("u1"), text="hi"), _stored()
        assert copy.deepcopy(message) == message == message.model_copy()
        assert copy.deepcopy(stored) == stored == stored.model_copy()
        assert stored != message

    def test_explicit_aliases_work_beside_the_python_name(self) -> None:
        class Profile(Table, name="profiles"):
            git_hub_url: Annotated[str, Field(alias="gitHubUrl")]

        by_alias: dict[str, Any] = {"gitHubUrl": "x"}
        assert Profile(git_hub_url="x") == Profile(**by_alias)
        assert Profile(git_hub_url="x").model_dump(by_alias=True) == {"gitHubUrl": "x"}


class TestValidating:
    def test_a_stored_document_has_system_fields(self) -> None:
        stored = _stored()
        assert (stored.id, stored.creation_time, stored.text) == ("m1", 5.0, "hi")
        assert isinstance(stored.id, Id) and isinstance(stored.author, Id)
        assert stored.model_dump(by_alias=True, exclude_unset=True) == STORED
        assert Message.model_validate(stored.model_dump()) == stored

    def test_system_fields_are_required(self) -> None:
        with pytest.raises(ValidationError) as caught:
            Message.model_validate({"author": "u1", "text": "hi"})
        assert [error["loc"] for error in caught.value.errors()] == [("_id",), ("_creationTime",)]

    def test_documents_nest_in_other_models(self) -> None:
        class Feed(BaseModel):
            messages: list[Message]

        assert Feed(messages=[_stored()]).model_dump()["messages"][0]["id"] == "m1"

    def test_int64_fields(self) -> None:
        class Counter(Table, name="counters"):
            value: Int64

        assert type(Counter(value=Int64(2**63 - 1)).value) is Int64
        with pytest.raises(ValidationError):
            Counter(value=2**63)  # type: ignore[arg-type]


class TestDeclaring:
    def test_names_and_roles(self) -> None:
        classes = (Message, Archived, AuthoredMessage, Circle, RedCircle, StoredFile)
        assert [name_of(cls) for cls in classes] == [
            "messages",
            "archived_messages",
            "messages",
            "shapes",
            "shapes",
            "_storage",
        ]
        assert [is_view(cls) for cls in (*classes, Card, str)] == [False, False, True, False, True, False, True, False]
        assert (table_of(RedCircle), source_of(Card)) == (Shape, Message)
        assert variants_of(Shape) == variants_of(Circle) == (Circle, Square)
        assert variants_of(Message) == ()

    def test_fields_are_those_that_users_declared_with_mixins_first(self) -> None:
        assert list(fields_of(Message)) == ["edited_at", "author", "text", "likes", "topic", "tags"]
        assert list(fields_of(Card)) == ["text", "shouting"]

    def test_indexes_are_inherited_and_bound(self) -> None:
        assert indexes_of(Archived) == (Archived.by_author, Archived.by_text)
        assert indexes_of(User) == ()

    @pytest.mark.parametrize(
        ("arguments", "bases", "message"),
        [
            ({}, (Table,), "New is a Table without a name"),
            ({}, (Message,), "New is a Table without a name"),
            ({"view": True}, (Table,), "New names no table"),
            ({"variant": True}, (Table,), "New names no table"),
            ({"name": "new", "view": True}, (Message,), "exclude one another"),
            ({"view": True, "variant": True}, (Message,), "exclude one another"),
            ({"variant": True}, (Circle,), "New is a variant of Circle, which is itself a variant"),
            ({"variant": True}, (AuthoredMessage,), "New is a variant of AuthoredMessage, which is itself a view"),
            ({"name": "new"}, (Card,), "New is a view already"),
        ],
    )
    def test_class_statements_that_mean_nothing_are_refused(
        self, arguments: dict[str, Any], bases: tuple[type, ...], message: str
    ) -> None:
        before = variants_of(Shape)
        with pytest.raises(TypeError, match=message):
            types.new_class("New", bases, arguments)
        assert variants_of(Shape) == before

    def test_system_fields_cannot_be_declared(self) -> None:
        with pytest.raises(TypeError, match=r"Own\.id: the database gives every document its id"):

            class Own(Table, name="own"):
                id: str  # type: ignore[assignment,misc]

    def test_redeclaring_a_field_takes_the_new_default(self) -> None:
        assert Circle(colour="red", radius=1).kind == "circle"
        assert Square(colour="red", side=1).kind == "square"


class TestForwardReferences:
    def test_tables_of_modules_that_import_each_other_for_checkers_only(self) -> None:
        """`Team` is not a name of this module at run time."""
        member = Member(team=Id("t1"), friend=None)
        assert member.model_dump() == {"team": "t1", "friend": None}
        assert Member.model_validate({"_id": "a", "_creationTime": 1, "team": "t1", "friend": "a"}).friend == "a"
        assert get_args(Member.model_fields["team"].annotation)[0].__name__ == "Team"

    def test_a_name_that_no_table_has(self) -> None:
        class Lost(Table, name="lost"):
            other: Id[Nowhere]  # type: ignore[name-defined]  # noqa: F821

        with pytest.raises(PydanticUserError, match="`Lost` is not fully defined"):
            Lost(other=Id("a"))
        with pytest.raises(PydanticUndefinedAnnotation, match="Nowhere"):
            Lost.model_rebuild()


class TestVariants:
    def test_a_table_with_variants_has_no_documents_of_its_own(self) -> None:
        with pytest.raises(TypeError, match="Shape is one of its variants: Circle, Square"):
            Shape(colour="red", kind="circle")

    def test_table_and_view_have_no_documents(self) -> None:
        with pytest.raises(TypeError, match="Table has no documents of its own"):
            Table()
        with pytest.raises(TypeError, match="View has no documents of its own"):
            View()


class TestViews:
    def test_a_view_is_the_document_and_more(self) -> None:
        view = AuthoredMessage.of(_stored(), author_name="Ada", likes=3)
        assert view.model_dump(by_alias=True) == {
            **STORED,
            "edited_at": None,
            "likes": 3,
            "tags": [],
            "author_name": "Ada",
        }

    def test_a_partial_view_has_the_listed_fields(self) -> None:
        card = Card.of(_stored(), shouting=False)
        assert card.model_dump() == {"id": "m1", "creation_time": 5.0, "text": "hi", "shouting": False}

    def test_a_view_of_a_variant(self) -> None:
        circle = Circle.model_validate({"_id": "s1", "_creationTime": 1, "colour": "red", "radius": 2.0})
        assert RedCircle.of(circle, shade=4).radius == 2

    def test_views_are_made_from_documents_of_their_table(self) -> None:
        user = User.model_validate({"_id": "u1", "_creationTime": 1, "name": "Ada"})
        with pytest.raises(TypeError, match="AuthoredMessage is a view of Message, not of User"):
            AuthoredMessage.of(user, author_name="")
        with pytest.raises(TypeError, match="Card is a view of Message, not of User"):
            Card.of(user, shouting=True)  # type: ignore[arg-type]
        archived = Archived.model_validate({**STORED, "reason": "old"})
        with pytest.raises(TypeError, match="AuthoredMessage is a view of Message, not of Archived"):
            AuthoredMessage.of(archived, author_name="")
        square = Square.model_validate({"_id": "s1", "_creationTime": 1, "colour": "red", "side": 2.0})
        with pytest.raises(TypeError, match="RedCircle is a view of Circle, not of Square"):
            RedCircle.of(square, shade=4)
        with pytest.raises(TypeError, match="Message is no view"):
            Message.of(_stored())

    def test_views_are_not_constructed(self) -> None:
        with pytest.raises(TypeError, match=r"it is made from a document, with AuthoredMessage\.of"):
            AuthoredMessage(author=Id("u1"), text="hi", author_name="")
        with pytest.raises(TypeError, match=r"with Card\.of"):
            Card(text="", shouting=True)

    @pytest.mark.parametrize(
        ("fields", "kind"),
        [({}, "missing"), ({"author_name": 3}, "string_type"), ({"author_name": "", "nope": 1}, "extra_forbidden")],
    )
    def test_the_fields_of_a_view_are_validated(self, fields: dict[str, Any], kind: str) -> None:
        with pytest.raises(ValidationError) as caught:
            AuthoredMessage.of(_stored(), **fields)
        assert caught.value.errors()[0]["type"] == kind

    def test_a_new_document_cannot_be_shown(self) -> None:
        with pytest.raises(AttributeError, match="was not read from the database"):
            AuthoredMessage.of(Message(author=Id("u1"), text="hi"), author_name="")

    def test_a_view_says_of_what(self) -> None:
        class Loose(View):  # type: ignore[type-arg]
            text: str

        with pytest.raises(TypeError, match=r"write View\[Message\]"):
            source_of(Loose)
