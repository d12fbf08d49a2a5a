"""Results of queries are shared by whoever would get the same, and by nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from convexgen.runtime.calls import ANONYMOUS, Call, Failure, Identity, Outcome, Success
from convexgen.runtime.engine.contract import QueryResult
from convexgen.runtime.engine.query_cache import QueryCache, QueryKey, QueryRun
from convexgen.runtime.reads import Reads
from convexgen.runtime.values import Value
from tests.runtime.commits.clock import SECOND
from tests.runtime.engine.backend._moments import during
from tests.runtime.engine.served import ADMIN, Served, program, user


@pytest.fixture
def runs(served: Served) -> list[str]:
    """The names of the queries that really ran."""
    del served
    found: list[str] = []

    def noting(name: str) -> Callable[[], None]:
        return lambda: found.append(name)

    during.update({name: noting(name) for name in ("who", "who_once_told", "notes", "page", "now", "get")})
    return found


def test_what_nobody_changed_is_not_run_again(served: Served, runs: list[str]) -> None:
    served.mutate("functions:write", text="a")
    first = served.result("functions:notes")
    served.mutate("counters:add", name="unrelated")
    second = served.result("functions:notes")
    assert (first.outcome, second.outcome, runs) == (Success(["a"]), Success(["a"]), ["notes"])
    assert first.timestamp < second.timestamp == served.engine.latest
    served.mutate("functions:write", text="b")
    assert served.query("functions:notes") == Success(["a", "b"])
    assert runs == ["notes", "notes"]


def test_other_arguments_are_another_query(served: Served, runs: list[str]) -> None:
    served.mutate("counters:add", name="a")
    for name in ("a", "b", "a", "b"):
        served.query("counters:get", name=name)
    assert runs == ["get", "get"]
    served.mutate("counters:add", name="b")
    assert served.query("counters:get", name="a") == Success(1.0)
    assert served.query("counters:get", name="b") == Success(1.0)
    assert runs == ["get", "get", "get"]


def test_what_is_cached_can_be_asked_for_alone(served: Served, runs: list[str]) -> None:
    call = Call("functions:notes", {}, "query")
    assert served.engine.cached_query(call, journal=None, timestamp=served.engine.latest) is None
    result = served.engine.run_query(call)
    assert served.engine.cached_query(call, journal=None, timestamp=served.engine.latest) == result
    hidden = Call("functions:hidden", {}, "query", ADMIN)
    served.engine.run_query(hidden)
    assert served.engine.cached_query(hidden, journal=None, timestamp=served.engine.latest) is not None
    as_anybody = Call("functions:hidden", {}, "query", ANONYMOUS)
    assert served.engine.cached_query(as_anybody, journal=None, timestamp=served.engine.latest) is None
    assert runs == ["notes"]


def _asked_by(served: Served, path: str, *people: Identity) -> list[Outcome]:
    return [served.query(path, identity=each) for each in people]


def test_who_asks_matters_only_if_the_function_looked(served: Served, runs: list[str]) -> None:
    ada, bob = user("ada"), user("bob")
    assert _asked_by(served, "functions:who", ada, bob, ANONYMOUS, ada) == [
        Success("ada"),
        Success("bob"),
        Success(None),
        Success("ada"),
    ]
    assert runs == ["who"] * 3
    assert _asked_by(served, "functions:notes", ada, bob, ANONYMOUS) == [Success([])] * 3
    assert runs == [*["who"] * 3, "notes"]


def test_a_function_may_look_one_time_and_not_the_next(served: Served, runs: list[str]) -> None:
    ada, bob = user("ada"), user("bob")
    path = "functions:whoOnceTold"
    assert _asked_by(served, path, ada, bob) == [Success(None)] * 2
    assert len(runs) == 1
    written = served.mutate("functions:write", text="look").outcome
    assert _asked_by(served, path, ada, bob, ada, bob) == [Success("ada"), Success("bob")] * 2
    assert len(runs) == 3
    assert isinstance(written, Success)
    served.mutate("functions:remove", note=written.value)
    assert _asked_by(served, path, ada, bob, ada, bob) == [Success(None)] * 4
    assert len(runs) == 4


def test_errors_are_not_kept(served: Served) -> None:
    raised: list[str] = []

    def fail() -> None:
        raised.append("raised")
        raise LookupError("not yet")

    during["notes"] = fail
    for _ in range(2):
        assert isinstance(served.query("functions:notes"), Failure)
    during.clear()
    assert raised == ["raised"] * 2
    assert served.query("functions:notes") == Success([])


def test_who_looks_at_the_clock_is_believed_for_a_while(served: Served, runs: list[str]) -> None:
    first = served.query("functions:now")
    served.clock.now += 17 * SECOND
    assert served.query("functions:now") == first
    served.clock.now += 1
    second = served.query("functions:now")
    assert isinstance(first, Success) and isinstance(second, Success)
    assert second.value == served.clock.now / 1_000_000
    assert runs == ["now"] * 2


def test_a_page_ends_where_its_journal_says(served: Served, runs: list[str]) -> None:
    for text in ("a", "b", "c"):
        served.mutate("functions:write", text=text)
    options: Value = {"numItems": 2.0, "cursor": None}
    first = served.result("functions:page", paginationOpts=options)
    assert first.journal is not None
    assert served.result("functions:page", journal=first.journal, paginationOpts=options) == first
    assert runs == ["page"]
    assert served.result("functions:page", paginationOpts=options) == first
    assert runs == ["page"]


def test_nothing_of_the_program_before_is_kept(served: Served, runs: list[str]) -> None:
    served.query("functions:notes")
    served.deploy(program())
    served.query("functions:notes")
    assert runs == ["notes"] * 2


def test_threads_that_ask_the_same_at_once_are_served_by_one_run(served: Served) -> None:
    others = 3
    begun, may_end = threading.Event(), threading.Event()
    runs: list[str] = []

    def wait() -> None:
        runs.append("run")
        begun.set()
        may_end.wait(10)

    during["notes"] = wait
    with ThreadPoolExecutor(1 + others) as pool:
        asked = [pool.submit(served.query, "functions:notes")]
        assert begun.wait(10)
        asked += [pool.submit(served.query, "functions:notes") for _ in range(others)]
        may_end.set()
        assert [each.result() for each in asked] == [Success([])] * (1 + others)
    assert runs == ["run"]


KEY = QueryKey(1, "a:b", "{}", None, "")


def _run_giving(value: str, timestamp: int = 1) -> Callable[[], QueryRun]:
    return lambda: QueryRun(QueryResult(Success(value), timestamp, None, Reads()), False, False)


def _key(path: str) -> QueryKey:
    return KEY._replace(path=path)


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache = QueryCache(lambda *_: True, maximum_size=3 * 600)
    for path in ("a", "b", "c"):
        cache.find_or_run(_key(path), 1, 0, _run_giving(path * 50))
    assert cache.find(_key("a"), 1, 0) is not None
    cache.find_or_run(_key("d"), 1, 0, _run_giving("d" * 50))
    kept = [path for path in ("a", "b", "c", "d") if cache.find(_key(path), 1, 0) is not None]
    assert kept == ["a", "c", "d"]


def test_a_result_larger_than_the_cache_is_not_kept() -> None:
    cache = QueryCache(lambda *_: True, maximum_size=1000)
    result = cache.find_or_run(KEY, 1, 0, _run_giving("x" * 1000))
    assert result.outcome == Success("x" * 1000)
    assert cache.find(KEY, 1, 0) is None


def test_an_older_snapshot_neither_finds_a_newer_result_nor_takes_its_place() -> None:
    cache = QueryCache(lambda *_: True)
    cache.find_or_run(KEY, 5, 0, _run_giving("new", 5))
    assert cache.find_or_run(KEY, 3, 0, _run_giving("old", 3)).outcome == Success("old")
    found = cache.find(KEY, 6, 0)
    assert found is not None
    assert (found.outcome, found.timestamp) == (Success("new"), 6)


def test_whoever_waited_for_a_run_that_raised_runs_it_anew() -> None:
    cache = QueryCache(lambda *_: True)
    running, may_fail = threading.Event(), threading.Event()

    def fail() -> QueryRun:
        running.set()
        may_fail.wait(10)
        raise OSError("the disk")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.find_or_run, KEY, 1, 0, fail)
        assert running.wait(10)
        second = pool.submit(cache.find_or_run, KEY, 1, 0, _run_giving("well"))
        may_fail.set()
        with pytest.raises(OSError, match="the disk"):
            first.result()
        assert second.result().outcome == Success("well")
