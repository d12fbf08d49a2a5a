"""Saving a function while a client uses it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.clients.backend import Backend
from tests.clients.driver import Drive
from tests.clients.programs import Programs


def test_what_is_saved_is_served_at_once(
    project: Path, programs: Programs, tmp_path: Path, drive: Drive, variables: dict[str, str]
) -> None:
    """The subscription tells what the new function gives, without anybody asking; the socket stays."""
    own = shutil.copytree(project, tmp_path / "clients", ignore=shutil.ignore_patterns("node_modules", "bundled"))
    counters = own / "backend" / "counters.py"
    with Backend(own, tmp_path, variables) as backend:
        driver = drive(programs.command("sync", backend.url, "ConvexClient", "reload", "reload"))
        before = driver.until_gate("save other functions")
        old, new = "return 0 if counter is None else counter.count", "return 0 if counter is None else -counter.count"
        counters.write_text(counters.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        driver.go_on()
        after = driver.until_end()

    assert before == [("counter", 0), ("counter", 1), ("incremented", 1)]
    assert after == [("counter", -1), ("counter", -2), ("incremented", 2), ("connections since", 0)]
