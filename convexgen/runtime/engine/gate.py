"""Lets mutations run side by side, and one of them alone when it has met with too many conflicts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Many may be inside together, or one alone. Whoever waits to be alone goes before those who come later."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._waiting_to_be_alone = 0
        self._someone_is_alone = False

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits to be alone."""
        return self._waiting_to_be_alone > 0

    @contextmanager
    def together(self) -> Iterator[None]:
        """Be inside with others."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._someone_is_alone or self._waiting_to_be_alone))
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                if not self._inside and self._waiting_to_be_alone:
                    self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be inside with nobody else."""
        with self._changed:
            self._waiting_to_be_alone += 1
            try:
                self._changed.wait_for(lambda: not (self._someone_is_alone or self._inside))
                self._someone_is_alone = True
            finally:
                self._waiting_to_be_alone -= 1
        try:
            yield
        finally:
            with self._changed:
                self._someone_is_alone = False
                self._changed.notify_all()
