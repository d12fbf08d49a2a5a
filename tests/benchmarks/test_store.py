"""The benchmark of the store measures what it says."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.store import rows


def test_every_row_is_measured(tmp_path: Path) -> None:
    found = list(rows(tmp_path, documents=60, rounds=5))
    assert [row.name for row in found] == [
        "documents written in bulk",
        "bytes of the file for a document",
        "to open it",
        "commits one by one, POWER_LOSS",
        "commits by 50, POWER_LOSS",
        "commits one by one, CRASH",
        "commits by 50, CRASH",
        "documents read by id",
        "an author's ten newest",
        "documents scanned by time",
        "documents scanned by author",
        "documents put into a new index",
        "peak memory",
    ]
    assert all(row.amount > 0 for row in found)
