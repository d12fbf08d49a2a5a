"""The table says what was measured, and whether that is good enough."""

from __future__ import annotations

from tests.benchmarks.results import Row, scaled, table

ROWS = [
    Row("cold generate", 100, 0.1504, "s", spread=(0.14, 0.2), processor=0.21, peak=61.6, goal=0.2),
    Row("openapi-typescript", 100, 1.5, "s", spread=(1.25, 1.75), processor=2.0, peak=184, ratio=9.97),
    Row("size of api.d.ts", 1000, 1.25, "MB", goal=1.0),
    Row("peak memory", 1000, 80, "MiB", goal=80),
    Row("convexgen --version", 0, 0.08, "s", goal=0.08),
]


def test_table() -> None:
    assert table(ROWS) == (
        "                     modules   median      min - max  CPU s  MiB   ratio     goal  goal here\n"
        "cold generate            100  0.150 s  0.140 - 0.200   0.21   62          0.200 s             pass\n"
        "openapi-typescript       100  1.500 s  1.250 - 1.750   2.00  184  10.0 x\n"
        "size of api.d.ts        1000  1.25 MB                                     1.00 MB             MISS\n"
        "peak memory             1000   80 MiB                                      80 MiB             pass\n"
        "convexgen --version           0.080 s                                     0.080 s             pass\n"
    )


def test_a_slower_machine_has_more_time() -> None:
    row = scaled(Row("cold generate", 100, 0.25, "s", goal=0.2), 1.5)
    assert row.verdict == "pass here"
    assert "0.200 s    0.300 s  pass here\n" in table([row])
    assert scaled(Row("cold generate", 100, 0.31, "s", goal=0.2), 1.5).verdict == "MISS"


def test_a_faster_machine_has_no_less_time_and_nothing_else_is_scaled() -> None:
    assert scaled(ROWS[0], 0.5) == ROWS[0]
    assert scaled(ROWS[3], 2.0) == ROWS[3]
