"""Many clients of one server, each following a query, in a process of their own.

It prints `ready` when all have their first value. Then, for each line that it reads, it prints the time at which the
last of them has got another one; times are those of the clock that all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence

from websockets.asyncio.client import ClientConnection, connect

_AT_ONCE = 50
"""Connections that are opened at the same time."""


async def _follow(url: str, number: int, name: str, opening: asyncio.Semaphore) -> ClientConnection:
    async with opening:
        socket = await connect(f"{url}/api/1.48.0/sync", compression=None, max_size=None, ping_interval=None)
        session = f"00000000-0000-4000-8000-{number:012}"
        hello = {"type": "Connect", "sessionId": session, "connectionCount": 0, "lastCloseReason": None, "clientTs": 0}
        query = {"type": "Add", "queryId": 0, "udfPath": "counters:read", "args": [{"name": name}]}
        change = {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [query]}
        await socket.send(json.dumps(hello))
        await socket.send(json.dumps(change))
        await _next_value(socket)
        return socket


async def _next_value(socket: ClientConnection) -> float:
    """When the query's next value has come."""
    while True:
        message = await socket.recv()
        if '"QueryUpdated"' in str(message):
            return time.monotonic()


async def _all(url: str, names: Sequence[str]) -> None:
    opening = asyncio.Semaphore(_AT_ONCE)
    sockets = await asyncio.gather(*(_follow(url, number, name, opening) for number, name in enumerate(names)))
    loop = asyncio.get_running_loop()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while await loop.run_in_executor(None, sys.stdin.readline):
        waiting = [asyncio.ensure_future(_next_value(socket)) for socket in sockets]
        sys.stdout.write("waiting\n")
        sys.stdout.flush()
        sys.stdout.write(f"{max(await asyncio.gather(*waiting))}\n")
        sys.stdout.flush()
    await asyncio.gather(*(socket.close() for socket in sockets))


def main(arguments: Sequence[str]) -> None:
    """The URL begins with `ws:`; behind it stands the name of the counter that each client follows."""
    url, *names = arguments
    asyncio.run(_all(url, names))


if __name__ == "__main__":
    main(sys.argv[1:])
