"""What a server costs and gives, over real sockets: `python -m tests.benchmarks.server`.

The server is `convexgen dev` on the small functions of `fixtures/clients`, with its data on disk and safe from power
loss. Its clients run in processes of their own, on the same machine: with few processors they slow one another down.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import httpx
from websockets.sync.client import connect

from tests.clients.backend import Backend

PROJECT: Final = Path(__file__).parents[2] / "fixtures" / "clients"
ROUNDS: Final = 5
GIBIBYTE: Final = 2**20
"""In KiB."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    amount: float
    unit: str


def rows(folder: Path, calls: int, subscribers: int) -> Iterator[Row]:
    """All lines, as they come to be known."""
    project = folder / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns(".*", "_generated", "node_modules"))
    began = time.monotonic()
    with Backend(project, folder, {"ISSUER_URL": "https://issuer.test"}) as backend:
        yield Row("start, until it answers", (time.monotonic() - began) * 1000, "ms")
        yield from _http_rows(backend, calls)
        yield Row("mutations one after the other, by socket", calls / _over_a_socket(backend, calls), "/s")
        yield from _subscription_rows(backend, subscribers)


def _http_rows(backend: Backend, calls: int) -> Iterator[Row]:
    with httpx.Client(base_url=backend.url, trust_env=False) as client:

        def call(kind: str, path: str, name: str) -> None:
            answer = client.post(f"/api/{kind}", json={"path": path, "args": {"name": name}})
            assert answer.json()["status"] == "success", answer.text

        mutations = _times(lambda _: call("mutation", "counters:increment", "http"), calls)
        yield Row("mutations one after the other, by HTTP", calls / sum(mutations), "/s")
        cached = _times(lambda _: call("query", "counters:read", "http"), calls)
        fresh = _times(lambda number: call("query", "counters:read", f"nobody {number}"), calls)
        for name, times in (("a query that is known", cached), ("a query that is not", fresh)):
            yield Row(f"{name}, by HTTP, half of the time", statistics.median(times) * 1000, "ms")
            yield Row(f"{name}, by HTTP, but one in a hundred", _percentile(times, 99) * 1000, "ms")


def _times(call: Callable[[int], None], calls: int) -> list[float]:
    """Seconds of each call."""
    moments = [time.perf_counter()]
    for number in range(calls):
        call(number)
        moments.append(time.perf_counter())
    return [after - before for before, after in pairwise(moments)]


def _percentile(times: Sequence[float], percent: int) -> float:
    return sorted(times)[len(times) * percent // 100]


def _over_a_socket(backend: Backend, calls: int) -> float:
    """Seconds for mutations of which each waits for the answer to the one before."""
    with connect(f"ws://127.0.0.1:{backend.port}/api/1.48.0/sync", compression=None) as socket:
        session = "00000000-0000-4000-9000-000000000000"
        hello = {"type": "Connect", "sessionId": session, "connectionCount": 0, "lastCloseReason": None, "clientTs": 0}
        socket.send(json.dumps(hello))
        began = time.perf_counter()
        for number in range(calls):
            call = {"udfPath": "counters:increment", "args": [{"name": "socket"}]}
            socket.send(json.dumps({"type": "Mutation", "requestId": number, **call}))
            while '"MutationResponse"' not in str(socket.recv()):
                pass
        return time.perf_counter() - began


def _subscription_rows(backend: Backend, subscribers: int) -> Iterator[Row]:
    before = _resident(backend)
    with _subscribed(backend, ["shared"] * subscribers) as news:
        held = (_resident(backend) - before) / subscribers
        yield Row(f"memory of each of {subscribers:,} subscriptions with their sockets", held, "KiB")
        yield Row("subscriptions to a GiB", GIBIBYTE / held, "")
        yield Row(f"commit to {subscribers:,} subscribers of one query", _told(backend, news, ["shared"]), "ms")
    names = [f"own {number}" for number in range(subscribers)]
    with _subscribed(backend, names) as news:
        elapsed = _told(backend, news, names)
        yield Row(f"{subscribers:,} commits to {subscribers:,} subscribers, each of a query of its own", elapsed, "ms")


@contextmanager
def _subscribed(backend: Backend, names: Sequence[str]) -> Iterator[Callable[[Callable[[], None]], float]]:
    """Subscribers; gives what does something and tells the seconds until all of them have news."""
    command = [sys.executable, "-m", "tests.benchmarks.subscribers", f"ws://127.0.0.1:{backend.port}", *names]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "ready\n"

        def news(cause: Callable[[], None]) -> float:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "waiting\n"
            began = time.monotonic()
            cause()
            return float(process.stdout.readline()) - began

        try:
            yield news
        finally:
            process.stdin.close()
            process.wait()


def _told(backend: Backend, news: Callable[[Callable[[], None]], float], names: Sequence[str]) -> float:
    """Milliseconds from the first request to the last news, in the median of some rounds."""
    with httpx.Client(base_url=backend.url, trust_env=False) as client:

        def commit() -> None:
            for name in names:
                client.post("/api/mutation", json={"path": "counters:increment", "args": {"name": name}})

        return statistics.median(news(commit) for _ in range(ROUNDS if len(names) == 1 else 1)) * 1000


def _resident(backend: Backend) -> float:
    """KiB of memory that the server holds."""
    status = Path(f"/proc/{backend.process_id}/status").read_text(encoding="utf-8")
    return float(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def main() -> None:
    """Print the table, a line as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.server", description=__doc__)
    parser.add_argument("--calls", type=int, default=500, help="calls of each kind")
    parser.add_argument("--subscribers", type=int, default=1_000, help="clients that follow a query")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(Path(folder), options.calls, options.subscribers):
            sys.stdout.write(f"{row.name:<70}{row.amount:>12,.1f} {row.unit}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
