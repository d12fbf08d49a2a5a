"""A server that is killed again and again, at whatever it does just then.

The ordinary run kills it a few times; `CONVEXGEN_KILLS=1000` looks longer.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count

from tests.clients.backend import Backend
from tests.clients.driver import Drive
from tests.clients.programs import Programs

KILLS = int(os.environ.get("CONVEXGEN_KILLS", "3"))
WRITERS = 4


def test_nothing_is_lost_and_nothing_counts_twice(drive: Drive, programs: Programs, mortal_backend: Backend) -> None:
    """Whatever the server was doing: what a client was told has happened, and what it asks again happens once."""
    driver = drive(programs.command("sync", mortal_backend.url, "ConvexClient", "steadfast", "steadfast"))
    assert driver.until_gate("kill the server now and then") == []
    for _ in range(3):
        mortal_backend.wait_for_progress("steadfast")
        mortal_backend.kill()
        mortal_backend.start()
    mortal_backend.wait_for_progress("steadfast")
    driver.go_on()

    assert driver.until_end() == [("connections", 4)]


@dataclass
class Life:
    """What several writers did between the start of a server and its end, on a shelf of their own."""

    shelf: str
    acknowledged: list[int] = field(default_factory=list)
    attempted: list[int] = field(default_factory=list)

    def write(self, port: int, places: Iterator[int], enough: int, done: threading.Event) -> None:
        """Put items, one after the other, until the server is gone; tell when `enough` are acknowledged."""
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for place in places:
                self.attempted.append(place)
                arguments = {"shelf": self.shelf, "places": [place]}
                body = json.dumps({"path": "items:put", "args": arguments})
                connection.request("POST", "/api/mutation", body, {"Content-Type": "application/json"})
                if json.load(connection.getresponse())["status"] == "success":
                    self.acknowledged.append(place)
                if len(self.acknowledged) >= enough:
                    done.set()
        except (OSError, HTTPException, ValueError):
            pass  # the server was killed
        finally:
            done.set()
            connection.close()


def test_no_acknowledged_write_is_lost(mortal_backend: Backend) -> None:
    """After each kill there is everything that was acknowledged, once, and nothing that nobody wrote."""
    chance = random.Random(20)
    lives = []
    for number in range(KILLS):
        life = Life(f"life {number}")
        lives.append(life)
        places, done = count(), threading.Event()
        work = (mortal_backend.port, places, chance.randrange(1, 60), done)
        writers = [threading.Thread(target=life.write, args=work) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        assert done.wait(30)
        mortal_backend.kill()
        for writer in writers:
            writer.join()
        mortal_backend.start()
        _hold_to_account(mortal_backend, life)
    for life in lives:
        _hold_to_account(mortal_backend, life)


def _hold_to_account(backend: Backend, life: Life) -> None:
    stored = backend.query("items:all", {"shelf": life.shelf})
    assert len(set(stored)) == len(stored)
    assert set(life.acknowledged) <= set(stored) <= set(life.attempted)
    assert len(stored) <= len(life.acknowledged) + WRITERS
