"""Actions: each query and mutation in them is a transaction of its own."""

from __future__ import annotations

import asyncio

import pytest

from convexgen.runtime.calls import Call, Failure, Outcome, Success
from convexgen.runtime.engine.contexts import MAXIMUM_DEPTH
from convexgen.runtime.program.logs import installed
from tests.runtime.engine.backend import actions, counters, functions
from tests.runtime.engine.backend._moments import during
from tests.runtime.engine.served import Served, at, user


def test_an_action_runs_queries_mutations_and_actions(served: Served) -> None:
    with installed():
        outcome = served.act("actions:everything", identity=user("ada"))
    assert outcome == Success(
        [2.0, "text of ada", 2.0, ["a note"]], ("[LOG] 'begun'", "[LOG] 'left a note'", "[LOG] 'within'")
    )


def test_what_a_mutation_raised_can_be_caught_and_undoes_only_that(served: Served) -> None:
    with installed():
        outcome = served.act("actions:catches")
    assert outcome == Success("caught after", ("[LOG] 'left before'", "[LOG] 'left after'"))
    assert served.query("functions:notes") == Success(["before"])


_RAISES = at(functions, "raises", 'LookupError("nothing here")')


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ("query", ["LookupError: nothing here", _RAISES, at(actions, "lets_through", "functions.raises")]),
        (
            "mutation",
            [
                "ValueError: changed my mind",
                at(counters, "add_and_fail", "raise Value"),
                at(actions, "lets_through", "counters.add_and_fail"),
            ],
        ),
        (
            "action",
            [
                "LookupError: nothing here",
                _RAISES,
                at(actions, "lets_through", "functions.raises"),
                at(actions, "lets_through", "run_action"),
            ],
        ),
    ],
)
def test_what_was_raised_goes_through_with_all_its_frames(served: Served, what: str, lines: list[str]) -> None:
    assert served.act("actions:letsThrough", what=what) == Failure("\n".join([f"Uncaught {lines[0]}", *lines[1:]]))


def test_the_data_of_a_convex_error_go_through(served: Served) -> None:
    outcome = served.act("actions:letsThrough", what="convex")
    assert isinstance(outcome, Failure)
    assert outcome.data == {"code": "full", "left": 0.0}


def test_actions_run_in_one_another_up_to_a_depth(served: Served) -> None:
    assert served.act("actions:deep", levels=float(MAXIMUM_DEPTH)) == Success(float(MAXIMUM_DEPTH))
    frame = at(actions, "deep", "run_action")
    text = "Uncaught RecursionError: functions run in one another, more than 8 deep"
    assert served.act("actions:deep", levels=float(MAXIMUM_DEPTH + 1)) == Failure(
        "\n".join([text, *[frame] * (MAXIMUM_DEPTH + 1)])
    )


def test_mutations_of_one_action_may_run_side_by_side(served: Served) -> None:
    outcome = served.act("actions:sideBySide", names=["a", "a", "b", "a"])
    assert outcome == Success([1.0, 2.0, 1.0, 3.0])


def test_actions_go_on_side_by_side_with_log_lines_of_their_own(served: Served) -> None:
    async def both() -> list[Outcome]:
        calls = [Call("actions:everything", {}, "action", user("ada")), Call("actions:catches", {}, "action")]
        return list(await asyncio.gather(*(served.engine.run_action(call) for call in calls)))

    with installed():
        one, other = asyncio.run(both())
    assert one.log_lines == ("[LOG] 'begun'", "[LOG] 'left a note'", "[LOG] 'within'")
    assert other.log_lines == ("[LOG] 'left before'", "[LOG] 'left after'")


def test_an_action_that_is_cancelled_ends(served: Served) -> None:
    told: list[str] = []
    during["ended"] = lambda: told.append("ended")

    async def cancel() -> None:
        waits = asyncio.Event()
        during["for_ever"] = waits.set
        running = asyncio.create_task(served.engine.run_action(Call("actions:forEver", {}, "action")))
        await waits.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancel())
    assert told == ["ended"]


def test_an_action_may_take_so_long_and_no_longer(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served.engine, "_action_limit", 0.01)
    with installed():
        outcome = served.act("actions:forEver")
    assert outcome == Failure(
        "Uncaught TimeLimitError: actions:forEver took more than 0.01 seconds, and was ended.", ("[LOG] 'waiting'",)
    )


def test_transactions_are_left_to_whoever_was_named(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    offloaded: list[str] = []

    async def in_a_thread(work: object) -> object:
        offloaded.append("work")
        return await asyncio.to_thread(work)  # type: ignore[arg-type]  # of any type

    monkeypatch.setattr(served.engine, "_offload", in_a_thread)
    assert isinstance(served.act("actions:everything"), Success)
    assert offloaded == ["work"] * 4
