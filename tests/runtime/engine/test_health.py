"""What an engine counts."""

from __future__ import annotations

from dataclasses import asdict, replace

from convexgen.runtime.engine.health import Health
from tests.runtime.engine.backend._moments import during
from tests.runtime.engine.served import Served

NOTHING = Health(cache_hits=0, query_runs=0, cache_bytes=0, conflicts=0, commits=0, subscriptions=0)


def since(before: Health, served: Served) -> dict[str, int]:
    """By how much each has grown, if it has."""
    now = asdict(served.engine.health())
    return {name: now[name] - was for name, was in asdict(before).items() if now[name] != was}


def test_deploying_is_a_commit(served: Served) -> None:
    assert served.engine.health() == replace(NOTHING, commits=served.engine.health().commits)
    assert served.engine.health().commits > 0


def test_a_query_is_run_once_and_then_given_out(served: Served) -> None:
    before = served.engine.health()

    for _ in range(3):
        served.query("counters:get", name="a")

    grown = since(before, served)
    assert grown.pop("cache_bytes") > 0
    assert grown == {"query_runs": 1, "cache_hits": 2}


def test_a_mutation_is_a_commit(served: Served) -> None:
    before = served.engine.health()

    served.mutate("counters:add", name="a")

    assert since(before, served) == {"commits": 1}


def test_a_conflict_is_one_though_the_mutation_succeeds(served: Served) -> None:
    served.mutate("counters:add", name="a")
    before = served.engine.health()

    def interfere() -> None:
        during.clear()
        served.mutate("counters:add", name="a")

    during["add"] = interfere
    served.mutate("counters:add", name="a")

    assert since(before, served) == {"commits": 2, "conflicts": 1}


def test_subscriptions_are_those_that_there_are_now(served: Served) -> None:
    result = served.result("counters:get", name="a")

    watches = [served.engine.watch(result, lambda: None) for _ in range(2)]
    assert served.engine.health().subscriptions == 2

    watches[0].close()
    assert served.engine.health().subscriptions == 1
