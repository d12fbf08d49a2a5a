"""Applications on ports, served in a thread by itself so that whoever starts it may do something else.

Life cycle: `take_port` makes a port ours while nobody is let in yet; `Serving.start` lets clients in; `stop` asks them
to leave, waits a little for answers that are under way, and gives the ports back.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, NamedTuple

import uvicorn
from starlette.types import ASGIApp

_LONGEST_MESSAGE: Final = 17 * 2**20
"""Bytes: the arguments of a function, and something around them."""
_PING_EVERY: Final = 5.0
_SILENCE: Final = 120.0
"""Seconds after which a client that answers no ping is given up."""
_IDLE: Final = 60
"""Seconds that a connection of HTTP is kept without a request."""
_PATIENCE: Final = 3
"""Seconds that answers under way have when the server stops."""
_BACKLOG: Final = 2048


class PortTakenError(Exception):
    """Somebody else listens there."""


class Site(NamedTuple):
    """An application and the port it is on."""

    app: ASGIApp
    listener: socket.socket


def take_port(host: str, port: int) -> socket.socket:
    """A port of this machine, 0 for any that is free. Raises `PortTakenError`, `OSError` if it may not be had."""
    # Said to be TCP, or asyncio would not take it for that, and let small answers wait until others are acknowledged.
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise (PortTakenError() if error.errno == errno.EADDRINUSE else error) from None
    return taken


class Serving:
    """Serves sites until it is stopped. `leave` is awaited before connections are closed: it may say goodbye.

    `beside` runs on the same event loop, and is cancelled when nobody is served any more.
    """

    def __init__(
        self,
        sites: Sequence[Site],
        leave: Callable[[], Coroutine[Any, Any, None]],
        beside: Callable[[], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        self._servers = [(_Server(_config(site.app)), site.listener) for site in sites]
        self._leave = leave
        self._beside = beside
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="convexgen server")

    def start(self) -> None:
        """Let clients in: when this returns, they are answered. Raises `PortTakenError`."""
        for _, listener in self._servers:
            try:
                listener.listen(_BACKLOG)
            except OSError as error:
                raise PortTakenError from error
        self._thread.start()
        for server, _ in self._servers:
            server.ready.wait()

    def call_soon(self, work: Callable[[], None]) -> None:
        """Have something done on the event loop of the server, from any other thread."""
        self._loop.call_soon_threadsafe(work)

    def stop(self) -> None:
        """Let nobody in any more, end what there is, give the ports back. Twice does no harm."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result()
            for server, _ in self._servers:
                server.should_exit = True
            self._thread.join()
        for _, listener in self._servers:
            listener.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        beside = [] if self._beside is None else [asyncio.create_task(self._beside())]
        try:
            await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in self._servers))
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


class _Server(uvicorn.Server):
    """Tells other threads when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.ready.set()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="websockets-sansio",
        ws_max_size=_LONGEST_MESSAGE,
        ws_ping_interval=_PING_EVERY,
        ws_ping_timeout=_SILENCE,
        ws_per_message_deflate=False,  # it takes a quarter of a megabyte for each socket, idle or not
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_PATIENCE,
    )
