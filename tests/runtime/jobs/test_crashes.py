"""Whatever is scheduled, canceled and broken off: mutations run exactly once, actions at most once, nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen.runtime.store import Commit
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.commits.clock import Clock
from tests.runtime.jobs.backend import work
from tests.runtime.jobs.served import SECOND, Served, program


class Crash(BaseException):
    """The process ends, before or just after a commit."""


class CrashingStore(MemoryStore):
    """Crashes at the `crash_in`th commit from now on, before it is made or after."""

    crash_in: int | None = None
    after = False

    def commit(self, commits: Sequence[Commit]) -> None:
        crash = self.crash_in == 0
        if self.crash_in is not None:
            self.crash_in -= 1
        if crash and not self.after:
            raise Crash
        super().commit(commits)
        if crash:
            raise Crash


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(5, 25))
def test_nothing_is_lost_and_nothing_runs_twice(seed: int, steps: int) -> None:
    random = Random(seed)
    work.attempts.clear()
    store, clock = CrashingStore(), Clock()
    served = Served(store, clock)
    mutations: dict[str, str] = {}
    actions: dict[str, str] = {}
    canceled: set[str] = set()
    for step in range(steps):
        text, wait = f"{step}", random.choice((0.0, 1.0, 60.0))
        match random.randrange(5):
            case 0:
                mutations[served.mutate("work:later", text=text, seconds=wait)] = text
            case 1:
                actions[served.mutate("work:actLater", text=text, seconds=wait)] = text
            case 2 if mutations:
                canceled.add(job := random.choice(list(mutations)))
                served.mutate("work:cancel", job=job)
            case 3:
                clock.now = max(SECOND, clock.now + random.choice((-100, 1, 90)) * SECOND)
            case _:
                store.crash_in, store.after = random.randrange(5), random.random() < 0.5
                try:
                    served.run_due()
                except Crash:
                    store.crash_in = None
                    served = Served(store, clock, seed=step + 2)
                store.crash_in = None
    clock.now += 1000 * SECOND
    served.run_due()
    marks = Counter(served.query("work:marks"))
    states = {str(job["_id"]): job["state"]["kind"] for job in served.scheduled()}
    assert states.keys() == mutations.keys() | actions.keys()
    for job, text in mutations.items():
        assert states[job] == "success" or (job in canceled and states[job] == "canceled")
        assert marks[text] == (states[job] == "success")
    for job, text in actions.items():
        assert states[job] in ("success", "failed")
        assert work.attempts.count(text) <= 1
        assert marks[text] <= 1
        assert states[job] != "success" or marks[text] == 1


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(5, 25))
def test_no_time_of_a_cron_runs_twice(seed: int, steps: int) -> None:
    """Every five minutes from its first time on; a mutation that is in the store was the only one for its time."""
    random = Random(seed)
    store, clock = CrashingStore(), Clock()
    crons = replace(
        program(crons=True), crons=tuple(each for each in program(crons=True).crons if each.name == "often")
    )
    served = Served(store, clock, crons)
    begin = served.jobs.next_due()
    assert begin is not None
    times: list[int] = []
    for step in range(steps):
        clock.now += int(random.uniform(1, 900) * SECOND)
        store.crash_in, store.after = random.choice((None, 0, 1, 2)), random.random() < 0.5
        try:
            served.run_due()
        except Crash:
            store.crash_in = None
            served = Served(store, clock, crons, seed=step + 2)
        store.crash_in = None
        times += [int((clock.now / 1e6 - begin) // 300_000)] * (len(served.query("work:marks")) - len(times))
    assert times == sorted(set(times))
    before = len(times)
    served.advance(301)
    assert len(served.query("work:marks")) in (before + 1, before + 2)
