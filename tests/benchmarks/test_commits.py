"""The benchmark of commits measures what it says."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.commits import rows


def test_every_row_is_measured(tmp_path: Path) -> None:
    found = list(rows(tmp_path, commits=8, watches=9, documents=20))
    assert [row.name for row in found] == [
        "commits by one thread, in memory",
        "commits by 8 threads, in memory",
        "commits by one thread, safe from crashes",
        "commits by 8 threads, safe from crashes",
        "commits by one thread, safe from power loss",
        "commits by 8 threads, safe from power loss",
        "to register each of 9 watches",
        "to see that none of them waits for 3 keys",
        "a commit that 1,000 watches of one result are told of",
        "to deploy what is live already",
        "to deploy a new index of 20 documents",
    ]
    assert all(row.amount > 0 for row in found)
