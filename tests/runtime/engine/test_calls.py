"""Calls from outside: who may call what, what goes in and comes out, and the texts that clients know."""

from __future__ import annotations

import pytest

from convexgen import Int64
from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, Failure, Outcome, Success
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.program.logs import installed
from convexgen.runtime.values import Value
from tests.runtime.engine.backend import functions
from tests.runtime.engine.served import ADMIN, Served, at, user

_NOT_PUBLIC = "Could not find public function for '{}'."
_NOT_THERE = "Could not find function for '{}'. Did you forget to run `convexgen dev`?"


@pytest.mark.parametrize("path", ["functions:hidden", "functions:nobody", "nowhere:notes", "nowhere:default"])
def test_what_is_not_public_is_not_there_for_clients(served: Served, path: str) -> None:
    assert served.query(path) == Failure(_NOT_PUBLIC.format(path.removesuffix(":default")))


def test_administrators_call_internal_functions(served: Served) -> None:
    assert served.query("functions:hidden", identity=ADMIN) == Success("seen")
    written = served.mutate("functions:hiddenWrite", text="by hand", identity=ADMIN)
    assert isinstance(written.outcome, Success)
    assert served.query("functions:notes") == Success(["by hand"])
    assert served.act("actions:inner", text="a", identity=ADMIN) == Success("a of nobody")


def test_administrators_learn_that_a_function_is_not_there(served: Served) -> None:
    outcomes = [
        served.query("functions:nobody", identity=ADMIN),
        served.mutate("functions:nobody", identity=ADMIN).outcome,
        served.act("functions:nobody", identity=ADMIN),
    ]
    assert outcomes == [Failure(_NOT_THERE.format("functions:nobody"))] * 3


@pytest.mark.parametrize(
    ("path", "asked", "message"),
    [
        ("functions:write", "query", "functions.js:write as Query, but it is defined as Mutation."),
        ("actions:catches", "query", "actions.js:catches as Query, but it is defined as Action."),
        ("functions:notes", "mutation", "functions.js:notes as Mutation, but it is defined as Query."),
        ("functions:notes", "action", "functions.js:notes as Action, but it is defined as Query."),
    ],
)
def test_a_function_is_called_as_what_it_is(served: Served, path: str, asked: FunctionKind, message: str) -> None:
    def call() -> Outcome:
        match asked:
            case "query":
                return served.query(path)
            case "mutation":
                return served.mutate(path).outcome
            case _:
                return served.act(path)

    assert call() == Failure(f"Trying to execute {message}")


def test_kinds_are_known_of_internal_functions_too(served: Served) -> None:
    kinds = {path: served.engine.kind(path) for path in ("functions:hidden", "functions:write", "actions:deep", "a:b")}
    assert kinds == {
        "functions:hidden": "query",
        "functions:write": "mutation",
        "actions:deep": "action",
        "a:b": None,
    }


def test_arguments_and_results_pass_unchanged(served: Served) -> None:
    assert served.query("functions:echo", text="ä", number=Int64(2**60)) == Success(["ä", Int64(2**60)])
    assert served.query("functions:echo", text="", number=Int64(0), missing=0.5) == Success(["", Int64(0), 0.5])


_OBJECT = "Validator: v.object({missing: v.optional(v.float64()), number: v.int64(), text: v.string()})"


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            {"text": "a", "number": 5.0},
            ["Value does not match validator.", "Path: .number", "Value: 5.0", "Validator: v.int64()"],
        ),
        (
            {"text": None, "number": Int64(5)},
            ["Value does not match validator.", "Path: .text", "Value: null", "Validator: v.string()"],
        ),
        (
            {"text": "a"},
            [
                "Object is missing the required field `number`. Consider wrapping the field validator in "
                "`v.optional(...)` if this is expected.",
                "",
                'Object: {text: "a"}',
                _OBJECT,
            ],
        ),
        (
            {"text": "a", "number": Int64(5), "more": True},
            [
                "Object contains extra field `more` that is not in the validator.",
                "",
                'Object: {more: true, number: 5n, text: "a"}',
                _OBJECT,
            ],
        ),
    ],
)
def test_arguments_are_checked(served: Served, arguments: dict[str, Value], lines: list[str]) -> None:
    outcome = served.engine.run_query(Call("functions:echo", arguments, "query")).outcome
    assert isinstance(outcome, Failure)
    first, *rest = lines
    assert outcome.message.split("\n") == [f"ArgumentValidationError: {first}", *rest]


def test_a_result_of_another_type_is_a_failure(served: Served) -> None:
    assert served.query("functions:lies") == Failure("ReturnsValidationError: expected a string, got 5.0")


def test_errors_have_their_frames_and_what_was_logged_before(served: Served) -> None:
    frame = at(functions, "raises", 'LookupError("nothing here")')
    with installed():
        outcome = served.query("functions:raises", kind="other")
    assert outcome == Failure(f"Uncaught LookupError: nothing here\n{frame}", ("[LOG] 'about to raise'",))


def test_the_data_of_a_convex_error_go_along(served: Served) -> None:
    frame = at(functions, "raises", "ConvexError({")
    assert served.query("functions:raises", kind="convex") == Failure(
        f'Uncaught ConvexError: {{"code":"full","left":0.0}}\n{frame}', data={"code": "full", "left": 0.0}
    )
    frame = at(functions, "raises", 'ConvexError("full")')
    assert served.query("functions:raises", kind="text") == Failure(f"Uncaught ConvexError: full\n{frame}", data="full")


def test_what_is_printed_and_logged_becomes_log_lines(served: Served) -> None:
    lines = ('[LOG] "it\'s 5"', "[WARN] 'careful: hot'")
    with installed():
        assert served.query("functions:tells") == Success("told", lines)


def test_functions_know_who_calls_them(served: Served) -> None:
    assert served.query("functions:who", identity=user("ada")) == Success("ada")
    assert served.query("functions:who") == Success(None)
    assert served.query("functions:who", identity=ADMIN) == Success(None)


def test_a_query_sees_the_snapshot_that_it_is_asked_for(served: Served) -> None:
    first = served.mutate("functions:write", text="first").timestamp
    assert first is not None
    served.mutate("functions:write", text="second")
    call = Call("functions:notes", {}, "query")
    assert served.engine.run_query(call, timestamp=first).outcome == Success(["first"])
    assert served.engine.run_query(call, timestamp=first).timestamp == first
    assert served.engine.run_query(call).outcome == Success(["first", "second"])


def test_a_snapshot_in_the_future_is_an_error_of_the_engine(served: Served) -> None:
    with pytest.raises(EngineError) as raised:
        served.engine.run_query(Call("functions:notes", {}, "query"), timestamp=served.engine.latest + 1)
    assert raised.value.code == "OutOfRetention"
