"""Functions that do not end are ended, and nothing else is."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from convexgen.runtime.engine.time_limits import TimeLimitError, Watchdog


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    watchdog = Watchdog(0.05)
    yield watchdog
    watchdog.close()


def _for_ever() -> None:
    while True:
        pass


def test_an_endless_loop_is_ended(watchdog: Watchdog) -> None:
    with pytest.raises(TimeLimitError), watchdog.limited():
        _for_ever()


def test_it_cannot_be_caught_by_chance(watchdog: Watchdog) -> None:
    def stubborn() -> None:
        while True:
            try:
                _for_ever()
            except Exception:
                continue

    with pytest.raises(TimeLimitError), watchdog.limited():
        stubborn()


def test_a_thread_that_was_struck_can_go_on(watchdog: Watchdog) -> None:
    for _ in range(3):
        with pytest.raises(TimeLimitError), watchdog.limited():
            _for_ever()
    with watchdog.limited():
        assert sum(range(1000)) == 499_500


def test_only_the_thread_that_takes_too_long_is_struck(watchdog: Watchdog) -> None:
    ended: list[str] = []
    struck = threading.Event()

    def endless() -> None:
        with pytest.raises(TimeLimitError), watchdog.limited():
            _for_ever()
        ended.append("endless")
        struck.set()

    thread = threading.Thread(target=endless)
    thread.start()
    while not struck.is_set():
        with watchdog.limited():
            ended[:] = ended
    thread.join()
    assert ended == ["endless"]
