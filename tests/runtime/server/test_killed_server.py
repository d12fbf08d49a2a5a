"""A server that is killed at any moment loses nothing that it has acknowledged, and does nothing twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.runtime.server.kill_many import dev_server, kill_many
from tests.runtime.server.mortal_server import MortalServer


def test_nothing_is_lost_and_nothing_is_there_twice(tmp_path: Path) -> None:
    assert kill_many(MortalServer(tmp_path), 3, Random(0)) > 0


def test_the_command_is_killed(tmp_path: Path) -> None:
    assert kill_many(dev_server(tmp_path), 1, Random(1)) > 0
