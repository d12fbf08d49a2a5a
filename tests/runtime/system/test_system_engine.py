"""Functions of the system beside those of the program: who may call them, and what keeps their results live."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from convexgen.runtime.calls import ANONYMOUS, Call, Failure, Success
from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.system.functions import SystemFunction, by_path
from convexgen.runtime.system.system_engine import SystemEngine
from convexgen.runtime.values import Value
from tests.runtime.engine.served import ADMIN, Served, program

TABLES = "_system/cli/tables:default"


def _refuse(run: Run, arguments: Mapping[str, Value]) -> Value:
    raise ValueError("There is no such thing.")


def test_administrators_call_them(engine: SystemEngine) -> None:
    result = engine.run_query(Call(TABLES, {}, "query", ADMIN))

    assert isinstance(result.outcome, Success)
    assert isinstance(result.outcome.value, dict)
    names = sorted(name for name in program().tables if not name.startswith("_"))
    assert result.outcome.value["page"] == [{"name": name} for name in names]


def test_to_everybody_else_there_are_none(engine: SystemEngine) -> None:
    result = engine.run_query(Call(TABLES, {}, "query", ANONYMOUS))

    assert result.outcome == Failure("Could not find public function for '_system/cli/tables'.")


def test_administrators_call_functions_of_the_program_too(engine: SystemEngine) -> None:
    assert engine.run_query(Call("counters:nothing", {}, "query", ADMIN)).outcome == Failure(
        "Could not find function for 'counters:nothing'. Did you forget to run `convexgen dev`?"
    )


def test_a_result_is_kept_until_something_else_is_deployed(engine: SystemEngine, served: Served) -> None:
    call = Call(TABLES, {}, "query", ADMIN)
    first = engine.run_query(call)
    assert engine.cached_query(call, journal=None, timestamp=first.timestamp) is first
    told: list[str] = []
    engine.watch(first, lambda: told.append("stale"))

    served.deploy(program())

    assert told == ["stale"]
    assert engine.cached_query(call, journal=None, timestamp=engine.latest) is None


@pytest.mark.parametrize("kind", ["query", "mutation"])
def test_a_refusal_is_told_with_its_text(served: Served, kind: str) -> None:
    function = SystemFunction("_system/test:default", "query" if kind == "query" else "mutation", _refuse)
    engine = SystemEngine(served.engine, served.engine, by_path([function]))
    call = Call(function.path, {}, None, ADMIN)

    result = engine.run_query(call) if kind == "query" else engine.run_mutation(call)

    assert result.outcome == Failure("There is no such thing.")
    assert engine.kind(function.path) == kind


def test_a_path_is_given_once() -> None:
    function = SystemFunction(TABLES, "query", _refuse)

    with pytest.raises(ValueError, match=r"^two functions of the system are called _system/cli/tables:default$"):
        by_path([function, SystemFunction(TABLES, "query", _refuse)])
