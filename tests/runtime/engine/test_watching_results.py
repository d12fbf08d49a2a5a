"""Who watches a result is told when it is no longer true, and not before."""

from __future__ import annotations

import pytest

from convexgen.runtime.calls import Success
from convexgen.runtime.engine.contract import Watch
from tests.runtime.engine.served import Served, program


class Watching:
    """A result that is watched, and how often there was news."""

    def __init__(self, served: Served, path: str, **arguments: str) -> None:
        self.result = served.result(path, **arguments)  # type: ignore[arg-type]  # arguments of functions
        self.told = 0
        self.watch: Watch = served.engine.watch(self.result, self._hear)

    def _hear(self) -> None:
        self.told += 1

    def is_told(self) -> bool:
        assert self.watch.is_stale == bool(self.told)
        assert self.told in (0, 1)
        return bool(self.told)


def test_news_are_told_once(served: Served) -> None:
    watching = Watching(served, "functions:notes")
    assert not watching.is_told()
    served.mutate("functions:write", text="a")
    assert watching.is_told()
    served.mutate("functions:write", text="b")
    assert watching.is_told()


@pytest.mark.parametrize("path", ["counters:add", "counters:addAndFail"])
def test_what_does_not_touch_what_was_read_is_no_news(served: Served, path: str) -> None:
    served.mutate("counters:add", name="b")
    notes, other = Watching(served, "functions:notes"), Watching(served, "counters:get", name="b")
    served.mutate(path, name="a")
    assert (notes.is_told(), other.is_told()) == (False, False)


def test_a_document_that_was_not_there_is_news_when_it_comes(served: Served) -> None:
    watching = Watching(served, "counters:get", name="a")
    assert watching.result.outcome == Success(None)
    served.mutate("counters:add", name="a")
    assert watching.is_told()


def test_a_query_that_failed_is_watched_as_well(served: Served) -> None:
    for name in ("a", "a"):
        served.mutate("functions:count", name=name)
    watching = Watching(served, "counters:get", name="a")
    assert not isinstance(watching.result.outcome, Success)
    served.mutate("functions:count", name="b")
    assert not watching.is_told()
    served.mutate("counters:removeFirst", name="a")
    assert watching.is_told()
    assert served.query("counters:get", name="a") == Success(0.0)


def test_another_program_is_news_to_everybody(served: Served) -> None:
    watching = [Watching(served, "functions:notes"), Watching(served, "functions:nobody")]
    served.deploy(program())
    assert all(each.is_told() for each in watching)


def test_a_result_of_a_program_that_is_gone_is_stale_at_once(served: Served) -> None:
    result = served.result("functions:notes")
    served.deploy(program())
    told: list[str] = []
    watch = served.engine.watch(result, lambda: told.append("told"))
    assert (watch.is_stale, told) == (True, ["told"])


def test_a_result_that_has_changed_meanwhile_is_stale_at_once(served: Served) -> None:
    result = served.result("functions:notes")
    served.mutate("functions:write", text="a")
    told: list[str] = []
    watch = served.engine.watch(result, lambda: told.append("told"))
    assert (watch.is_stale, told) == (True, ["told"])


def test_who_has_closed_is_not_told(served: Served) -> None:
    watching = Watching(served, "functions:notes")
    watching.watch.close()
    watching.watch.close()
    served.mutate("functions:write", text="a")
    served.deploy(program())
    assert not watching.is_told()
