"""Programs that drive a client: what they tell, event by event, and what the test does in between.

A driver prints a JSON array `[event, value]` for everything that happens. With the event `gate` it waits for a line on
its standard input, so that the test can act at exactly that point.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeAlias

DEADLINE = 30
PROJECT = Path(__file__).parents[2]

_UNSTABLE = (
    (re.compile(r"\[Request ID: [0-9a-f]{16}\]"), "[Request ID: …]"),
    (re.compile(r'File "[^"]*/backend/'), 'File "…/backend/'),
)


class Event(NamedTuple):
    """Something that a driver told. `value` is JSON, as it would travel to a server."""

    name: str
    value: Any


def settled(value: Any) -> Any:
    """`value` without what differs from run to run: the ids of requests, and where the project lies."""
    match value:
        case str():
            for pattern, steady in _UNSTABLE:
                value = pattern.sub(steady, value)
            return value
        case list():
            return [settled(item) for item in value]
        case dict():
            return {key: settled(item) for key, item in value.items()}
        case _:
            return value


def _event(line: str) -> Event:
    """What a line tells. The PyPI client also prints what functions have said, in lines of its own."""
    if line.startswith('["'):
        return Event(*settled(json.loads(line)))
    return Event("printed", settled(line.rstrip("\n")))


class Driver:
    """A running program. As a context it is ended whatever happens."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
            encoding="utf-8",
        )
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._errors: list[str] = []
        self._readers = (threading.Thread(target=self._read_output), threading.Thread(target=self._read_errors))
        for reader in self._readers:
            reader.start()

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        self._errors.extend(self._process.stderr)

    def _event(self) -> Event | None:
        try:
            line = self._lines.get(timeout=DEADLINE)
        except Empty:
            raise AssertionError(f"The driver is silent. It complained:\n{''.join(self._errors)}") from None
        return None if line is None else _event(line)

    def until_gate(self, name: str) -> list[Event]:
        """What it tells before it waits at the gate called `name`."""
        events: list[Event] = []
        while True:
            event = self._event()
            assert event is not None, f"The driver ended before {name!r}:\n{events}\n{''.join(self._errors)}"
            if event == ("gate", name):
                return events
            assert event.name != "gate", f"The driver waits for {event.value!r}, not for {name!r}"
            events.append(event)

    def go_on(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def until_end(self) -> list[Event]:
        """What it tells before it ends, as a program should: with exit code 0 and no complaints."""
        events = []
        while (event := self._event()) is not None:
            assert event.name != "gate", f"The driver waits for {event.value!r}, and nobody lets it go on"
            events.append(event)
        code = self._process.wait(DEADLINE)
        for reader in self._readers:
            reader.join(DEADLINE)
        assert (code, "".join(self._errors)) == (0, ""), events
        return events

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join(DEADLINE)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None and not stream.closed:
                stream.close()


Drive: TypeAlias = Callable[[Sequence[str | Path]], Driver]
