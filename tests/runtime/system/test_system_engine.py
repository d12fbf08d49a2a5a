"""Functions of the system beside those of the program: who may call them, and what keeps their results live."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from convexgen.authoring.pagination import PaginationOptions
from convexgen.runtime.calls import ANONYMOUS, Call, Failure, SessionRequest, Success
from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.system.functions import SystemFunction, by_path
from convexgen.runtime.system.system_engine import SystemEngine
from convexgen.runtime.values import Value
from tests.runtime.engine.served import ADMIN, Served, program

TABLES = "_system/cli/tables:default"
ADD = "_system/frontend/documents:add"


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


def test_a_request_that_comes_twice_is_carried_out_once(engine: SystemEngine, served: Served) -> None:
    """With the first answer, as a client expects whose connection broke before it came."""
    call = Call(ADD, {"table": "notes", "document": {"text": "a"}}, "mutation", ADMIN)
    request = SessionRequest("session", 1)

    first, second = engine.run_mutation(call, request), engine.run_mutation(call, request)

    assert isinstance(first.outcome, Success)
    assert second.outcome == first.outcome
    assert first.timestamp is not None
    assert second.timestamp is not None
    assert second.timestamp >= first.timestamp
    assert served.engine.transact(notes)[0] == 1
    engine.run_mutation(call, SessionRequest("session", 2))
    engine.run_mutation(call)
    assert served.engine.transact(notes)[0] == 3


def test_a_request_that_comes_twice_at_once_is_carried_out_once(served: Served) -> None:
    """Both run, and only one commits."""
    both_run = threading.Barrier(2, timeout=10)

    def add(run: Run, arguments: Mapping[str, Value]) -> Value:
        made = run.transaction.stored.insert("notes", {"text": "a"})
        both_run.wait()
        return made

    function = SystemFunction("_system/test:default", "mutation", add)
    engine = SystemEngine(served.engine, served.engine, by_path([function]))
    call = Call(function.path, {}, "mutation", ADMIN)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(engine.run_mutation, call, SessionRequest("session", 1)) for _ in range(2)]
        first, second = [each.result().outcome for each in done]

    assert isinstance(first, Success)
    assert first == second
    assert served.engine.transact(notes)[0] == 1


def notes(run: Run) -> int:
    """How many there are."""
    return len(run.transaction.stored.page("notes", "asc", PaginationOptions(num_items=10)).page)
