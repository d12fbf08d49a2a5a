"""Functions that run others in their own transaction."""

from __future__ import annotations

import pytest

from convexgen.runtime.calls import Failure, Success
from convexgen.runtime.engine.contexts import MAXIMUM_DEPTH
from convexgen.runtime.program.logs import installed
from tests.runtime.engine.backend import functions
from tests.runtime.engine.served import Served, at


def test_internal_functions_are_for_others(served: Served) -> None:
    assert served.query("functions:asksHidden") == Success("seen")


def test_a_mutation_that_raises_in_another_leaves_nothing(served: Served) -> None:
    with installed():
        done = served.mutate("functions:nested")
    assert done.outcome == Success(
        ["first", "caught second"], ("[LOG] 'left first'", "[LOG] 'left second'", "[LOG] 'left caught second'")
    )
    assert served.query("functions:notes") == Success(["first", "caught second"])


def test_functions_run_in_one_another_up_to_a_depth(served: Served) -> None:
    assert served.query("functions:deep", levels=float(MAXIMUM_DEPTH)) == Success(float(MAXIMUM_DEPTH))
    frame = at(functions, "deep", "run_query")
    text = "Uncaught RecursionError: functions run in one another, more than 8 deep"
    assert served.query("functions:deep", levels=float(MAXIMUM_DEPTH + 1)) == Failure(
        "\n".join([text, *[frame] * (MAXIMUM_DEPTH + 1)])
    )


_FUNCTIONS = "tests.runtime.engine.backend.functions"


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("kind", f"TypeError: <public mutation {_FUNCTIONS}.write> is no query"),
        ("text", "TypeError: 'notes' is no query"),
        ("foreign", f"ValueError: <public query {_FUNCTIONS}.hidden> is not part of the program that is running"),
    ],
)
def test_only_queries_of_the_program_can_be_run(served: Served, what: str, error: str) -> None:
    frame = at(functions, "misuses", "run_query")
    assert served.query("functions:misuses", what=what) == Failure(f"Uncaught {error}\n{frame}")


def test_arguments_are_checked_on_the_way(served: Served) -> None:
    frame = at(functions, "mistakes", "run_query")
    assert served.query("functions:mistakes") == Failure(
        f"ArgumentValidationError: expected a number, got 'two'\nPath: .levels\n{frame}"
    )
