"""A measurement that is wrong is worse than none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.processes import Command, CommandFailedError, measure, median, percentile


def python(code: str, folder: Path, **environment: str) -> Command:
    return Command((sys.executable, "-c", code), folder, environment)


def test_counts_the_memory_of_the_process() -> None:
    assert measure(python("data = bytearray(400 * 2**20)", Path())).peak > 400


def test_runs_where_and_with_what_it_is_told(tmp_path: Path) -> None:
    measure(python("import os; open('made', 'w').write(os.environ['WORD'])", tmp_path, WORD="here"))
    assert (tmp_path / "made").read_text() == "here"


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match=r"exited 3:\nno such thing"):
        measure(python("import sys; sys.stderr.write('no such thing'); sys.exit(3)", tmp_path))


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (75, 3), (99, 4), (100, 4)]
)
def test_percentile_is_one_of_the_values(percent: int, expected: float) -> None:
    assert percentile([3, 1, 4, 2], percent) == expected


def test_median_of_an_odd_number_is_the_middle() -> None:
    assert median([9, 1, 5]) == 5
