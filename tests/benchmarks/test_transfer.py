"""The benchmark of imports and exports measures what it says."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.transfer import rows


def test_every_row_is_measured(tmp_path: Path) -> None:
    found = list(rows(tmp_path, 20))
    assert [row.name for row in found] == [
        "to send and check 20 lines of JSON",
        "to import them, with an index by name",
        "of that, others cannot commit for",
        "to export them",
        "the snapshot has",
        "to send, check and import the snapshot elsewhere",
        "to restore it where nothing has changed",
        "the process has used",
    ]
    assert all(row.amount > 0 for row in found)
