"""What a benchmark found out, next to the goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

GOALS: dict[tuple[str, int], float] = {
    ("cold generate", 100): 0.20,
    ("cold generate", 1000): 1.2,
    ("peak memory", 1000): 80,
    ("generate, nothing changed", 1000): 0.10,
    ("check, nothing changed", 1000): 0.10,
    ("check, all rules on, nothing changed", 1000): 0.10,
    ("check, all rules on, cold", 100): 0.20,
    ("check, all rules on, cold", 1000): 1.2,
    ("generate, one file edited", 1000): 0.12,
    ("save to outputs, p50", 100): 0.020,
    ("save to outputs, p50", 1000): 0.040,
    ("save to outputs, p99", 100): 0.060,
    ("save to outputs, p99", 1000): 0.100,
    ("import convexgen", 0): 0.12,
    ("convexgen --version", 0): 0.08,
    ("tsc 7 on a client", 1000): 0.5,
    ("size of api.d.ts", 1000): 1.0,
    ("check with mypy, nothing changed", 100): 0.15,
    ("check to mypy alone, cold", 100): 1.1,
    ("save to mypy's verdict, p50", 100): 0.100,
}
"""The most that a row may show, by its name and the number of modules (0 where there are none)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ratio` tells how many times as long as convexgen a peer takes for the same work.

    `goal_here` is the goal as it would have been set on this machine, if that is slower than the one of the goals.
    """

    name: str
    modules: int
    value: float
    unit: str
    spread: tuple[float, float] | None = None
    processor: float | None = None
    peak: float | None = None
    ratio: float | None = None
    goal: float | None = None
    goal_here: float | None = None

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        if self.value <= self.goal:
            return "pass"
        return "pass here" if self.goal_here is not None and self.value <= self.goal_here else "MISS"


def scaled(row: Row, slowness: float) -> Row:
    """`row` with its goal for a machine that takes `slowness` times as long as the one of the goals."""
    if row.goal is None or row.unit != "s" or slowness <= 1:
        return row
    return replace(row, goal_here=row.goal * slowness)


def table(rows: Sequence[Row]) -> str:
    """The rows as text, in columns: names to the left, numbers to the right."""
    heads = ("", "modules", "median", "min - max", "CPU s", "MiB", "ratio", "goal", "goal here", "")
    lines = [heads, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(f"{_line(cells, widths)}\n" for cells in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers = cells
    padded = [cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True)]
    return "  ".join([name.ljust(widths[0]), *padded]).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        str(row.modules or ""),
        _amount(row.value, row.unit),
        "" if row.spread is None else f"{row.spread[0]:.3f} - {row.spread[1]:.3f}",
        "" if row.processor is None else f"{row.processor:.2f}",
        "" if row.peak is None else f"{row.peak:.0f}",
        "" if row.ratio is None else f"{row.ratio:.1f} x",
        "" if row.goal is None else _amount(row.goal, row.unit),
        "" if row.goal_here is None else _amount(row.goal_here, row.unit),
        row.verdict,
    )


def _amount(value: float, unit: str) -> str:
    digits = {"s": 3, "MB": 2, "MiB": 0, "x": 2}[unit]
    return f"{value:.{digits}f} {unit}"
