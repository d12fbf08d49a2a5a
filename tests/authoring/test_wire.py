"""Values to wire values and back: names, every type of DESIGN's table, and what is refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Generic, Literal, NewType, NotRequired, TypeAlias, TypedDict, TypeVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from typing_extensions import TypeAliasType

from convexgen import UNSET, Field, Id, Int64, MaxLen, Page, PaginationOptions, Table, Unset, View
from convexgen.authoring.objects import wire_path
from convexgen.authoring.wire import WireError, dump, load
from convexgen.naming import Naming, wire_name

T = TypeVar("T")
Slug = NewType("Slug", str)
Names: TypeAlias = list[str]
Numbers = TypeAliasType("Numbers", list[int])
Pair = TypeAliasType("Pair", list[T], type_params=(T,))


class Colour(StrEnum):
    RED = "red"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Meta(BaseModel):
    last_edit: float | None = None
    note_text: str | Unset = UNSET


class Options(TypedDict):
    max_count: int
    dry_run: NotRequired[bool]
    web_site: Annotated[NotRequired[str], Field(alias="webSITE")]


@dataclasses.dataclass(frozen=True)
class Point:
    x_axis: float
    y_axis: float = 0.0


@dataclasses.dataclass
class Box(Generic[T]):
    inner_value: T
    other_values: list[T] = dataclasses.field(default_factory=list)


class Tree(BaseModel):
    sub_trees: list[Tree] = Field(default_factory=list)


class User(Table, name="users"):
    full_name: str


class Message(Table, name="messages"):
    author_id: Id[User]
    text: Annotated[str, MaxLen(5)] = ""
    meta: Meta = Field(default_factory=Meta)
    git_hub_url: Annotated[str, Field(alias="gitHubURL")] = ""
    list_: Names = Field(default_factory=list)
    nick_name: str | Unset = UNSET


class AuthoredMessage(Message, view=True):
    author_name: str


class UserCard(View[User]):
    full_name: str
    is_new: bool


class Shape(Table, name="shapes"):
    line_width: float


class Circle(Shape, variant=True):
    kind: Literal["circle"] = "circle"
    the_radius: float


class Square(Shape, variant=True):
    kind: Literal["square"] = "square"
    the_side: float


WIRE_MESSAGE: dict[str, Any] = {
    "_id": "m1",
    "_creationTime": 5.0,
    "authorId": "u1",
    "text": "hi",
    "meta": {"lastEdit": None, "noteText": "x"},
    "gitHubURL": "",
    "list": ["a"],
}


class TestDocuments:
    def test_a_stored_document_has_wire_names(self) -> None:
        message = load(Message, WIRE_MESSAGE)
        assert message == Message.model_validate(
            {
                "id": "m1",
                "creation_time": 5.0,
                "author_id": "u1",
                "text": "hi",
                "meta": Meta(last_edit=None, note_text="x"),
                "list_": ["a"],
            }
        )
        assert dump(message) == WIRE_MESSAGE

    def test_a_new_document_has_no_system_fields_on_the_wire(self) -> None:
        assert dump(Message(author_id=Id("u1")), naming="preserve") == {
            "author_id": "u1",
            "text": "",
            "meta": {"last_edit": None},
            "gitHubURL": "",
            "list": [],
        }

    def test_a_view_has_the_fields_of_its_document(self) -> None:
        view = AuthoredMessage.of(load(Message, WIRE_MESSAGE), author_name="Ada")
        assert dump(view) == dump(view, Message) == {**WIRE_MESSAGE, "authorName": "Ada"}
        assert dump([view], list[Message]) == [dump(view)]
        user = load(User, {"_id": "u1", "_creationTime": 1, "fullName": "Ada"})
        card = {"_id": "u1", "_creationTime": 1.0, "fullName": "Ada", "isNew": True}
        assert dump(UserCard.of(user, is_new=True)) == card
        assert dump(load(UserCard, card)) == card

    def test_a_document_of_a_table_with_variants_is_one_of_them(self) -> None:
        wire = {"_id": "s1", "_creationTime": 1.0, "lineWidth": 1.0, "kind": "square", "theSide": 2.0}
        square = load(Shape, wire)
        assert type(square) is Square
        assert dump(square, Shape) == dump(square) == wire
        with pytest.raises(WireError) as caught:
            load(Shape, {**wire, "kind": "circle"})
        assert str(caught.value) == "missing field theRadius; kind: expected one of 'square', got 'circle'"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"author_id": "u1"}, "unknown field author_id"),
            ({"text": 3}, "text: expected a string, got 3"),
            ({"meta": {"lastEdit": "now"}}, "meta.lastEdit: expected a number, got 'now'; expected null, got 'now'"),
            ({"list": ["a", 1]}, "list.1: expected a string, got 1"),
            ({"nickName": None}, "nickName: expected a string, got None"),
        ],
    )
    def test_wrong_wire_values_are_refused_with_their_place(self, change: dict[str, Any], message: str) -> None:
        with pytest.raises(WireError) as caught:
            load(Message, WIRE_MESSAGE | change)
        assert str(caught.value) == message

    def test_missing_fields_and_broken_constraints(self) -> None:
        with pytest.raises(WireError, match="missing field authorId"):
            load(Message, {name: value for name, value in WIRE_MESSAGE.items() if name != "authorId"})
        with pytest.raises(ValidationError, match="at most 5 characters"):
            load(Message, {**WIRE_MESSAGE, "text": "too long"})

    def test_paths_of_fields_have_wire_names(self) -> None:
        assert wire_path(Message, ("meta", "last_edit"), "camel") == ("meta", "lastEdit")
        assert wire_path(Message, ("git_hub_url",), "camel") == ("gitHubURL",)
        assert wire_path(Message, ("id",), "camel") == ("_id",)
        assert wire_path(Message, ("list_",), "preserve") == ("list",)
        with pytest.raises(AttributeError, match="Meta'> has no field nope"):
            wire_path(Message, ("meta", "nope"), "camel")


MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
RoundTrip: TypeAlias = tuple[Any, Any, Any]

ROUND_TRIPS: list[RoundTrip] = [
    (str, "a", "a"),
    (bool, True, True),
    (bytes, b"a", b"a"),
    (None, None, None),
    (Any, {"some_key": [1, None]}, {"some_key": [1, None]}),
    (float, 1.5, 1.5),
    (int, 3, 3),
    (Int64, Int64(3), Int64(3)),
    (Id[User], Id("u1"), "u1"),
    (list[Point], [Point(1, 2)], [{"xAxis": 1.0, "yAxis": 2.0}]),
    (Sequence[int], [1], [1]),
    (tuple[int, ...], (1, 2), [1, 2]),
    (dict[str, Point], {"some_key": Point(1)}, {"some_key": {"xAxis": 1.0, "yAxis": 0.0}}),
    (dict[Id[User], int], {Id("u_1"): 1}, {"u_1": 1}),
    (Literal["a", 1, True], 1, 1),
    (Literal["a", 1, True], True, True),
    (Colour, Colour.RED, "red"),
    (Level, Level.HIGH, 2),
    (datetime, MOMENT, 1704164645678.0),
    (date, date(2024, 1, 2), "2024-01-02"),
    (UUID, UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (Decimal, Decimal("1.50"), "1.50"),
    (Slug, Slug("a"), "a"),
    (Numbers, [1], [1]),
    (Pair[Point], [Point(1)], [{"xAxis": 1.0, "yAxis": 0.0}]),
    (Annotated[str, MaxLen(3)], "a", "a"),
    (int | None, None, None),
    (int | str, "a", "a"),
    (datetime | date, date(2024, 1, 2), "2024-01-02"),
    (Meta | Point, Point(1), {"xAxis": 1.0, "yAxis": 0.0}),
    (Options | Point, {"max_count": 1}, {"maxCount": 1}),
    (Options, {"max_count": 1, "dry_run": False, "web_site": "w"}, {"maxCount": 1, "dryRun": False, "webSITE": "w"}),
    (list[Options], [{"max_count": 1}], [{"maxCount": 1}]),
    (Box[Options], Box({"max_count": 1}), {"innerValue": {"maxCount": 1}, "otherValues": []}),
    (Box[list[int]], Box([1], [[2]]), {"innerValue": [1], "otherValues": [[2]]}),
    (Tree, Tree(sub_trees=[Tree()]), {"subTrees": [{"subTrees": []}]}),
    (
        PaginationOptions,
        PaginationOptions(num_items=3),
        {
            "numItems": 3,
            "cursor": None,
            "endCursor": None,
            "id": None,
            "maximumRowsRead": None,
            "maximumBytesRead": None,
        },
    ),
]


@pytest.mark.parametrize(("annotation", "value", "wire"), ROUND_TRIPS)
def test_every_type_goes_out_and_comes_back(annotation: Any, value: Any, wire: Any) -> None:
    dumped = dump(value, annotation)
    loaded = load(annotation, wire)
    assert (dumped, type(dumped)) == (wire, type(wire))
    assert (loaded, type(loaded)) == (value, type(value))


def test_pages_of_documents() -> None:
    page = Page[Message](page=[load(Message, WIRE_MESSAGE)], is_done=True, continue_cursor="c")
    wire = {"page": [WIRE_MESSAGE], "isDone": True, "continueCursor": "c", "splitCursor": None, "pageStatus": None}
    assert dump(page, Page[Message]) == wire
    assert load(Page[Message], wire) == page
    views = page.with_items([AuthoredMessage.of(message, author_name="A") for message in page.page])
    assert dump(views, Page[AuthoredMessage])["page"] == [{**WIRE_MESSAGE, "authorName": "A"}]


def test_by_class_everything_but_typed_dicts_is_known() -> None:
    values: list[Any] = [Point(1), MOMENT, Level.LOW, {"some_key": (Colour.RED,)}, Id("a"), None]
    assert dump(values) == [{"xAxis": 1.0, "yAxis": 0.0}, 1704164645678.0, 1, {"some_key": ["red"]}, "a", None]


def test_whole_numbers_arrive_as_floats() -> None:
    assert repr(load(int, 5.0)) == "5"
    assert load(Level, 2.0) is Level.HIGH
    assert repr(load(Literal[1], 1.0)) == "1"
    assert repr(load(float, 5)) == "5.0"


@pytest.mark.parametrize(
    ("annotation", "wire"),
    [
        (str, None),
        (str, b""),
        (bool, 1),
        (float, True),
        (float, Int64(1)),
        (int, 1.5),
        (int, 2**53 + 2),
        (int, float("nan")),
        (int, float("inf")),
        (int, True),
        (Int64, 1),
        (Literal[1], True),
        (Level, True),
        (Level, 3),
        (Colour, ["red"]),
        (datetime, "2024-01-01"),
        (date, "2024-13-01"),
        (date, 3),
        (UUID, "x"),
        (Decimal, "x"),
        (Decimal, None),
        (list[int], (1,)),
        (list[int], {}),
        (dict[str, int], []),
        (Point, []),
        (Point, {}),
        (int | None, "a"),
    ],
)
def test_wire_values_of_other_types_are_refused(annotation: Any, wire: Any) -> None:
    with pytest.raises(WireError):
        load(annotation, wire)


def test_what_cannot_travel_is_refused() -> None:
    with pytest.raises(TypeError, match="is not a type whose values can travel"):
        load(set[int], [1])
    with pytest.raises(TypeError, match="is not a type whose values can travel"):
        dump(object())
    with pytest.raises(ValueError, match="has no time zone"):
        dump(datetime(2024, 1, 1))
    with pytest.raises(ValueError, match="expected an integer"):
        dump(2**53 + 1, int)
    with pytest.raises(TypeError, match="is of no type of the union"):
        dump(b"", int | str)


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))])))
def test_moments_keep_their_millisecond(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert load(datetime, dump(whole)) == whole


@given(st.from_regex(r"[a-z][a-z0-9]*(_[a-z0-9]+)*_?", fullmatch=True), st.sampled_from(["camel", "preserve"]))
def test_fields_are_named_by_the_one_rule(name: str, naming: Naming) -> None:
    model = dataclasses.make_dataclass("Made", [(name, int)])
    value = model(1)
    assert dump(value, naming=naming) == {wire_name(name, naming): 1}
    assert load(model, dump(value, naming=naming), naming) == value
