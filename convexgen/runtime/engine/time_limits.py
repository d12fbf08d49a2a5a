"""Ends functions that do not end: a query or mutation in an endless loop would hold its thread for ever.

Python gives one way to interrupt another thread: an exception that is raised in it between two steps of its code. A
step that takes long by itself (a `time.sleep`, a search in a huge text) is interrupted only when it is over.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

TimeLimit: TypeAlias = Callable[[], AbstractContextManager[object]]
"""Makes a context in which one run goes on, and that raises `TimeLimitError` there if it takes too long."""


class TimeLimitError(BaseException):
    """The function took too long. No `Exception`, so that users' `except Exception` lets it pass."""


_raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in_thread.argtypes = [ctypes.c_ulong, ctypes.py_object]
_raise_in_thread.restype = ctypes.c_int


class Watchdog:
    """Gives each run some seconds, and up to a quarter more: its thread looks at them from time to time.

    The thread lives from the first run to `close`.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._deadlines: dict[int, float] = {}
        self._struck: set[int] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def limited(self) -> Iterator[None]:
        """One run on the calling thread. Raises `TimeLimitError` where it takes too long."""
        me = threading.get_ident()
        self._begin(me)
        try:
            try:
                yield
            finally:
                self._end(me)
        except TimeLimitError:
            self._end(me)  # it may have struck on the way out, before the thread had signed off
            raise

    def close(self) -> None:
        """End the thread. Nothing is limited any more."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _begin(self, thread: int) -> None:
        with self._lock:
            self._deadlines[thread] = time.monotonic() + self._seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="convexgen-time-limit", daemon=True)
                self._thread.start()

    def _end(self, thread: int) -> None:
        with self._lock:
            self._deadlines.pop(thread, None)
            if thread in self._struck:
                self._struck.discard(thread)
                _raise_in_thread(thread, ctypes.py_object())  # nothing: what was not yet raised is taken back

    def _watch(self) -> None:
        while not self._closed.wait(self._seconds / 4):
            now = time.monotonic()
            with self._lock:
                for thread in [thread for thread, deadline in self._deadlines.items() if deadline <= now]:
                    del self._deadlines[thread]
                    self._struck.add(thread)
                    _raise_in_thread(thread, TimeLimitError)
