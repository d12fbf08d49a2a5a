"""The benchmark of the server measures what it says."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.server import rows


def test_every_row_is_measured(tmp_path: Path) -> None:
    found = list(rows(tmp_path, calls=3, subscribers=4))
    assert [row.name for row in found] == [
        "start, until it answers",
        "mutations one after the other, by HTTP",
        "a query that is known, by HTTP, half of the time",
        "a query that is known, by HTTP, but one in a hundred",
        "a query that is not, by HTTP, half of the time",
        "a query that is not, by HTTP, but one in a hundred",
        "mutations one after the other, by socket",
        "memory of each of 4 subscriptions with their sockets",
        "subscriptions to a GiB",
        "commit to 4 subscribers of one query",
        "4 commits to 4 subscribers, each of a query of its own",
    ]
    assert all(row.amount > 0 for row in found)
