"""The benchmark of the Python client measures what it says."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.client import rows


def test_every_row_is_measured(tmp_path: Path) -> None:
    found = list(rows(tmp_path, imported=[5], checked=[5], rounds=1, calls=3, subscriptions=4))
    assert [row.name for row in found] == [
        "a process that imports nothing",
        "a process that imports pydantic",
        "import Client, 5 functions (goal 0.25 s at 1,000)",
        "import AsyncClient, 5 functions (goal 0.25 s at 1,000)",
        "mypy --strict, 5 functions, cold",
        *(
            f"{kind}: {name}"
            for kind in ("waiting", "awaited", "convex of PyPI")
            for name in (
                "mutations one after the other",
                "queries, 100 at once",
                "4 queries followed, until all are there",
                "from a mutation to its news, as one follows so many",
            )
        ),
    ]
    assert all(row.amount > 0 for row in found)
