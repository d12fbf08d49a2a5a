"""One client at work, in a process of its own: `client_calls KIND FOLDER URL CALLS SUBSCRIPTIONS`.

Its last line is JSON, a list of what it has measured: name, amount, unit. The functions are `counters` of
`fixtures/clients`; FOLDER is where the generated package lies.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

AT_ONCE = 100
PACKAGE = "measured_client"

Measured = tuple[str, float, str]


def _measured(calls: int, subscriptions: int, marks: Sequence[float]) -> Iterator[Measured]:
    """What the moments say that stand between the parts of each scenario below."""
    one_by_one, at_once, followed, told = (after - before for before, after in pairwise(marks))
    yield "mutations one after the other", calls / one_by_one, "/s"
    yield f"queries, {AT_ONCE} at once", calls / at_once, "/s"
    yield f"{subscriptions:,} queries followed, until all are there", followed, "s"
    yield "from a mutation to its news, as one follows so many", told * 1000, "ms"


def waiting(url: str, calls: int, subscriptions: int) -> list[float]:
    """The generated `Client`."""
    marks = []
    with importlib.import_module(PACKAGE).Client(url, timeout=60) as client:
        client.counters.increment(name="waiting")
        marks.append(time.perf_counter())
        for _ in range(calls):
            client.counters.increment(name="waiting")
        marks.append(time.perf_counter())
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(lambda number: client.counters.read(name=f"waiting {number}"), range(calls)))
        marks.append(time.perf_counter())
        followed = [client.counters.read.subscribe(name=f"waiting {number}") for number in range(subscriptions)]
        for each in followed:
            each.next(timeout=60)
        marks.append(time.perf_counter())
        client.counters.increment(name="waiting 0")
        followed[0].next(timeout=60)
        marks.append(time.perf_counter())
    return marks


def awaited(url: str, calls: int, subscriptions: int) -> list[float]:
    """The generated `AsyncClient`."""
    return asyncio.run(_awaited(url, calls, subscriptions))


async def _awaited(url: str, calls: int, subscriptions: int) -> list[float]:
    marks = []
    async with importlib.import_module(PACKAGE).AsyncClient(url, timeout=60) as client:
        await client.counters.increment(name="awaited")
        marks.append(time.perf_counter())
        for _ in range(calls):
            await client.counters.increment(name="awaited")
        marks.append(time.perf_counter())
        turns = asyncio.Semaphore(AT_ONCE)

        async def read(number: int) -> None:
            async with turns:
                await client.counters.read(name=f"awaited {number}")

        await asyncio.gather(*(read(number) for number in range(calls)))
        marks.append(time.perf_counter())
        followed = [client.counters.read.subscribe(name=f"awaited {number}") for number in range(subscriptions)]
        await asyncio.gather(*(each.next(timeout=60) for each in followed))
        marks.append(time.perf_counter())
        await client.counters.increment(name="awaited 0")
        await followed[0].next(timeout=60)
        marks.append(time.perf_counter())
    return marks


def peer(url: str, calls: int, subscriptions: int) -> list[float]:
    """The client of PyPI. It has no calls that are awaited, and its calls from threads wait for one another."""
    client: Any = importlib.import_module("convex").ConvexClient(url)
    marks = []
    client.mutation("counters:increment", {"name": "peer"})
    marks.append(time.perf_counter())
    for _ in range(calls):
        client.mutation("counters:increment", {"name": "peer"})
    marks.append(time.perf_counter())
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda number: client.query("counters:read", {"name": f"peer {number}"}), range(calls)))
    marks.append(time.perf_counter())
    followed = [client.subscribe("counters:read", {"name": f"peer {number}"}) for number in range(subscriptions)]
    for each in followed:
        next(each)
    marks.append(time.perf_counter())
    client.mutation("counters:increment", {"name": "peer 0"})
    next(followed[0])
    marks.append(time.perf_counter())
    return marks


def main(arguments: Sequence[str]) -> None:
    """Run one scenario."""
    kind, folder, url, calls, subscriptions = arguments
    sys.path.insert(0, folder)
    scenario = {"waiting": waiting, "awaited": awaited}.get(kind, peer)
    marks = scenario(url, int(calls), int(subscriptions))
    sys.stdout.write(f"\n{json.dumps(list(_measured(int(calls), int(subscriptions), marks)))}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
