"""Mutations: all or nothing, once, and as if there were nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from convexgen.runtime.calls import Call, Failure, SessionRequest, Success
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.engine.transactions import ATTEMPTS_ALONE, ATTEMPTS_TOGETHER
from convexgen.runtime.program.logs import installed
from convexgen.runtime.store import Store
from tests.runtime.commits.clock import SECOND
from tests.runtime.engine.backend import counters
from tests.runtime.engine.backend._moments import during
from tests.runtime.engine.served import Served, at, program


def test_a_commit_can_be_seen_at_its_timestamp_and_not_before(served: Served) -> None:
    before = served.engine.latest
    done = served.mutate("counters:add", name="a", by=2.0)
    assert (done.outcome, done.timestamp) == (Success(2.0), served.engine.latest)
    call = Call("counters:get", {"name": "a"}, "query")
    seen = [served.engine.run_query(call, timestamp=each).outcome for each in (before, served.engine.latest)]
    assert seen == [Success(None), Success(2.0)]


def test_a_mutation_that_fails_leaves_nothing(served: Served) -> None:
    before = served.engine.latest
    failed = served.mutate("counters:addAndFail", name="a")
    frame = at(counters, "add_and_fail", "raise Value")
    assert (failed.outcome, failed.timestamp) == (Failure(f"Uncaught ValueError: changed my mind\n{frame}"), None)
    assert served.engine.latest == before
    assert served.query("counters:names") == Success([])


def _once(act: Callable[[], object]) -> None:
    """At the next `draw` or `add`, do something else first; what runs then is not disturbed itself."""

    def interfere() -> None:
        during.clear()
        act()

    during.update(draw=interfere, add=interfere)


def test_a_conflict_lets_it_run_again_with_the_same_random_numbers(served: Served) -> None:
    served.mutate("counters:add", name="a")
    _once(partial(served.mutate, "counters:add", name="a", by=10.0))
    with installed():
        done = served.mutate("counters:draw", name="a")
    assert isinstance(done.outcome, Success)
    drawn = done.outcome.value
    assert isinstance(drawn, float)
    assert done.outcome.log_lines == (f"[LOG] '{drawn}'",)
    assert served.query("counters:get", name="a") == Success(drawn)
    assert len(served.pauses) == 1


def test_the_numbers_drawn_are_the_same_each_time_and_others_in_the_next_mutation(served: Served) -> None:
    served.mutate("counters:add", name="a")
    counters.draws.clear()
    _once(partial(served.mutate, "counters:add", name="a"))
    served.mutate("counters:draw", name="a")
    served.mutate("counters:draw", name="a")
    first, again, other = counters.draws
    assert first == again != other


def test_who_meets_with_conflicts_for_ever_gives_up(served: Served) -> None:
    served.mutate("counters:add", name="a")
    runs: list[str] = []

    def interfere() -> None:
        runs.append("run")
        during.clear()
        deploy_or_write()
        during["draw"] = interfere

    def deploy_or_write() -> None:
        if len(runs) <= ATTEMPTS_TOGETHER:
            served.mutate("counters:add", name="a")
        else:  # when it is alone, only this can come in between
            served.deploy(program())

    during["draw"] = interfere
    with pytest.raises(EngineError, match=r'^Documents read from or written to the "_deployments" table ') as raised:
        served.mutate("counters:draw", name="a")
    assert raised.value.code == "OptimisticConcurrencyControlFailure"
    assert len(runs) == ATTEMPTS_TOGETHER + ATTEMPTS_ALONE
    assert len(served.pauses) == ATTEMPTS_TOGETHER - 1
    assert served.pauses[0] < served.pauses[1]


def test_a_mutation_that_runs_into_a_deployment_runs_again_as_it_is_there(served: Served) -> None:
    _once(partial(served.deploy, program()))
    assert served.mutate("counters:add", name="a").outcome == Success(1.0)
    assert served.query("counters:get", name="a") == Success(1.0)


def test_a_request_that_comes_twice_is_done_once(served: Served) -> None:
    request = SessionRequest("session", 0)
    with installed():
        first = served.mutate("functions:leave", text="once", then="", request=request)
        served.mutate("functions:write", text="meanwhile")
        second = served.mutate("functions:leave", text="once", then="", request=request)
    assert first.outcome == second.outcome == Success(None, ("[LOG] 'left once'",))
    assert first.timestamp is not None and second.timestamp is not None
    assert first.timestamp <= second.timestamp <= served.engine.latest
    assert served.query("functions:notes") == Success(["once", "meanwhile"])


def test_requests_are_told_apart_by_session_and_number(served: Served) -> None:
    for request in (SessionRequest("one", 0), SessionRequest("one", 1), SessionRequest("two", 0)):
        served.mutate("counters:add", name="a", request=request)
    assert served.query("counters:get", name="a") == Success(3.0)


def test_a_request_that_failed_is_tried_again(served: Served) -> None:
    request = SessionRequest("session", 0)
    assert isinstance(served.mutate("counters:addAndFail", name="a", request=request).outcome, Failure)
    assert served.mutate("counters:add", name="a", request=request).outcome == Success(1.0)


def test_a_request_is_remembered_by_the_store(served: Served, store: Store) -> None:
    request = SessionRequest("session", 0)
    served.mutate("counters:add", name="a", request=request)
    again = Served(store)
    again.deploy(program())
    assert again.mutate("counters:add", name="a", request=request).outcome == Success(1.0)
    assert again.query("counters:get", name="a") == Success(1.0)


def test_a_request_that_comes_twice_at_once_is_done_once(served: Served) -> None:
    """Both run, and only one commits."""
    both_run = threading.Barrier(2, timeout=10)

    during["add"] = both_run.wait
    request = SessionRequest("session", 7)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(served.mutate, "counters:add", name="a", request=request) for _ in range(2)]
        outcomes = [each.result().outcome for each in done]
    assert outcomes == [Success(1.0)] * 2
    during.clear()
    assert served.query("counters:get", name="a") == Success(1.0)


def test_many_threads_on_one_counter_lose_nothing(served: Served) -> None:
    threads, each_adds = 4, 25

    def add() -> None:
        for _ in range(each_adds):
            assert isinstance(served.mutate("counters:add", name="a").outcome, Success)

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(add) for _ in range(threads)]:
            done.result()
    assert served.query("counters:get", name="a") == Success(float(threads * each_adds))


def test_creation_times_are_in_the_order_of_commits_even_if_the_clock_stands_or_goes_back(served: Served) -> None:
    texts = [f"note {number}" for number in range(20)]
    for number, text in enumerate(texts):
        served.mutate("functions:write", text=text)
        if number == 10:
            served.clock.now -= 60 * SECOND
    assert served.query("functions:notes") == Success(list(texts))
