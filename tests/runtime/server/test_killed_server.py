"""A server that is killed at any moment loses nothing that it has acknowledged, and does nothing twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.runtime.server.kill_many import kill_many

KILLS = 6


def test_nothing_is_lost_and_nothing_is_there_twice(tmp_path: Path) -> None:
    assert kill_many(tmp_path, KILLS, Random(0)) > 0
