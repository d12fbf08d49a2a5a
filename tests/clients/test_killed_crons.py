"""What runs every second, on a real server that is killed again and again: no time comes twice, and it goes on."""

from __future__ import annotations

import json
import os
import time
import urllib.request
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.clients.backend import DEADLINE, POLL_EVERY, Backend

KILLS = int(os.environ.get("CONVEXGEN_KILLS", "3"))
SCHEMA = "from convexgen import Table\n\n\nclass Tick(Table, name='ticks'):\n    at: float\n"
TICKING = """from convexgen import MutationCtx, QueryCtx, internal_mutation, query

from backend.schema import Tick


@internal_mutation
async def tick(ctx: MutationCtx) -> None:
    await ctx.db.insert(Tick(at=ctx.now()))


@query
async def ticks(ctx: QueryCtx) -> list[float]:
    return [tick.at for tick in await ctx.db.query(Tick).collect()]
"""
CRONS = """from datetime import timedelta

from convexgen import Crons

from backend.ticking import tick

crons = Crons()
crons.interval("tick", timedelta(seconds=1), tick)
"""


def _ticks(backend: Backend, count: int) -> list[float]:
    """All ticks, when there are so many."""
    until = time.monotonic() + DEADLINE
    while len(ticks := backend.query("ticking:ticks", {})) < count:
        assert time.monotonic() < until, backend.output
        time.sleep(POLL_EVERY)
    return list(ticks)


def _due(backend: Backend) -> float:
    """When the cron runs next."""
    body = json.dumps({"path": "_system/frontend/schedules:crons", "args": {}}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Convex {backend.admin_key}"}
    request = urllib.request.Request(f"{backend.url}/api/query", body, headers)
    with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
        crons: list[dict[str, Any]] = json.load(answer)["value"]
    [cron] = crons
    return float(cron["scheduledTime"])


def test_no_time_of_a_cron_comes_twice_though_the_server_is_killed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "backend").mkdir(parents=True)
    (project / "pyproject.toml").write_text("[tool.convexgen]\n")
    for name, text in (("schema", SCHEMA), ("ticking", TICKING), ("crons", CRONS)):
        (project / f"backend/{name}.py").write_text(text)

    with Backend(project, tmp_path) as backend:
        ticks = _ticks(backend, 1)
        for _ in range(KILLS):
            backend.kill()
            backend.start()
            ticks = _ticks(backend, len(ticks) + 1)
        due = _due(backend)

    # The times of the cron lie a second apart, and one of them is known: a run belongs to the one before it,
    # or to the next if that is nearer than a clock can tell.
    times = [(at - due + 0.01) // 1000 for at in ticks]
    assert all(earlier < later for earlier, later in pairwise(times)), ticks
