"""The IR survives the way through its JSON form, and what is not that form is refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.emit.spec import InvalidSpecError, parse, render
from convexgen.ir import Constant, Field, Function, Ir, LiteralOf, Module, Named, Scalar
from tests.emit.spec.programs import EVERY_KIND, programs

GOLDEN = Path(__file__).with_name("every_kind.ir.json")


def test_the_form_is_as_published() -> None:
    assert render(EVERY_KIND, "ir") == GOLDEN.read_text(encoding="utf-8")


@given(programs)
def test_reading_back_gives_the_same_program(program: Ir) -> None:
    assert parse(render(program, "ir")) == program


def test_reading_back_keeps_what_python_calls_equal_apart() -> None:
    fields = tuple(
        Field(f"f{position}", f"f{position}", Scalar("any"), "defaulted", default)
        for position, default in enumerate((Constant(True), Constant(1), Constant(1.0), Constant(None), None))
    )
    program = Ir((Module("m", "m", functions=(Function("f", "f", "query", "public", fields, LiteralOf(True)),)),))

    read = parse(render(program, "ir"))

    assert repr(read) == repr(program)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), -0.0, 1e300])
def test_floats_that_json_cannot_say_survive(value: float) -> None:
    field = Field("x", "x", Scalar("float"), "defaulted", Constant(value))
    program = Ir((Module("m", "m", functions=(Function("f", "f", "query", "public", (field,), Scalar("null")),)),))

    assert repr(parse(render(program, "ir"))) == repr(program)


def test_half_of_a_surrogate_pair_is_escaped() -> None:
    text = render(Ir((Module("m", "m", doc="\ud83d é"),)), "ir")

    assert '"doc": "\\ud83d é"' in text
    assert json.loads(text)["modules"][0]["doc"] == "\ud83d é"


@given(st.text(max_size=60) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_other_texts_are_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(InvalidSpecError):
        parse(text)


def broken(*path: str | int, value: Any) -> str:
    """The published example, with `value` at `path`."""
    document = json.loads(GOLDEN.read_text(encoding="utf-8"))
    here = document
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "document: Input should be an object"),
        ("{}", "format: Field required"),
        ('{"format": 2}', "format: this convexgen reads format 1, the document has format 2"),
        ('{"format": 1}', "modules: Field required\nroutes: Field required\ncrons: Field required"),
        (
            broken("modules", 1, "functions", 0, "args", 0, "type", "base", value={"type": "text"}),
            "modules[1].functions[0].args[0].type.base: Input tag 'text' found using 'type' does not match any of the "
            "expected tags: ",
        ),
        (
            broken("modules", 1, "functions", 0, "kind", value="subscription"),
            "modules[1].functions[0].kind: Input should be 'query', 'mutation' or 'action'",
        ),
        (
            broken("modules", 1, "functions", 0, "args", 1, "default", value=[]),
            "modules[1].functions[0].args[1].default: Input should be a valid string; "
            "Input should be a valid boolean; Input should be a valid integer; Input should be a valid number; ",
        ),
        (
            broken("modules", 1, "functions", 3, "returns", value={"type": "named", "symbol": "messages.Crad"}),
            "module messages: function shape names the type 'messages.Crad', which no module declares",
        ),
        (
            broken("modules", 1, "functions", 3, "returns", value={"type": "document", "table": "people"}),
            "module messages: function shape names the table 'people', which no module declares",
        ),
        (
            broken("modules", 2, "tables", 1, "variants", 0, value="messages.Mood"),
            "module schema: the variant 'messages.Mood' of table 'shapes' is no object",
        ),
    ],
)
def test_says_where_and_what(text: str, message: str) -> None:
    with pytest.raises(InvalidSpecError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)


def test_tells_all_problems_at_once() -> None:
    document = json.loads(broken("routes", 0, "method", value="FETCH"))
    del document["crons"][0]["schedule"]
    with pytest.raises(InvalidSpecError) as caught:
        parse(json.dumps(document))
    assert str(caught.value).splitlines() == [
        "routes[0].method: Input should be 'GET', 'POST', 'PUT', 'DELETE', 'OPTIONS' or 'PATCH'",
        "crons[0].schedule: Field required",
    ]


def test_passes_over_what_it_does_not_know() -> None:
    assert parse(broken("modules", 1, "colour", value="red")) == EVERY_KIND


def test_names_a_missing_type_once() -> None:
    missing = Function("f", "f", "query", "public", (Field("a", "a", Named("m.X")),), Named("m.X"))
    with pytest.raises(InvalidSpecError) as caught:
        parse(render(Ir((Module("m", "m", functions=(missing,)),)), "ir"))
    assert str(caught.value) == "module m: function f names the type 'm.X', which no module declares"
