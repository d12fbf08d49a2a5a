"""What is run now and when to look again, decided of plain values: cases first, then what holds for all."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.calls import Call
from convexgen.runtime.database import SystemDocuments
from convexgen.runtime.jobs.steps import FIRST_DELAY, LONGEST_DELAY, TOGETHER, Step, delay, next_step


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that nobody runs here."""

    id: str
    due: float

    @property
    def call(self) -> Call:
        return Call("work:mark", {}, None)

    def claim(self, system: SystemDocuments) -> bool:
        raise NotImplementedError

    def finish(self, system: SystemDocuments, now: float, error: str | None) -> None:
        raise NotImplementedError


A, B, C = Waiting("a", 100.0), Waiting("b", 100.0), Waiting("c", 200.0)
MANY = tuple(Waiting(f"{number}", 100.0) for number in range(TOGETHER + 1))
NINE = frozenset(task.id for task in MANY)


@pytest.mark.parametrize(
    ("now", "pending", "running", "delayed", "expected"),
    [
        pytest.param(100.0, (), (), {}, Step((), None), id="nothing waits"),
        pytest.param(99.0, (A, C), (), {}, Step((), 100.0), id="before its time"),
        pytest.param(100.0, (A, C), (), {}, Step((A,), 200.0), id="at its time"),
        pytest.param(99.9999, (A, C), (), {}, Step((A,), 200.0), id="nearer than a clock can tell"),
        pytest.param(500.0, (A, C), (), {}, Step((A, C), None), id="long after"),
        pytest.param(100.0, (A, B), (), {}, Step((A, B), None), id="two at once"),
        pytest.param(100.0, (A, B), ("a",), {}, Step((B,), None), id="one runs already"),
        pytest.param(100.0, (A, B), ("a", "b"), {}, Step((), None), id="both run already"),
        pytest.param(100.0, (A, C), (), {"a": 150.0}, Step((), 150.0), id="one has failed and waits"),
        pytest.param(150.0, (A, C), (), {"a": 150.0}, Step((A,), 200.0), id="one has failed and has waited"),
        pytest.param(250.0, (A, C), (), {"a": 300.0}, Step((C,), 300.0), id="one waits, which holds nobody back"),
        pytest.param(100.0, MANY, (), {}, Step(MANY[:-1], None), id="too many: who ends is news"),
        pytest.param(100.0, MANY, tuple(NINE - {"8"}), {}, Step((), None), id="no room"),
    ],
)
def test_a_step(
    now: float, pending: tuple[Waiting, ...], running: tuple[str, ...], delayed: dict[str, float], expected: Step
) -> None:
    assert next_step(now, pending, frozenset(running), delayed) == expected


_tasks = st.lists(st.floats(0, 1000), max_size=20).map(
    lambda times: tuple(Waiting(f"{number}", due) for number, due in enumerate(sorted(times)))
)


@given(st.floats(0, 1000), _tasks, st.sets(st.integers(0, 19), max_size=TOGETHER), st.data())
def test_nobody_is_forgotten_and_nobody_runs_early(
    now: float, pending: tuple[Waiting, ...], numbers: set[int], data: st.DataObject
) -> None:
    running = {f"{number}" for number in numbers}
    delayed = data.draw(st.dictionaries(st.sampled_from([task.id for task in pending] or [""]), st.floats(0, 2000)))
    step = next_step(now, pending, running, delayed)

    begun = {task.id for task in step.run}
    assert not begun & running
    assert len(begun) + len(running) <= max(TOGETHER, len(running))
    due = {task.id: max(task.due, delayed.get(task.id, 0.0)) for task in pending if task.id not in running}
    assert all(due[task] <= now + 0.001 for task in begun)
    waiting = {task: time for task, time in due.items() if task not in begun}
    if waiting and len(begun) + len(running) < TOGETHER:
        assert step.look_again == min(waiting.values())
        assert step.look_again > now
    else:
        assert step.look_again is None


def test_a_delay_doubles_up_to_a_minute() -> None:
    assert [delay(failures) for failures in (1, 2, 3, 10, 11, 1000)] == [
        FIRST_DELAY,
        200.0,
        400.0,
        51_200.0,
        LONGEST_DELAY,
        LONGEST_DELAY,
    ]
