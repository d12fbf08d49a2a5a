"""A server that is killed again and again, with a client that never stops asking."""

from __future__ import annotations

from tests.clients.backend import Backend
from tests.clients.driver import Drive
from tests.clients.programs import Programs

KILLS = 3


def test_nothing_is_lost_and_nothing_counts_twice(drive: Drive, programs: Programs, mortal_backend: Backend) -> None:
    """Whatever the server was doing: what a client was told has happened, and what it asks again happens once."""
    driver = drive(programs.command("sync", mortal_backend.url, "ConvexClient", "steadfast", "steadfast"))
    assert driver.until_gate("kill the server now and then") == []
    for _ in range(KILLS):
        mortal_backend.wait_for_progress("steadfast")
        mortal_backend.kill()
        mortal_backend.start()
    mortal_backend.wait_for_progress("steadfast")
    driver.go_on()

    assert driver.until_end() == [("connections", KILLS + 1)]
