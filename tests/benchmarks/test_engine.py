"""The benchmark of the engine measures what it says."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.engine import rows
from tests.postgres import server


def test_every_row_is_measured(tmp_path: Path) -> None:
    found = list(rows(tmp_path, calls=16, followers=3, documents=20, postgres=server().new_database()))
    memory = found.pop()
    assert [row.name for row in found] == [
        "mutations by one writer, in memory",
        "mutations by 8 threads on counters of their own, in memory",
        "mutations by 8 threads on one counter, in memory",
        "mutations by one writer, safe from power loss",
        "mutations by 8 threads on counters of their own, safe from power loss",
        "mutations by 8 threads on one counter, safe from power loss",
        "mutations by one writer, in PostgreSQL",
        "mutations by 8 threads on counters of their own, in PostgreSQL",
        "mutations by 8 threads on one counter, in PostgreSQL",
        "a query that is cached, p50",
        "a query that is cached, p99",
        "a query that has to run, p50",
        "a query that has to run, p99",
        "from a mutation to all of 3 followers of one query",
        "from a mutation to all of 3 followers of as many queries",
        "to open 20 documents, load, deploy, and answer",
    ]
    assert memory.name.startswith("memory after that, of ")
    assert all(row.amount > 0 for row in (*found, memory))
