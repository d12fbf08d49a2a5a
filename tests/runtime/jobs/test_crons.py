"""Crons, by a clock that is told the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from convexgen.authoring.crons import CronJob
from convexgen.runtime.program.live import Program
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.commits.clock import Clock
from tests.runtime.jobs.backend import work
from tests.runtime.jobs.served import SECOND, Served, program

SUNDAY = int(datetime(2026, 1, 4, tzinfo=UTC).timestamp()) * SECOND


def with_crons(*names: str) -> Program:
    """The program with only these crons."""
    live = program(crons=True)
    return replace(live, crons=tuple(cron for cron in live.crons if cron.name in names))


def test_an_interval_runs_at_once_and_then_again_and_again() -> None:
    served = Served(MemoryStore(), Clock(SUNDAY), with_crons("often"))
    served.run_due()
    assert served.query("work:marks") == ["interval"]
    served.advance(299)
    assert len(served.query("work:marks")) == 1
    served.advance(2)
    assert len(served.query("work:marks")) == 2
    served.advance(3600)
    assert len(served.query("work:marks")) == 14


def test_an_expression_is_of_utc() -> None:
    work.attempts.clear()
    served = Served(MemoryStore(), Clock(SUNDAY), with_crons("mondays", "never"))
    served.advance(timedelta(days=1, hours=8, minutes=59).total_seconds())
    assert work.attempts == []
    served.advance(60)
    assert work.attempts == ["monday"]
    served.advance(timedelta(days=14).total_seconds())
    assert work.attempts == ["monday"] * 3


def test_a_run_that_raises_waits_for_the_next_time() -> None:
    served = Served(MemoryStore(), Clock(SUNDAY), with_crons("broken"))
    served.run_due()
    served.advance(36_001)
    assert (len(served.told), served.query("work:marks")) == (2, [])


@pytest.mark.parametrize("restarted", [False, True])
def test_a_run_that_comes_a_moment_early_is_the_one_for_that_time(restarted: bool) -> None:
    """Clocks are not exact: nobody waits for less than a millionth of a second."""
    store, clock = MemoryStore(), Clock(SUNDAY)
    served = Served(store, clock, with_crons("often"))
    served.run_due()
    due = served.jobs.next_due()
    assert due is not None
    clock.now = int(due * 1e6) - 500
    served.run_due()
    assert len(served.query("work:marks")) == 2
    if restarted:
        served = Served(store, clock, with_crons("often"), seed=2)
    clock.now += SECOND
    served.run_due()
    assert len(served.query("work:marks")) == 2


def test_what_was_missed_is_not_made_up_for() -> None:
    served = Served(MemoryStore(), Clock(SUNDAY), with_crons("often"))
    served.run_due()
    served.clock.now += 3601 * SECOND
    served.run_due()
    assert len(served.query("work:marks")) == 2
    served.advance(298)
    assert len(served.query("work:marks")) == 2
    served.advance(2)
    assert len(served.query("work:marks")) == 3


def test_times_are_kept_while_the_server_is_down() -> None:
    store, clock = MemoryStore(), Clock(SUNDAY)
    Served(store, clock, with_crons("often")).run_due()
    clock.now += 100 * SECOND
    again = Served(store, clock, with_crons("often"), seed=2)
    again.run_due()
    assert len(again.query("work:marks")) == 1
    clock.now += 1000 * SECOND
    later = Served(store, clock, with_crons("often"), seed=3)
    later.run_due()
    assert len(later.query("work:marks")) == 1
    later.advance(101)
    assert len(later.query("work:marks")) == 2


def test_an_interrupted_run_is_not_made_again() -> None:
    store, clock = MemoryStore(), Clock(SUNDAY)
    served = Served(store, clock, with_crons("often"))
    [task] = served.jobs.pending().tasks
    assert served.engine.system(task.claim)
    again = Served(store, clock, with_crons("often"), seed=2)
    again.run_due()
    assert again.query("work:marks") == []
    again.advance(301)
    assert again.query("work:marks") == ["interval"]


def test_a_program_takes_over_the_crons_that_it_has() -> None:
    served = Served(MemoryStore(), Clock(SUNDAY), with_crons("often", "broken"))
    served.run_due()
    [often] = with_crons("often").crons
    changed = CronJob("often", "every 300s", often.function, {"text": "otherwise"})
    faster = CronJob("faster", "every 60s", often.function, {"text": "faster"})
    served.deploy(replace(with_crons("often"), crons=(changed, faster)))
    served.jobs.deployed()
    served.advance(59)
    assert served.query("work:marks") == ["interval", "faster"]
    served.deploy(replace(with_crons("often"), crons=(replace(changed, schedule="every 1000s"),)))
    served.jobs.deployed()
    served.run_due()
    served.advance(999)
    assert served.query("work:marks") == ["interval", "faster", "otherwise"]
    served.deploy(with_crons())
    served.jobs.deployed()
    assert served.jobs.next_due() is None
