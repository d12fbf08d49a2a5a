"""Functions that are run later, by the real server, on real time, and across its end."""

from __future__ import annotations

import json

from websockets.sync.client import connect

from tests.clients.backend import DEADLINE, Backend


def _follow(backend: Backend, path: str, name: str, until: object) -> list[object]:
    """All values of a query, as they come to a client that waits for the last of them."""
    seen: list[object] = []
    with connect(f"ws://127.0.0.1:{backend.port}/api/1.48.0/sync", compression=None) as socket:
        session = "00000000-0000-4000-a000-000000000000"
        hello = {"type": "Connect", "sessionId": session, "connectionCount": 0, "lastCloseReason": None, "clientTs": 0}
        query = {"type": "Add", "queryId": 0, "udfPath": path, "args": [{"name": name}]}
        socket.send(json.dumps(hello))
        socket.send(json.dumps({"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [query]}))
        while until not in seen:
            message = json.loads(socket.recv(timeout=DEADLINE))
            seen += [each["value"] for each in message.get("modifications", ()) if each["type"] == "QueryUpdated"]
    return seen


def test_a_mutation_runs_when_its_time_has_come(backend: Backend) -> None:
    backend.mutation("later:incrementLater", {"name": "soon"})
    assert _follow(backend, "counters:read", "soon", 1)[-1] == 1
    assert _follow(backend, "later:states", "soon", ["success"])[-1] == ["success"]


def test_an_action_runs_and_counts(backend: Backend) -> None:
    backend.mutation("later:actLater", {"name": "acted"})
    assert _follow(backend, "later:states", "acted", ["success"])[-1] == ["success"]
    assert backend.query("counters:read", {"name": "acted"}) == 1


def test_what_is_canceled_does_not_run(backend: Backend) -> None:
    job = backend.mutation("later:incrementLater", {"name": "never", "seconds": 3600})
    assert backend.query("later:states", {"name": "never"}) == ["pending"]
    backend.mutation("later:cancel", {"job": job})
    assert backend.query("later:states", {"name": "never"}) == ["canceled"]
    assert backend.query("counters:read", {"name": "never"}) == 0


def test_every_job_runs_once_though_the_server_is_killed(mortal_backend: Backend) -> None:
    jobs = 30
    for _ in range(jobs):
        mortal_backend.mutation("later:incrementLater", {"name": "killed"})
    mortal_backend.kill()
    mortal_backend.start()
    assert _follow(mortal_backend, "later:states", "killed", ["success"] * jobs)[-1] == ["success"] * jobs
    assert mortal_backend.query("counters:read", {"name": "killed"}) == jobs
