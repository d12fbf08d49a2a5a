"""A network between a client and a server that fails on demand.

It passes bytes on, and can be told to hold back what the client sends, to be gone for a while, or to be cut at the very
moment when the server answers. Frames are kept readable: compression, which clients offer, is not passed on.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")

_OFFERED_COMPRESSION = re.compile(rb"Sec-WebSocket-Extensions:[^\r\n]*\r\n", re.IGNORECASE)


class Proxy:
    """Listens in a thread of its own for as long as this is a context. Its methods are for the thread of the test."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._fatal_words: bytes | None = None
        self.cuts = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def hold(self) -> None:
        """Keep back whatever clients send from now on."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def release(self) -> None:
        """Pass on what was held, and all that follows."""
        self._loop.call_soon_threadsafe(self._flows.set)

    def cut_at(self, words: bytes) -> None:
        """Cut the connection, once, when the server sends `words`; they do not arrive."""
        self._fatal_words = words

    def close(self) -> None:
        """Cut all connections, and refuse new ones."""
        self._wait_for(self._close())

    def open(self) -> None:
        """Take connections, again on the same port."""
        self._wait_for(self._open())

    def _wait_for(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            await self._pass_on(reader, writer)
        except asyncio.CancelledError:
            pass  # by `close`: the connection ends, and nobody waits for it
        finally:
            self._connections.discard(connection)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on in both directions until either side ends, and then end both."""
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            writer.transport.abort()
            return
        ways = {
            asyncio.ensure_future(self._to_server(reader, to_server)),
            asyncio.ensure_future(self._to_client(from_server, writer)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_server.transport.abort()
            writer.transport.abort()

    async def _to_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1 << 16):
            await self._flows.wait()
            writer.write(_OFFERED_COMPRESSION.sub(b"", chunk))
            await writer.drain()

    async def _to_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1 << 16):
            if self._fatal_words is not None and self._fatal_words in chunk:
                self._fatal_words = None
                self.cuts += 1
                return
            writer.write(chunk)
            await writer.drain()

    def __enter__(self) -> Self:
        self._thread.start()
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
