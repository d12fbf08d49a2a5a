"""The event loop on which a query or a mutation runs: it can do nothing but go on.

A transaction sees one moment, so nothing in it can take time: its functions await what `ctx` gives, which is there at
once, and each other (`asyncio.gather`, task groups). The loop therefore has no clock, no sockets and no threads. It
belongs to one call of `run` and is driven by the thread that calls it, also where an ordinary loop is running.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Final, NoReturn, TypeVar, TypeVarTuple

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class WaitingError(RuntimeError):
    """A query or mutation waits for something outside of its transaction, such as time or the network."""

    def __init__(self) -> None:
        super().__init__(
            "a query or mutation cannot wait: it awaits what `ctx` offers, not time, threads, files or the network. "
            "Do that in an action"
        )


def run(coroutine: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine to its end on the calling thread. Raises what it raises, or `WaitingError` within it."""
    outer = asyncio._get_running_loop()
    loop = TransactionLoop()  # type: ignore[abstract]  # what is abstract is refused, see below
    asyncio._set_running_loop(loop)
    try:
        return loop.complete(coroutine)
    finally:
        asyncio._set_running_loop(outer)


class TransactionLoop(asyncio.AbstractEventLoop):
    """Callbacks in the order in which they were asked for, and nothing else."""

    def __init__(self) -> None:
        self._ready: deque[asyncio.Handle] = deque()
        self._tasks: list[asyncio.Task[Any]] = []
        self._futures: list[asyncio.Future[Any]] = []

    def complete(self, coroutine: Coroutine[Any, Any, R]) -> R:
        """Run until `coroutine` has ended. Tasks that it has left behind are cancelled."""
        main: asyncio.Task[R] = self.create_task(coroutine)
        self._go_on_until(main)
        self._cancel_the_rest()
        return main.result()

    def _go_on_until(self, main: asyncio.Task[Any]) -> None:
        while not main.done():
            if not self._ready:
                self._refuse_to_wait(main)
            self._step()

    def _refuse_to_wait(self, main: asyncio.Task[Any]) -> None:
        """Nothing that is waited for can come any more: say so to whoever waits, where it waits."""
        waited_for = [future for future in self._futures if not future.done()]
        self._futures.clear()
        for future in waited_for:
            future.set_exception(WaitingError())
        if not self._ready:
            main.cancel()

    def _step(self) -> None:
        handle = self._ready.popleft()
        if not handle.cancelled():
            handle._run()

    def _cancel_the_rest(self) -> None:
        left = [task for task in self._tasks if not task.done()]
        for task in left:
            task.cancel()
        while self._ready:
            self._step()

    def create_future(self) -> asyncio.Future[Any]:
        future = asyncio.Future[Any](loop=self)
        self._futures.append(future)
        return future

    def create_task(self, coro: Any, *, name: object = None, context: Context | None = None, **_: Any) -> Any:
        task = asyncio.Task(coro, loop=self, context=context)
        self._tasks.append(task)
        return task

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def time(self) -> float:
        """No time passes within a transaction."""
        return 0.0

    def call_later(
        self, delay: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """A time-out never strikes, as no time passes; who waits for one waits in vain."""
        return asyncio.TimerHandle(when, callback, args, self, context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Nothing is kept of timers."""

    def get_task_factory(self) -> None:
        """There is none; libraries ask."""

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """What nobody awaited has no one to be told to: the function has its result without it."""

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False


def _refuse(*_: object, **__: object) -> NoReturn:
    raise WaitingError


_REFUSED: Final = (
    "add_reader",
    "add_signal_handler",
    "add_writer",
    "call_soon_threadsafe",
    "connect_read_pipe",
    "connect_write_pipe",
    "create_connection",
    "create_datagram_endpoint",
    "create_server",
    "create_unix_connection",
    "create_unix_server",
    "getaddrinfo",
    "getnameinfo",
    "run_forever",
    "run_in_executor",
    "run_until_complete",
    "sendfile",
    "sock_accept",
    "sock_connect",
    "sock_recv",
    "sock_recv_into",
    "sock_recvfrom",
    "sock_sendall",
    "sock_sendfile",
    "sock_sendto",
    "start_tls",
    "subprocess_exec",
    "subprocess_shell",
)
for _name in _REFUSED:
    setattr(TransactionLoop, _name, _refuse)
