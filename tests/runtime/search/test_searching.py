"""Both kinds of search in a running engine: what they see, who is told, and what they refuse."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from convexgen.runtime.calls import ANONYMOUS, Call, Failure, Outcome, Success
from convexgen.runtime.commits import Committer
from convexgen.runtime.engine.contexts import Deployed
from convexgen.runtime.program.live import Program
from convexgen.runtime.store import Store, Version
from convexgen.runtime.values import Value
from tests.runtime.engine.served import Served
from tests.runtime.store.implementations import IMPLEMENTATIONS


def add(served: Served, title: str, *embedding: float, cuisine: str = "any", country: str = "") -> Any:
    made = served.mutate(
        "foods:add", title=title, cuisine=cuisine, embedding=list(map(float, embedding)), country=country
    ).outcome
    assert isinstance(made, Success)
    return made.value


def act(served: Served, arguments: dict[str, Value]) -> Outcome:
    return asyncio.run(served.engine.run_action(Call("foods:near", arguments, "action", ANONYMOUS)))


def near(served: Served, *embedding: float, **more: Value) -> list[tuple[str, float]]:
    outcome = act(served, {"embedding": list(map(float, embedding)), **more})
    assert isinstance(outcome, Success), outcome
    hits: Any = outcome.value
    return [(hit["title"], round(hit["score"], 4)) for hit in hits]


def test_a_search_is_told_of_documents_with_its_words_and_of_no_others(served: Served) -> None:
    add(served, "green curry")
    result = served.result("foods:search", text="curry")
    assert result.outcome == Success(["green curry"])
    told: list[str] = []
    watch = served.engine.watch(result, lambda: told.append("curry"))
    add(served, "apple pie")
    assert not watch.is_stale
    red = add(served, "red curry")
    assert told == ["curry"]
    assert served.query("foods:search", text="curry") == Success(["red curry", "green curry"])
    again = served.result("foods:search", text="red")
    gone = served.engine.watch(again, lambda: told.append("red"))
    served.mutate("foods:remove", food=red)
    assert gone.is_stale
    assert told == ["curry", "red"]


def test_results_are_kept_until_something_could_change_them(served: Served) -> None:
    add(served, "green curry")
    runs = served.engine.health().query_runs
    for _ in range(3):
        assert served.query("foods:search", text="curry") == Success(["green curry"])
        add(served, "apple pie")
    assert served.engine.health().query_runs == runs + 1
    add(served, "red curry")
    assert served.query("foods:search", text="curry") == Success(["red curry", "green curry"])


def test_two_who_search_and_write_at_once_do_not_both_succeed(served: Served) -> None:
    outcomes: list[Outcome] = []

    def try_it() -> None:
        outcomes.append(served.mutate("foods:addUnlessFound", title="phở").outcome)

    threads = [Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(repr(outcome) for outcome in outcomes) == [repr(Success(False))] * 5 + [repr(Success(True))]


def test_the_nearest_vectors(served: Served) -> None:
    add(served, "east", 1, 0, 0)
    add(served, "north", 0, 2, 0)
    add(served, "north-east", 3, 3, 0)
    add(served, "west", -1, 0, 0)
    assert near(served, 2, 0, 0) == [("east", 1.0), ("north-east", 0.7071), ("north", 0.0), ("west", -1.0)]
    assert near(served, 2, 0, 0, limit=2.0) == [("east", 1.0), ("north-east", 0.7071)]


def test_vectors_are_narrowed_by_filters(served: Served) -> None:
    add(served, "pad thai", 1, 0, 0, cuisine="thai", country="th")
    add(served, "som tam", 0, 1, 0, cuisine="thai", country="la")
    add(served, "pizza", 1, 1, 0, cuisine="italian", country="it")
    add(served, "taco", 1, 1, 1, cuisine="mexican")
    titles = [title for title, _ in near(served, 1, 0, 0, cuisines=["thai"])]
    assert titles == ["pad thai", "som tam"]
    titles = [title for title, _ in near(served, 1, 0, 0, cuisines=["thai", "mexican"])]
    assert titles == ["pad thai", "taco", "som tam"]
    assert [title for title, _ in near(served, 1, 0, 0, cuisines=["thai", "italian"], country="la")] == ["som tam"]
    assert near(served, 1, 0, 0, cuisines=["french"]) == []


def test_a_search_sees_all_that_was_committed_before_it(served: Served) -> None:
    assert near(served, 1, 0, 0) == []
    food = add(served, "moves", 1, 0, 0)
    other = add(served, "stays", 0, 1, 0)
    assert near(served, 1, 0, 0) == [("moves", 1.0), ("stays", 0.0)]
    served.mutate("foods:change", food=food, embedding=[-1.0, 0.0, 0.0])
    assert near(served, 1, 0, 0) == [("stays", 0.0), ("moves", -1.0)]
    served.mutate("foods:remove", food=other)
    assert near(served, 1, 0, 0) == [("moves", -1.0)]
    served.mutate("foods:change", food=food, embedding=[1.0])
    assert near(served, 1, 0, 0) == []


def test_only_what_has_changed_is_read_again(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        add(served, f"food {number}", 1, number, 0)
    near(served, 1, 0, 0)
    read: list[bytes] = []
    store = served.engine.committer.store
    get = type(store).get

    def noted(store: Store, table: int, document: bytes, snapshot: int) -> Version | None:
        read.append(document)
        return get(store, table, document, snapshot)

    monkeypatch.setattr(type(store), "scan_table", None)
    monkeypatch.setattr(type(store), "get", noted)
    searches = served.engine.vectors
    held = next(iter(searches._held.values()))
    searches._bring_up_to_date(held)
    assert read == []
    add(served, "new", 1, 0, 0)
    read.clear()
    searches._bring_up_to_date(held)
    assert len(read) == 1
    assert len(held.matrix) == 6


def test_searches_go_on_after_a_restart_and_another_deployment(foods: Program, tmp_path: Path) -> None:
    implementation = IMPLEMENTATIONS[-1]
    assert implementation.persistent
    for round_ in range(2):
        store = implementation.open(tmp_path)
        served = Served(store, seed=round_)
        served.clock.now += round_ * 10**12
        served.deploy(foods)
        add(served, f"round {round_}", 1, 0, 0)
        assert len(near(served, 1, 0, 0)) == round_ + 1
        found = served.query("foods:search", text="round")
        assert found == Success([f"round {each}" for each in range(round_, -1, -1)])
        served.deploy(foods)
        assert len(near(served, 1, 0, 0)) == round_ + 1
        store.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"embedding": [1.0]},
            "<VectorIndex Food.by_embedding> has vectors of 3 dimensions, and this one has 1",
        ),
        ({"embedding": []}, "`vector` must be a non-empty Array in vectorSearch"),
        ({"embedding": [1.0, 2.0, float("nan")]}, "a vector to search for has finite numbers only"),
        ({"embedding": [1.0, 2.0, 3.0], "limit": 0.0}, "a vector search gives 1 to 256 documents, not 0"),
        ({"embedding": [1.0, 2.0, 3.0], "limit": 257.0}, "a vector search gives 1 to 256 documents, not 257"),
        (
            {"embedding": [1.0, 2.0, 3.0], "cuisines": ["x"] * 65},
            "a vector search is narrowed by at most 64 conditions",
        ),
    ],
)
def test_what_no_vector_search_can_answer(served: Served, arguments: dict[str, Value], message: str) -> None:
    outcome = act(served, arguments)
    assert isinstance(outcome, Failure)
    assert outcome.message.splitlines()[0] == f"Uncaught ValueError: {message}"


def test_a_program_that_searches_for_no_vectors_loads_no_numpy() -> None:
    program = (
        "import sys\n"
        "from convexgen.testing import Backend\n"
        "from convexgen.runtime.program.loading import load_program\n"
        "import asyncio\n"
        "from tests.runtime.search.backend import foods\n"
        "backend = Backend(load_program('tests.runtime.search.backend', ['schema', 'foods'], 'camel'))\n"
        "asyncio.run(backend.query(foods.search, text='x'))\n"
        "assert 'numpy' not in sys.modules\n"
        "asyncio.run(backend.action(foods.near, embedding=[1.0, 2.0, 3.0]))\n"
        "assert 'numpy' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_follower_knows_of_a_commit_before_others_see_it(served: Served) -> None:
    committer = served.engine.committer
    assert isinstance(committer, Committer)
    told: list[bool] = []
    committer.follow(lambda commits: told.append(committer.latest < commits[-1].timestamp))
    add(served, "x", 1, 0, 0)
    assert told and all(told)


def test_searches_while_others_write_miss_nothing(served: Served) -> None:
    near(served, 1, 0, 0)

    def write(thread: int) -> None:
        for number in range(10):
            add(served, f"{thread} {number}", 1, 0, 0)

    threads = [Thread(target=write, args=(thread,)) for thread in range(3)]
    for thread in threads:
        thread.start()
    seen = [0]
    while any(thread.is_alive() for thread in threads):
        seen.append(len(near(served, 1, 0, 0, limit=100.0)))
    for thread in threads:
        thread.join()
    assert seen == sorted(seen)
    assert len(near(served, 1, 0, 0, limit=100.0)) == 30


def test_indexes_that_the_program_has_no_longer_are_let_go(served: Served, foods: Program) -> None:
    add(served, "x", 1, 0, 0)
    near(served, 1, 0, 0)
    searches = served.engine.vectors
    live = served.engine.live()
    searches.deployed(live)
    assert len(searches._held) == 1
    searches.deployed(Deployed(replace(foods, tables={}), live.catalogue, live.number + 1))
    assert len(searches._held) == 0
    assert near(served, 1, 0, 0) == [("x", 1.0)]
