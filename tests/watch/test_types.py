"""`convexgen watch` as a process, with the real mypy: verdicts follow edits, and an interrupt leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

DEADLINE = 90
MODULE = """\
from convexgen import QueryCtx, query


@query
async def f(ctx: QueryCtx) -> int:
    return 1
"""


class Watching:
    """The running command; what it says on either stream, line by line."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.module = root / "backend/messages.py"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "convexgen", "watch"],
            cwd=root,
            env={**os.environ, "CONVEXGEN_CACHE_DIR": str(cache), "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: SimpleQueue[str] = SimpleQueue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip())

    def until(self, beginning: str) -> list[str]:
        """What is said up to the line that begins so."""
        said = [self.lines.get(timeout=DEADLINE)]
        while not said[-1].startswith(beginning):
            said.append(self.lines.get(timeout=DEADLINE))
        return said

    def edit(self, text: str) -> list[str]:
        beside = self.module.with_name(".new")
        beside.write_text(text)
        beside.replace(self.module)
        return self.until("types: ")

    def end(self, number: signal.Signals) -> int:
        """Send a signal to the command alone, and give its exit code when it has said all."""
        self.process.send_signal(number)
        code = self.process.wait(DEADLINE)
        self.reader.join(DEADLINE)
        assert not self.reader.is_alive()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture
def watching(tmp_path: Path, lend_types: Callable[[Path, Path], None]) -> Iterator[Watching]:
    root = tmp_path / "app"
    (root / "backend").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "pyproject.toml").write_text("[tool.convexgen]\n")
    (root / "backend/messages.py").write_text(MODULE)
    lend_types(root, tmp_path / "cache")
    running = Watching(root, tmp_path / "cache")
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGKILL)


def test_verdicts_follow_edits_and_an_interrupt_leaves_no_process(watching: Watching) -> None:
    said = watching.until("types: ")
    assert said[1].startswith("started: wrote ")
    assert said[-1] == "types: ok"
    said = watching.edit(MODULE.replace("return 1", 'return "é"'))
    assert [line for line in said if "CG801" in line] == [
        "backend/messages.py:6:12: CG801 mypy: Incompatible return value type "
        '(got "str", expected "int") [return-value]'
    ]
    assert [line for line in said if "^" in line] == ["  |            ^^^"]
    assert said[-1] == "types: 1 finding"
    assert watching.edit(MODULE)[-1] == "types: ok"
    assert watching.end(signal.SIGINT) == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(watching.process.pid, 0)
