"""When crons are due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.scheduling.occurrences import first, following


def ms(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000


@pytest.mark.parametrize(
    ("schedule", "now", "due"),
    [
        ("0 9 * * 1", "2026-01-04T00:00", "2026-01-05T09:00"),
        ("0 9 * * 1", "2026-01-05T09:00", "2026-01-12T09:00"),
        ("0 9 * * 7", "2026-01-04T00:00", "2026-01-04T09:00"),
        ("30 * * * *", "2026-01-04T10:30:00.001", "2026-01-04T11:30"),
        ("0 0 31 * *", "2026-01-31T00:00", "2026-03-31T00:00"),
        ("0 0 29 feb *", "2026-01-01T00:00", "2028-02-29T00:00"),
        ("*/20 8-9 * * mon-fri", "2026-01-02T09:40", "2026-01-05T08:00"),
    ],
)
def test_calendar(schedule: str, now: str, due: str) -> None:
    assert first(schedule, ms(now)) == following(schedule, 0, ms(now)) == ms(due)


def test_a_day_that_there_is_not_is_never_due() -> None:
    assert first("0 0 31 2 *", 0.0) is None


@given(st.integers(1, 10**6), st.integers(0, 10**12), st.integers(0, 10**10))
def test_an_interval_keeps_to_its_grid(seconds: int, previous: int, passed: int) -> None:
    schedule = f"every {seconds}s"
    now = float(previous + passed)
    found = following(schedule, float(previous), now)
    assert found is not None
    assert now < found <= now + seconds * 1000
    assert (found - previous) % (seconds * 1000) == 0
    assert first(schedule, now) == now
