"""`convexgen dev` as a process of its own. Waits for the lines it prints, with a deadline, never for time."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from convexgen.dev.calling import Answer, call
from convexgen.dev.data_folder import DataFolder
from convexgen.runtime.server.serving import take_port

DEADLINE = 60

SCHEMA = """from convexgen import Table


class Counter(Table, name="counters"):
    count: int
"""
FUNCTIONS = """from convexgen import MutationCtx, QueryCtx, mutation, query

from backend.schema import Counter

STEP = 1


@query
async def read(ctx: QueryCtx) -> int:
    counter = await ctx.db.query(Counter).first()
    return 0 if counter is None else counter.count


@mutation
async def add(ctx: MutationCtx) -> int:
    counter = await ctx.db.query(Counter).first()
    print("adding", STEP)
    if counter is None:
        await ctx.db.insert(Counter(count=STEP))
        return STEP
    await ctx.db.patch(counter.id, count=counter.count + STEP)
    return counter.count + STEP
"""


class Dev:
    """A running command and what it says."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CONVEX"))}
        cache = {"CONVEXGEN_CACHE_DIR": str(root.parent / "cache"), "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "convexgen", "dev", "-C", str(root), "--no-types", *options],
            env={**kept, **cache},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self.said: list[str] = []
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(re.sub(r"\d+ ms", "N ms", line.rstrip("\n")))
        self._lines.put(None)

    def until(self, wanted: str) -> str:
        """What is said next that has `wanted` in it."""
        while True:
            line = self._lines.get(timeout=DEADLINE)
            assert line is not None, self.said
            self.said.append(line)
            if wanted in line:
                return line

    def rest(self) -> list[str]:
        """What is said up to the end."""
        lines = list(iter(lambda: self._lines.get(timeout=DEADLINE), None))
        self.said += lines
        return lines

    def serving(self) -> str:
        """Where it serves, once it does."""
        return self.until("serving ").partition("serving ")[2].partition(",")[0]

    def call(self, path: str) -> Answer:
        backend = DataFolder(self.root / ".convexgen").running()
        assert backend is not None
        return call(backend, path, {})

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(DEADLINE)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


Start = Callable[..., Dev]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    (root / "backend").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[tool.convexgen]\n")
    write(root, schema=SCHEMA, counters=FUNCTIONS)
    return root


@pytest.fixture
def start(root: Path) -> Iterator[Start]:
    started: list[Dev] = []

    def start(*options: str, port: int = 0) -> Dev:
        dev = Dev(root, "--port", str(port), "--site-port", "0", *options)
        started.append(dev)
        return dev

    yield start
    for dev in started:
        dev.close()


def write(root: Path, **modules: str) -> None:
    for name, text in modules.items():
        (root / f"backend/{name}.py").write_text(text)


def version(url: str) -> str:
    with urllib.request.urlopen(f"{url}/version", timeout=DEADLINE) as answer:
        text: str = answer.read().decode()
        return text


def test_functions_are_served_and_follow_their_sources(start: Start, root: Path) -> None:
    dev = start()
    url = dev.serving()
    site = dev.said[-1].split()[-3]
    assert dev.said == [
        f"watching {root}; press Ctrl-C to stop",
        f"started: wrote 46 files, serving {url}, dashboard {url}/dashboard, HTTP actions {site} (N ms)",
    ]
    assert re.fullmatch(r"convexgen \d+\.\d+\.\d+", version(url))
    assert dev.call("counters:add") == Answer(1.0, None, None, ("[LOG] 'adding 1'",))
    assert dev.until("[LOG]") == "  [LOG] 'adding 1'"
    assert dev.said[-2:] == ["mutation counters:add (N ms)", "  [LOG] 'adding 1'"]

    write(root, counters=FUNCTIONS.replace("STEP = 1", "STEP = 10"))
    assert dev.until("reloaded") == "backend/counters.py: nothing to write, reloaded (N ms)"
    assert dev.call("counters:add").value == 11.0

    assert dev.end(signal.SIGINT) == 130
    assert dev.rest()[-1] == "stopped"
    assert DataFolder(root / ".convexgen").running() is None


def test_what_is_wrong_leaves_the_functions_from_before(start: Start, root: Path) -> None:
    dev = start()
    dev.serving()
    dev.call("counters:add")

    write(root, counters=FUNCTIONS + "def\n")
    assert dev.until("kept") == "backend/counters.py: 1 error, the last good output is kept (N ms)"
    assert dev.call("counters:read").value == 1.0

    write(root, counters=FUNCTIONS + "1 / 0\n")
    assert dev.until("from before") == "backend/counters.py: nothing to write, the functions from before go on (N ms)"
    assert dev.said[-3:-1] == [
        "backend/counters.py:23: ZeroDivisionError: division by zero",
        "    at <module> (../backend/counters.py:23)",
    ]
    assert dev.call("counters:read").value == 1.0

    write(root, schema=SCHEMA.replace("count: int", "count: int\n    name: str"), counters=FUNCTIONS)
    assert dev.until("from before").startswith("backend/counters.py, backend/schema.py: wrote ")
    shown = "\n".join(dev.said[-8:])
    assert "There are documents that the new schema does not allow:" in shown, shown
    assert '"counters", document ' in shown and "`name`" in shown, shown
    assert dev.call("counters:read").value == 1.0

    write(root, schema=SCHEMA)
    assert dev.until("reloaded").startswith("backend/schema.py: wrote ")
    assert dev.call("counters:add").value == 2.0


def test_what_is_followed_changes_with_the_functions(start: Start, root: Path) -> None:
    dev = start()
    url = dev.serving()
    with connect(f"{url.replace('http', 'ws')}/api/sync") as socket:

        def say(**message: Any) -> None:
            socket.send(json.dumps(message))

        def values() -> list[Any]:
            heard = json.loads(socket.recv(DEADLINE))
            return [each["value"] for each in heard["modifications"]]

        say(type="Connect", sessionId="6f6cb00a-9813-4c6a-8ccd-871ec5a6485c", connectionCount=0, lastCloseReason=None)
        add = {"type": "Add", "queryId": 0, "udfPath": "counters:read", "args": [{}]}
        say(type="ModifyQuerySet", baseVersion=0, newVersion=1, modifications=[add])
        assert values() == [0.0]
        dev.call("counters:add")
        assert values() == [1.0]
        write(root, counters=FUNCTIONS.replace("else counter.count\n", "else -counter.count\n"))
        assert values() == [-1.0]


def test_nothing_is_lost_when_it_is_killed(start: Start) -> None:
    first = start()
    first.serving()
    assert first.call("counters:add").value == 1.0
    first.end(signal.SIGKILL)
    second = start()
    second.serving()
    assert second.call("counters:read").value == 1.0
    assert second.end(signal.SIGTERM) == 130


def test_nothing_is_served_before_the_functions_are_good(start: Start, root: Path) -> None:
    write(root, counters="def\n")
    dev = start()
    assert dev.until("started") == "started: 1 error, the last good output is kept (N ms)"
    assert DataFolder(root / ".convexgen").running() is None
    write(root, counters=FUNCTIONS + "1 / 0\n")
    assert dev.until("nothing is served") == "backend/counters.py: wrote 46 files, nothing is served yet (N ms)"
    write(root, counters=FUNCTIONS)
    version(dev.serving())


HTTP = """from convexgen import ActionCtx, HttpRouter, Request, Response, http_action

from backend import counters


@http_action
async def hook(ctx: ActionCtx, request: Request) -> Response:
    count = await ctx.run_mutation(counters.add)
    return Response(f"{request.method} {request.url.path} {count}")


http = HttpRouter()
http.route(path_prefix="/hook/", method="POST", handler=hook)
"""


def test_http_actions_are_reached_on_both_ports(start: Start, root: Path) -> None:
    dev = start()
    url = dev.serving()
    site = dev.said[-1].split()[-3]

    def post(address: str) -> str:
        with urllib.request.urlopen(urllib.request.Request(address, b"", method="POST"), timeout=DEADLINE) as answer:
            text: str = answer.read().decode()
            return text

    with pytest.raises(urllib.error.HTTPError, match="404"):
        post(f"{site}/hook/a")
    write(root, http=HTTP)
    dev.until("reloaded")
    assert post(f"{site}/hook/a") == "POST /hook/a 1"
    assert post(f"{url}/http/hook/b") == "POST /hook/b 2"


def test_data_are_for_one(start: Start, root: Path) -> None:
    start().serving()
    other = start()
    assert other.process.wait(DEADLINE) == 2
    store = root / ".convexgen/data.sqlite3"
    assert other.rest() == [f"Error: {store} is in use by another process; only one can have a store open."]


def test_a_port_is_for_one(start: Start) -> None:
    with take_port("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        dev = start(port=port)
        assert dev.process.wait(DEADLINE) == 2
    complaint = f"port {port} is taken: by another `convexgen dev`, perhaps. Choose another with --port."
    assert dev.rest() == [f"Error: {complaint}"]


def test_once_is_enough_to_know(start: Start, root: Path) -> None:
    good = start("--once")
    assert good.process.wait(DEADLINE) == 0
    assert good.rest() == ["wrote 46 files, 0 unchanged in N ms.", "The functions load, and the data fit the schema."]

    write(root, counters=FUNCTIONS + "1 / 0\n")
    bad = start("--once")
    assert bad.process.wait(DEADLINE) == 1
    assert bad.rest()[-3:] == [
        "backend/counters.py:23: ZeroDivisionError: division by zero",
        "    at <module> (../backend/counters.py:23)",
        "Nothing went live.",
    ]

    write(root, counters="def\n")
    worse = start("--once")
    assert worse.process.wait(DEADLINE) == 2
    assert worse.rest()[-1] == "1 error: nothing was written."
