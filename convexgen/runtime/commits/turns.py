"""Whose turn it is to write: one thread at a time, and while it writes the others pile up what they want written.

The first of them to go on takes the whole pile. So there is no thread that writes for the others, and a thread that is
alone never waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Generic, Protocol, TypeVar


class Work(Protocol):
    """Something to be written by whoever has the turn. Once it is settled it stays so."""

    @property
    def is_settled(self) -> bool: ...


WorkT = TypeVar("WorkT", bound=Work)


class Turns(Generic[WorkT]):
    """Any thread may use it. Nobody may ask for the turn who has it."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._pile: list[WorkT] = []
        self._is_taken = False
        self._others_wait = 0

    @property
    def waiting(self) -> int:
        """How much work lies on the pile."""
        return len(self._pile)

    def take(self, work: WorkT) -> list[WorkT]:
        """Wait until the work is settled, or the turn can be had: then give all work that is waiting.

        Who is given work has to settle it, and to `end` the turn.
        """
        with self._changed:
            self._pile.append(work)
            self._changed.wait_for(lambda: work.is_settled or not (self._is_taken or self._others_wait))
            if work.is_settled:
                return []
            self._is_taken = True
            taken, self._pile = self._pile, []
        return taken

    def end(self) -> None:
        with self._changed:
            self._is_taken = False
            self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The turn for something else. Work that comes meanwhile waits, so that this is not put off for ever."""
        with self._changed:
            self._others_wait += 1
            try:
                self._changed.wait_for(lambda: not self._is_taken)
                self._is_taken = True
            finally:
                self._others_wait -= 1
        try:
            yield
        finally:
            self.end()
