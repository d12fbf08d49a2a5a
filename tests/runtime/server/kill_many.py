"""Kill a server many times while clients write, and see that nothing is lost and nothing is there twice.

`python -m tests.runtime.server.kill_many --kills 1000`
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, Protocol

from tests.clients.backend import Backend
from tests.runtime.server.ledger.entries import EVERYTHING
from tests.runtime.server.mortal_server import MortalServer
from tests.runtime.server.writers import Crowd, query

_LEDGER: Final = Path(__file__).parent / "ledger"
_MOST_ANSWERS: Final = 60
"""Answers that come before a server is killed."""
_LONGEST_PAUSE: Final = 0.05
"""Seconds from the last of them to its end."""


class Server(Protocol):
    """A process that serves the functions of `ledger`."""

    @property
    def port(self) -> int: ...
    def start(self) -> None: ...
    def kill(self) -> None: ...


def dev_server(folder: Path) -> Backend:
    """`convexgen dev` itself."""
    project = folder / "project"
    shutil.copytree(_LEDGER, project / "ledger", ignore=shutil.ignore_patterns("__pycache__"))
    (project / "pyproject.toml").write_text('[tool.convexgen]\nsource = "ledger"\n', encoding="utf-8")
    return Backend(project, folder)


def kill_many(server: Server, kills: int, random: Random, sockets: int = 2, others: int = 2) -> int:
    """Gives how many writes were acknowledged. Raises `AssertionError` for any that is missing or there twice."""
    crowd = Crowd(sockets, others)
    for batch in range(kills):
        server.start()
        answers = threading.Semaphore(0)
        crowd.begin(server.port, batch, answers.release)
        for _ in range(random.randrange(_MOST_ANSWERS)):
            assert answers.acquire(timeout=60), f"nobody is answered any more; {crowd.wrong}"
        threading.Event().wait(random.random() * _LONGEST_PAUSE)  # anywhere between two answers
        server.kill()
        crowd.end()
        assert not crowd.wrong, crowd.wrong
    server.start()
    try:
        crowd.begin(server.port, kills, lambda: None, more=False).end()
        assert not crowd.wrong, crowd.wrong
        assert not crowd.unanswered, crowd.unanswered
        return _check(server.port, crowd, kills)
    finally:
        server.kill()


def _check(port: int, crowd: Crowd, kills: int) -> int:
    acknowledged = total = 0
    for batch in range(kills):
        found = Counter(query(port, "entries:tokens", {"batch": batch}))
        ledgers = crowd.ledgers(batch)
        promised = {token for ledger in ledgers for token in ledger.acknowledged}
        asked = {token for ledger in ledgers for token in ledger.asked}
        assert promised <= found.keys(), f"lost: {promised - found.keys()}"
        assert found.keys() <= asked, f"nobody asked for {found.keys() - asked}"
        assert set(found.values()) <= {1}, f"there twice: {found - Counter(found.keys())}"
        acknowledged += len(promised)
        total += len(found)
    counted = query(port, "entries:count", {"name": EVERYTHING})
    assert counted == total, f"{counted} were counted, and {total} are there"
    return acknowledged


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.runtime.server.kill_many", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dev", action="store_true", help="`convexgen dev` as a whole, which takes longer to start")
    wanted = parser.parse_args()
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        server = dev_server(Path(folder)) if wanted.dev else MortalServer(Path(folder))
        acknowledged = kill_many(server, wanted.kills, Random(wanted.seed))
    seconds = time.monotonic() - began
    sys.stdout.write(
        f"{wanted.kills} kills in {seconds:.0f} s: all {acknowledged} acknowledged writes are there once\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
