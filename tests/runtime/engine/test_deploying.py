"""Putting programs live while there are calls; and what calls are told when the store fails."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, SessionRequest, Success
from convexgen.runtime.commits import SchemaMismatchError
from convexgen.runtime.engine.contract import EngineError
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import Store
from convexgen.runtime.values import Value
from tests.runtime.commits.broken_store import BrokenSqliteStore, BrokenStore, fail
from tests.runtime.engine.served import Served, program
from tests.runtime.program.conftest import Project

FUNCTION_KINDS: tuple[FunctionKind, ...] = ("query", "mutation", "action")


def test_before_the_first_deployment_nothing_can_be_called(store: Store) -> None:
    engine = Served(store).engine
    query, mutation, action = (Call("functions:notes", {}, kind) for kind in FUNCTION_KINDS)
    calls: list[Callable[[], object]] = [
        lambda: engine.run_query(query),
        lambda: engine.run_mutation(mutation),
        lambda: asyncio.run(engine.run_action(action)),
        lambda: engine.cached_query(query, journal=None, timestamp=engine.latest),
        lambda: engine.kind("functions:notes"),
    ]
    for call in calls:
        with pytest.raises(EngineError, match=r"^No functions have been deployed yet\.$") as raised:
            call()
        assert raised.value.code == "NotDeployed"


_SCHEMA = """
from convexgen import Index, Table

class Counter(Table, name="counters"):
    name: str
    value: {type}
    {index}
"""
_FUNCTIONS = """
from convexgen import MutationCtx, QueryCtx, mutation, query
from backend.schema import Counter

@mutation
async def insert(ctx: MutationCtx, name: str) -> None:
    await ctx.db.insert(Counter(name=name, value=1))

@query
async def names(ctx: QueryCtx) -> list[str]:
    return [each.name async for each in ctx.db.query(Counter){narrowed}]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A program without any index, to be changed."""
    monkeypatch.syspath_prepend(str(tmp_path))
    project = Project(tmp_path)
    project.write("backend/schema.py", _SCHEMA.format(type="float", index=""))
    project.write("backend/counters.py", _FUNCTIONS.format(narrowed=""))
    yield project
    project.loader.close()


def test_an_index_is_added_while_mutations_go_on(store: Store, project: Project) -> None:
    served = Served(store)
    served.deploy(project.load())
    for number in range(300):
        served.mutate("counters:insert", name=f"before {number}")
    project.write("backend/schema.py", _SCHEMA.format(type="float", index='by_name = Index("name")'))
    project.write("backend/counters.py", _FUNCTIONS.format(narrowed=".with_index(Counter.by_name)"))
    enough, stop = threading.Event(), threading.Event()

    def write() -> list[str]:
        written = list[str]()
        while not stop.is_set():
            written.append(f"during {len(written)}")
            assert served.mutate("counters:insert", name=written[-1]).outcome == Success(None)
            if len(written) == 20:
                enough.set()
        return written

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        steps = served.engine.deploy(project.load())
        progress = [next(steps)]
        assert enough.wait(10)
        progress += steps
        stop.set()
        written = writing.result()
    assert "counters.by_name" in {each.building for each in progress}
    names: list[Value] = [f"before {number}" for number in range(300)]
    assert served.query("counters:names") == Success(sorted([*names, *written], key=str))


def test_documents_that_do_not_fit_keep_the_program_before_live(store: Store, project: Project) -> None:
    served = Served(store)
    served.deploy(project.load())
    served.mutate("counters:insert", name="a")
    watched = served.result("counters:names")
    told: list[str] = []
    served.engine.watch(watched, lambda: told.append("told"))
    project.write("backend/schema.py", _SCHEMA.format(type="str", index=""))
    with pytest.raises(SchemaMismatchError, match=r'"counters", document \w+: '):
        served.deploy(project.load())
    assert told == []
    assert served.mutate("counters:insert", name="b").outcome == Success(None)
    assert served.query("counters:names") == Success(["a", "b"])


@pytest.fixture(params=[lambda folder: BrokenStore(), lambda folder: BrokenSqliteStore(folder / "store.sqlite3")])
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> BrokenStore | BrokenSqliteStore:
    made = request.param(tmp_path)
    request.addfinalizer(made.close)
    assert isinstance(made, BrokenStore | BrokenSqliteStore)
    return made


def test_a_store_that_cannot_commit_is_an_error_of_the_engine_and_nothing_is_lost(
    broken: BrokenStore | BrokenSqliteStore,
) -> None:
    served = Served(broken)
    served.deploy(program())
    request = SessionRequest("session", 1)
    broken.before = fail
    with pytest.raises(EngineError, match=r"^the disk is full$") as raised:
        served.mutate("counters:add", name="a", request=request)
    assert raised.value.code == "InternalServerError"
    broken.heal()
    assert served.query("counters:get", name="a") == Success(None)
    assert served.mutate("counters:add", name="a", request=request).outcome == Success(1.0)


def test_a_commit_that_was_made_though_the_store_failed_is_not_made_again(
    broken: BrokenStore | BrokenSqliteStore,
) -> None:
    served = Served(broken)
    served.deploy(program())
    request = SessionRequest("session", 1)
    broken.after = fail
    with pytest.raises(EngineError, match=r"^the disk is full$"):
        served.mutate("counters:add", name="a", request=request)
    broken.heal()
    assert served.mutate("counters:add", name="a", request=request).outcome == Success(1.0)
    assert served.query("counters:get", name="a") == Success(1.0)


def test_a_call_that_means_no_function_has_read_nothing(served: Served) -> None:
    result = served.result("functions:nobody")
    assert (result.reads, result.journal, result.timestamp) == (Reads(), None, served.engine.latest)
