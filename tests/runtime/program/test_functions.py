"""Arguments and results at the doors of functions: what goes through, and the whole text of what does not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from convexgen import Int64
from convexgen.runtime.program.live import LiveFunction, Program
from convexgen.runtime.values import InvalidValueError, Value
from tests.runtime.program.conftest import Project, an_id, numbers

BACKEND = """\
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

from convexgen import UNSET, Id, Int64, Page, PaginationOptions, QueryCtx, Table, Unset, query
from pydantic import BaseModel, Field, field_validator

class User(Table, name="users"):
    name: str

class Team(Table, name="teams"):
    name: str

class Colour(Enum):
    RED = "red"
    BLUE = "blue"

class Card(BaseModel):
    title: str
    rank: int = 1
    next_card: "Card | None" = None

    @field_validator("title")
    @classmethod
    def no_shouting(cls, title: str) -> str:
        if title.isupper():
            raise ValueError("do not shout")
        return title

@dataclass
class Point:
    x: float
    y: float = 0.0

class Options(TypedDict, total=False):
    sort_by: str

"""

TYPES = {
    "text": "str",
    "flag": "bool",
    "data": "bytes",
    "number": "float",
    "whole": "int",
    "big": "Int64",
    "moment": "datetime",
    "day": "date",
    "uuid": "UUID",
    "money": "Decimal",
    "user": "Id[User]",
    "colour": "Colour",
    "literal": 'Literal["a", 1, True]',
    "card": "Card",
    "cards": "list[Card]",
    "point": "Point",
    "options": "Options",
    "record": "dict[str, float]",
    "nullable": "str | None",
    "either": "str | float",
    "anything": "Any",
    "short": "Annotated[str, Field(max_length=3, pattern='^a')]",
    "small": "Annotated[int, Field(ge=1, le=9, multiple_of=3)]",
    "page": "Page[Card]",
    "paging": "PaginationOptions",
    "team": "Team",
    "nothing": "None",
}


@pytest.fixture
def program(project: Project) -> Program:
    functions = "".join(
        f"@query\nasync def {name}(ctx: QueryCtx, a: {type_}) -> {type_}:\n    return a\n"
        for name, type_ in TYPES.items()
    )
    optional = "@query\nasync def optional(ctx: QueryCtx, a_b: str = 'x', c: str | Unset = UNSET) -> None: ...\n"
    project.write("backend/all.py", BACKEND + functions + optional)
    return project.load()


def function(program: Program, name: str) -> LiveFunction:
    return program.functions[f"all:{name}"]


def arguments_error(program: Program, name: str, arguments: dict[str, Value]) -> str:
    with pytest.raises(InvalidValueError) as raised:
        function(program, name).load_arguments(arguments, numbers(program))
    return str(raised.value)


def test_what_passes(program: Program) -> None:
    user = an_id(program, "users")
    cases: list[tuple[str, Value, Any]] = [
        ("text", "x", "x"),
        ("whole", 3.0, 3),
        ("big", Int64(3), Int64(3)),
        ("number", float("inf"), float("inf")),
        ("moment", 0.0, datetime(1970, 1, 1, tzinfo=UTC)),
        ("day", "2024-12-31", date(2024, 12, 31)),
        ("money", "1.50", Decimal("1.50")),
        ("user", user, user),
        ("literal", True, True),
        ("literal", 1.0, 1),
        ("record", {"a b": 1.0}, {"a b": 1.0}),
        ("options", {"sortBy": "x"}, {"sort_by": "x"}),
        ("either", 1.0, 1.0),
        ("anything", [None, {"x": Int64(1)}], [None, {"x": Int64(1)}]),
        ("short", "abc", "abc"),
        ("small", 9.0, 9),
        ("nothing", None, None),
    ]
    for name, wire, value in cases:
        live = function(program, name)
        loaded = live.load_arguments({"a": wire}, numbers(program))
        assert loaded == {"a": value}, name
        assert type(loaded["a"]) is type(value) or name == "user", name
        assert live.dump_arguments(loaded) == {"a": wire}, name
        assert live.dump_result(loaded["a"], numbers(program)) == wire, name
        assert live.load_result(wire) == value, name


def test_defaults_may_be_left_out_of_arguments(program: Program) -> None:
    live = function(program, "optional")
    assert live.load_arguments({}, {}) == {}
    assert live.load_arguments({"aB": "y", "c": "z"}, {}) == {"a_b": "y", "c": "z"}
    assert live.dump_arguments({"a_b": "y"}) == {"aB": "y"}


def test_defaults_are_there_in_results(program: Program) -> None:
    live = function(program, "card")
    loaded = live.load_arguments({"a": {"title": "t"}}, {})
    assert live.dump_result(loaded["a"], {}) == {"title": "t", "rank": 1.0, "nextCard": None}


def test_paging(program: Program) -> None:
    live = function(program, "paging")
    loaded = live.load_arguments({"a": {"numItems": 5.0, "cursor": None, "id": 1.0}}, {})["a"]
    assert (loaded.num_items, loaded.cursor, loaded.id) == (5, None, 1)
    assert live.load_arguments(live.dump_arguments({"a": loaded}), {}) == {"a": loaded}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("text", 1.0, "Value does not match validator.\nPath: .a\nValue: 1.0\nValidator: v.string()"),
        ("flag", 1.0, "Value does not match validator.\nPath: .a\nValue: 1.0\nValidator: v.boolean()"),
        ("number", Int64(1), "Value does not match validator.\nPath: .a\nValue: 1n\nValidator: v.float64()"),
        ("big", 1.0, "Value does not match validator.\nPath: .a\nValue: 1.0\nValidator: v.int64()"),
        ("whole", 1.5, "Value is not an integer within ±2^53.\nPath: .a\nValue: 1.5\nValidator: v.float64()"),
        (
            "whole",
            2.0**60,
            f"Value is not an integer within ±2^53.\nPath: .a\nValue: {2.0**60}\nValidator: v.float64()",
        ),
        (
            "moment",
            float("nan"),
            "Value is not a moment between the years 1 and 9999, in milliseconds since the epoch.\n"
            "Path: .a\nValue: nan\nValidator: v.float64()",
        ),
        (
            "day",
            "2024-13-01",
            'Value is not a date such as 2024-12-31.\nPath: .a\nValue: "2024-13-01"\nValidator: v.string()',
        ),
        ("money", "x", 'Value is not a decimal number.\nPath: .a\nValue: "x"\nValidator: v.string()'),
        ("user", "x", 'Value does not match validator.\nPath: .a\nValue: "x"\nValidator: v.id("users")'),
        (
            "colour",
            "green",
            'Value does not match validator.\nPath: .a\nValue: "green"\n'
            'Validator: v.union(v.literal("red"), v.literal("blue"))',
        ),
        (
            "literal",
            False,
            "Value does not match validator.\nPath: .a\nValue: false\n"
            'Validator: v.union(v.literal("a"), v.literal(1.0), v.literal(true))',
        ),
        (
            "cards",
            [{"title": "t"}, {"rank": 1.0}],
            "Object is missing the required field `title`. Consider wrapping the field validator in "
            "`v.optional(...)` if this is expected.\n"
            "Path: .a[1]\n"
            "Object: {rank: 1.0}\n"
            "Validator: v.object({nextCard: v.optional(v.union(v.any(), v.null())), rank: v.optional(v.float64()), "
            "title: v.string()})",
        ),
        (
            "record",
            {"a b": None},
            'Value does not match validator.\nPath: .a["a b"]\nValue: null\nValidator: v.float64()',
        ),
        (
            "nullable",
            1.0,
            "Value does not match validator.\nPath: .a\nValue: 1.0\nValidator: v.union(v.string(), v.null())",
        ),
        ("short", "abcd", 'Value is longer than 3.\nPath: .a\nValue: "abcd"\nValidator: v.string()'),
        ("short", "b", 'Value does not match the pattern ^a\nPath: .a\nValue: "b"\nValidator: v.string()'),
        ("small", 0.0, "Value is less than 1.\nPath: .a\nValue: 0.0\nValidator: v.float64()"),
        ("small", 4.0, "Value is not a multiple of 3.\nPath: .a\nValue: 4.0\nValidator: v.float64()"),
        ("card", {"title": "LOUD"}, "Value error, do not shout\nPath: .a.title"),
        ("nothing", {}, "Value does not match validator.\nPath: .a\nValue: {}\nValidator: v.null()"),
    ],
)
def test_wrong_arguments(program: Program, name: str, value: Value, message: str) -> None:
    assert arguments_error(program, name, {"a": value}) == f"ArgumentValidationError: {message}"


def test_missing_and_unknown_arguments(program: Program) -> None:
    assert arguments_error(program, "text", {}) == (
        "ArgumentValidationError: Object is missing the required field `a`. Consider wrapping the field validator in "
        "`v.optional(...)` if this is expected.\n"
        "\n"
        "Object: {}\n"
        "Validator: v.object({a: v.string()})"
    )
    assert arguments_error(program, "optional", {"d": b"abc"}) == (
        "ArgumentValidationError: Object contains extra field `d` that is not in the validator.\n"
        "\n"
        "Object: {d: <3 bytes>}\n"
        "Validator: v.object({aB: v.optional(v.string()), c: v.optional(v.string())})"
    )


def test_an_id_of_another_table(program: Program) -> None:
    team = an_id(program, "teams")
    assert arguments_error(program, "user", {"a": team}) == (
        f'ArgumentValidationError: Found ID "{team}" from table `teams`, which does not match the table name in '
        'validator `v.id("users")`.\n'
        "Path: .a"
    )


@pytest.mark.parametrize(
    ("name", "result", "message"),
    [
        ("text", 5, "expected a string, got 5"),
        ("number", "5", "expected a number, got '5'"),
        ("cards", "abc", "expected a list or tuple, got 'abc'"),
        ("record", {"x": True}, "expected a number, got True\nPath: .x"),
        ("colour", "red", "expected one of <Colour.RED: 'red'>, <Colour.BLUE: 'blue'>, got 'red'"),
        ("user", "nobody", 'Value does not match validator.\n\nValue: "nobody"\nValidator: v.id("users")'),
        ("short", "abcd", 'Value is longer than 3.\n\nValue: "abcd"\nValidator: v.string()'),
        ("anything", {1: 2}, "Field names are strings, not int."),
        ("whole", 2**60, f"expected an integer within ±2^53, got {2**60}"),
    ],
)
def test_wrong_results(program: Program, name: str, result: object, message: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        function(program, name).dump_result(result, numbers(program))
    assert str(raised.value) == f"ReturnsValidationError: {message}"


def test_arguments_of_another_function_are_held_to_their_types(program: Program) -> None:
    with pytest.raises(InvalidValueError) as raised:
        function(program, "text").dump_arguments({"a": 5})
    assert str(raised.value) == "ArgumentValidationError: expected a string, got 5\nPath: .a"
