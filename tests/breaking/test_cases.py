"""Each change is told once, at the smallest true place, with how bad it is and the next keystroke."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.breaking.cases import CASES
from tests.breaking.programs import output
from tests.expectations import expectations

EXPECTED = Path(__file__).parent / "cases.txt"


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_at_its_place(name: str) -> None:
    assert output(*CASES[name]) == expectations(EXPECTED)[name]


def test_every_expectation_has_a_case() -> None:
    assert list(expectations(EXPECTED)) == list(CASES)


if __name__ == "__main__":  # `python -m tests.breaking.test_cases` writes down what is told now, to be read
    parts = "".join(f"\n# {name}\n{output(*case)}\n" for name, case in CASES.items())
    EXPECTED.write_text(f"What is told about each case of cases.py, safe changes too.\n{parts}", encoding="utf-8")
