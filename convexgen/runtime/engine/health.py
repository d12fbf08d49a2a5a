"""How an engine is: what it has done since it was made, counted where it is done."""

from __future__ import annotations

import threading
from dataclasses import dataclass


class Tally:
    """How often something has happened. Any thread may count."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def add(self) -> None:
        with self._lock:
            self.count += 1


@dataclass(frozen=True, slots=True)
class Health:
    """`cache_hits`: queries that were answered without being run; `query_runs`: those that were run.

    `conflicts`: runs of mutations that came to nothing because of others, most of which were tried again.
    `subscriptions`: results of queries that somebody watches now.
    """

    cache_hits: int
    query_runs: int
    cache_bytes: int
    conflicts: int
    commits: int
    subscriptions: int
