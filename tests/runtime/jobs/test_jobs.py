"""Scheduled functions, in one thread, by a clock that is told the time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from convexgen.runtime.jobs.tasks import pending
from convexgen.runtime.scheduling import job_documents
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.commits.clock import Clock
from tests.runtime.jobs.backend import work
from tests.runtime.jobs.served import SECOND, Served, program

WEEK = 7 * 24 * 60 * 60


@pytest.fixture
def served() -> Served:
    work.attempts.clear()
    return Served(MemoryStore(), Clock())


def test_a_mutation_runs_when_it_is_due_and_once(served: Served) -> None:
    served.mutate("work:later", text="a", seconds=10.0)
    served.advance(9)
    assert (served.query("work:marks"), served.states()) == ([], ["pending"])
    served.advance(2)
    assert (served.query("work:marks"), served.states()) == (["a"], ["success"])
    served.advance(1000)
    assert served.query("work:marks") == ["a"]


def test_the_document_of_a_job_says_what_ran_and_when(served: Served) -> None:
    job = served.mutate("work:later", text="a", seconds=10.0)
    [found] = served.scheduled()
    scheduled = found["scheduledTime"]
    assert scheduled == pytest.approx(served.clock.now / 1e6 + 10_000, abs=1)
    assert {name: found[name] for name in found if name != "_creationTime"} == {
        "_id": job,
        "name": "work.js:mark",
        "args": [{"text": "a"}],
        "scheduledTime": scheduled,
        "state": {"kind": "pending"},
    }
    served.advance(11)
    [done] = served.scheduled()
    assert done == {**found, "state": {"kind": "success"}, "completedTime": done["completedTime"]}
    assert done["completedTime"] >= scheduled


def test_what_a_mutation_schedules_goes_with_it(served: Served) -> None:
    with pytest.raises(AssertionError, match="no, after all"):
        served.mutate("work:later", text="a", seconds=0.0, then="no, after all")
    served.run_due()
    assert (served.query("work:marks"), served.states()) == ([], [])


def test_what_an_action_schedules_stays(served: Served) -> None:
    with pytest.raises(AssertionError, match="as asked"):
        served.act("work:fromAction", text="kept")
    served.act("work:fromAction", text="too")
    served.run_due()
    assert served.query("work:marks") == ["kept", "too"]


def test_jobs_run_in_the_order_in_which_they_are_due(served: Served) -> None:
    for text, seconds in (("c", 3.0), ("a", 1.0), ("b", 2.0)):
        served.mutate("work:later", text=text, seconds=seconds)
    served.clock.now += 10 * SECOND
    served.run_due()
    assert served.query("work:marks") == ["a", "b", "c"]


def test_jobs_that_schedule_jobs_for_now_are_followed_to_their_end(served: Served) -> None:
    served.mutate("work:beginChain", left=30.0)
    served.run_due()
    assert served.query("work:marks") == [str(left) for left in range(30, -1, -1)]


def test_a_time_that_has_passed_is_now(served: Served) -> None:
    served.mutate("work:at", text="a", milliseconds=served.clock.now / 1e6 - 5000)
    served.run_due()
    assert served.query("work:marks") == ["a"]


@pytest.mark.parametrize("path", ["work:later", "work:actLater"])
def test_what_raises_fails_with_its_text_and_is_not_run_again(served: Served, path: str) -> None:
    served.mutate(path, text="raise", seconds=0.0)
    served.run_due()
    served.advance(1000)
    [job] = served.scheduled()
    assert job["state"]["kind"] == "failed"
    assert job["state"]["error"].startswith("Uncaught ValueError: as asked\n")
    assert (served.query("work:marks"), len(served.told)) == ([], 1)


def test_a_canceled_job_never_starts(served: Served) -> None:
    job = served.mutate("work:later", text="a", seconds=10.0)
    served.mutate("work:cancel", job=job)
    served.mutate("work:cancel", job=job)
    served.advance(20)
    assert (served.query("work:marks"), served.states()) == ([], ["canceled"])


def test_canceling_what_has_ended_changes_nothing(served: Served) -> None:
    job = served.mutate("work:later", text="a", seconds=0.0)
    served.run_due()
    served.mutate("work:cancel", job=job)
    assert served.states() == ["success"]


def test_a_mutation_cannot_cancel_itself(served: Served) -> None:
    served.mutate("work:schedule", name="cancel_running")
    served.run_due()
    assert (served.query("work:marks"), served.states()) == (["canceled"], ["success"])


def test_what_a_canceled_action_schedules_never_starts(served: Served) -> None:
    served.mutate("work:schedule", name="canceled_midway")
    served.run_due()
    assert served.query("work:marks") == ["canceled"]
    assert served.states() == ["canceled"] * 4


@pytest.mark.parametrize(
    ("path", "arguments", "message"),
    [
        ("work:later", {"text": "", "seconds": -1.0}, "ValueError: a function cannot run before it was scheduled"),
        ("work:later", {"text": "", "seconds": 2e8}, "ValueError: a function cannot be scheduled more than five years"),
        ("work:at", {"text": "", "milliseconds": 1e13}, "ValueError: a function cannot be scheduled more than five"),
        ("work:wrongly", {"how": "query"}, "TypeError: <public query .*> is no mutation or action"),
        ("work:wrongly", {"how": "argument"}, "TypeError: missing a required argument: 'text'|TypeError: got an"),
        ("work:wrongly", {"how": "type"}, "TypeError: 'work:mark' is no mutation or action"),
        ("work:wrongly", {"how": "naive"}, "ValueError: datetime.* has no time zone"),
        ("work:wrongly", {"how": "cancel"}, "ValueError: 'nothing' is no id of a scheduled function"),
        ("work:many", {"count": 1001.0, "size": 1.0}, r"Too many functions scheduled .* \(limit: 1000\)"),
        ("work:many", {"count": 20.0, "size": 900_000.0}, "Too large total size of the arguments"),
    ],
)
def test_what_cannot_be_scheduled(served: Served, path: str, arguments: dict[str, str | float], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        served.mutate(path, **arguments)
    assert served.states() == []


def test_a_function_that_is_gone_fails(served: Served) -> None:
    served.mutate("work:later", text="a", seconds=0.0)
    live = program()
    functions = {path: each for path, each in live.functions.items() if path != "work:mark"}
    served.deploy(replace(live, functions=functions))
    served.run_due()
    [job] = served.scheduled()
    assert job["state"] == {
        "kind": "failed",
        "error": "Attempted to schedule function at nonexistent path: work.js:mark",
    }


def test_an_action_that_was_broken_off_is_not_run_again() -> None:
    store, clock = MemoryStore(), Clock()
    served = Served(store, clock)
    served.mutate("work:actLater", text="a", seconds=0.0)
    served.engine.system(lambda system: pending(system, 1)[0].claim(system))
    again = Served(store, clock, seed=2)
    again.run_due()
    [job] = again.scheduled()
    assert job["state"] == {"kind": "failed", "error": "Transient error while executing action"}
    assert again.query("work:marks") == []


def test_ended_jobs_are_forgotten_after_a_week(served: Served) -> None:
    for seconds in (0.0, 60.0):
        served.mutate("work:later", text="a", seconds=seconds)
    served.mutate("work:cancel", job=served.mutate("work:later", text="a", seconds=0.0))
    served.mutate("work:later", text="a", seconds=2.0 * WEEK)
    served.advance(60)
    served.advance(WEEK - 30)
    assert served.jobs.forget() is False
    assert served.states() == ["success", "pending"]


def test_a_function_from_before_a_reload_is_known_by_its_path(served: Served) -> None:
    live = program()
    stale = live.functions["work:mark"].function
    copy = type(stale)(stale.handler, stale.visibility)
    assert served.engine.live().schedulable(copy).path == "work:mark"
    with pytest.raises(TypeError):
        served.engine.live().schedulable(live.functions["work:marks"].function)


def test_a_task_that_is_gone_meanwhile_is_left_alone(served: Served) -> None:
    job = served.mutate("work:later", text="a", seconds=0.0)
    [task] = served.jobs.pending().tasks
    served.mutate("work:cancel", job=job)
    asyncio.run(served.jobs.run(task))
    assert (served.query("work:marks"), served.states(), served.told) == ([], ["canceled"], [])


def test_jobs_are_kept_exactly_a_week() -> None:
    assert job_documents.KEPT == WEEK * 1000
