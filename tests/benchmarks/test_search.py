"""The benchmark of searches measures what it says."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.search import rows


def test_every_row_is_measured(tmp_path: Path) -> None:
    found = list(rows(tmp_path, documents=60, vectors=20, rounds=2))
    assert [row.name.partition(":")[0] for row in found] == [
        "texts written in bulk, without an index",
        "commits one by one, without an index",
        "bytes of the file for a text, without an index",
        "texts written in bulk, with one",
        "commits one by one, with one",
        "a rare word",
        "a word in one of 40",
        "three words and a beginning",
        "the commonest word",
        "the commonest word in a channel",
        "one letter",
        "bytes of the file for a text, with one",
        "vectors of 1536 put into the matrix",
        "the nearest 10 of 20",
        "the nearest 256 in a tenth of 20",
    ]
    assert all(row.amount > 0 for row in found)
