"""What a query or mutation may not do: take too long, wait, read too much."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from convexgen.runtime.calls import Failure, Success
from convexgen.runtime.database import limits
from convexgen.runtime.engine.time_limits import Watchdog
from tests.runtime.engine.backend import functions
from tests.runtime.engine.served import Served, at


@pytest.fixture
def watchdog(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchdog]:
    watchdog = Watchdog(0.05)
    monkeypatch.setattr(served.engine._transactions, "time_limit", watchdog.limited)
    yield watchdog
    watchdog.close()


@pytest.mark.usefixtures("watchdog")
def test_a_query_that_does_not_end_is_ended(served: Served) -> None:
    ended = Failure("Uncaught TimeLimitError: functions:neverEnds took too long, and was ended.")
    assert served.query("functions:neverEnds") == ended
    assert served.query("functions:notes") == Success([])


def test_a_query_cannot_wait(served: Served) -> None:
    frame = at(functions, "sleeps", "asyncio.sleep")
    assert served.query("functions:sleeps") == Failure(
        "Uncaught WaitingError: a query or mutation cannot wait: it awaits what `ctx` offers, not time, threads, files "
        f"or the network. Do that in an action\n{frame}"
    )


def test_who_has_read_too_much_fails_even_if_that_was_caught(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_DOCUMENTS_READ", 2)
    for text in ("a", "b"):
        served.mutate("functions:write", text=text)
    assert served.query("functions:greedy") == Success("2")
    served.mutate("functions:write", text="c")
    outcome = served.query("functions:greedy")
    assert isinstance(outcome, Failure)
    assert outcome.message.split("\n") == [
        "Uncaught LimitError: Too many documents read in a single function execution (limit: 2). Consider using "
        "smaller limits in your queries, paginating your queries, or using indexed queries with a selective index "
        "range expressions.",
        at(functions, "greedy", "collect()"),
    ]


def test_who_has_written_too_much_leaves_nothing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_DOCUMENTS_WRITTEN", 1)
    outcome = served.mutate("functions:count", name="a").outcome
    assert isinstance(outcome, Failure)
    assert outcome.message.split("\n") == [
        "Uncaught LimitError: Too many documents written in a single function execution (limit: 1).",
        at(functions, "count", "Counter(name=name)"),
    ]
    assert (served.query("functions:notes"), served.query("counters:names")) == (Success([]), Success([]))
