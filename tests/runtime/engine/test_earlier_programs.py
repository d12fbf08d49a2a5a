"""A program that was replaced is still what queries at snapshots from before are run by."""

from __future__ import annotations

from random import Random

from convexgen.runtime.calls import Call, Success
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.simulation.variants import KNOWS_NO_C, PLAIN, program

FLAGS = Call("counting:flags", {}, "query")


def deploy(engine: Engine, variant: str) -> None:
    for _ in engine.deploy(program(variant)):
        pass


def test_documents_from_before_a_deployment_need_not_fit_its_schema() -> None:
    engine = Engine(MemoryStore(), clock=lambda: 10**15, ids=Random(0))
    deploy(engine, PLAIN)
    flagged = engine.run_mutation(Call("counting:flag", {"kind": "c"}, "mutation")).timestamp
    engine.run_mutation(Call("counting:unflag", {"kind": "c"}, "mutation"))
    deploy(engine, KNOWS_NO_C)

    before = engine.run_query(FLAGS, timestamp=flagged)
    assert before.outcome == Success(["c"])
    assert engine.cached_query(FLAGS, journal=None, timestamp=before.timestamp) == before
    assert engine.run_query(FLAGS).outcome == Success([])
    stale: list[bool] = []
    assert engine.watch(before, lambda: stale.append(True)).is_stale
    assert stale == [True]
