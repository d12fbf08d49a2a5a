"""`convexgen dev` as people start it: a process of its own on ports of its own, which can be killed and started again.

It serves a copy of a project from a data folder beside it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

DEADLINE = 60
INTERRUPTED = 130
POLL_EVERY = 0.02

_PORTS = range(20_000, 32_000)
"""Below those that systems hand out by themselves, so that none is taken while a server is down."""

_straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    choose = random.SystemRandom()
    while True:
        port = choose.choice(_PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Backend:
    """A server with its project and data. As a context it runs from the start to the end.

    `variables` are added to its environment.
    """

    ends_with = INTERRUPTED
    """Its exit code when it is told to stop."""

    def __init__(self, project: Path, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        self.project = project
        self._variables = dict(variables or {})
        self.data = folder / "data"
        self.port, self.site_port = free_port(), free_port()
        self._output = folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def process_id(self) -> int:
        """That of the process that serves."""
        assert self._process is not None
        return self._process.pid

    @property
    def admin_key(self) -> str:
        return (self.data / "admin-key").read_text(encoding="utf-8").strip()

    @property
    def output(self) -> str:
        """What it has printed, in all its lives."""
        return self._output.read_text(encoding="utf-8", errors="replace") if self._output.exists() else ""

    def start(self) -> None:
        """Start it, and come back when it answers. Raises `RuntimeError` if it ends, or never does."""
        assert self._process is None
        ports = ("--data", str(self.data), "--port", str(self.port), "--site-port", str(self.site_port))
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        plain = {"NO_COLOR": "1", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "convexgen", *self.command(), *ports),
                cwd=self.project,
                env={**inherited, **plain, **self._variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + DEADLINE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise RuntimeError(f"`convexgen {self.command()[0]}` does not serve. It printed:\n{self.output}")
            time.sleep(POLL_EVERY)

    def command(self) -> tuple[str, ...]:
        """Which of our commands serves, with what it needs beside data and ports."""
        return ("dev", "-C", str(self.project), "--no-types")

    def _answers(self) -> bool:
        try:
            with _straight.open(f"{self.url}/version", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def mutation(self, path: str, arguments: dict[str, Any]) -> Any:
        """Run a mutation over plain HTTP, with no client in between. Gives its JSON value."""
        return self._run("mutation", path, arguments)

    def query(self, path: str, arguments: dict[str, Any]) -> Any:
        return self._run("query", path, arguments)

    def wait_for_progress(self, name: str) -> None:
        """Come back when somebody goes on counting on the counter. Raises `TimeoutError`."""
        until = time.monotonic() + DEADLINE
        before = self.query("counters:read", {"name": name})
        while self.query("counters:read", {"name": name}) == before:
            if time.monotonic() > until:
                raise TimeoutError(f"{name} stays at {before}")
            time.sleep(POLL_EVERY)

    def _run(self, kind: str, path: str, arguments: dict[str, Any]) -> Any:
        body = json.dumps({"path": path, "args": arguments}).encode()
        request = urllib.request.Request(f"{self.url}/api/{kind}", body, {"Content-Type": "application/json"})
        with _straight.open(request, timeout=DEADLINE) as answer:
            return json.load(answer)["value"]

    def kill(self) -> None:
        """End it as the loss of power would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def stop(self) -> int:
        """End it as ^C and supervisors do. Gives its exit code; raises `TimeoutExpired` if it goes on."""
        assert self._process is not None
        process, self._process = self._process, None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(DEADLINE)
        finally:
            process.kill()
            process.wait()

    def wait_for_end(self) -> int:
        """Come back when it has ended by itself. Gives its exit code; raises `TimeoutExpired` if it goes on."""
        assert self._process is not None
        code = self._process.wait(DEADLINE)
        self._process = None
        return code

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            code = self.stop()
            assert error is not None or code == self.ends_with, self.output
