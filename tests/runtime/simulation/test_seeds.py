"""A few simulations, and that they have seen what they are for. `__main__` runs thousands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.simulation.simulate import simulate

SEEDS = range(16)


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_right(seed: int, tmp_path: Path) -> None:
    simulate(seed, tmp_path)


def test_a_seed_is_always_the_same(tmp_path: Path) -> None:
    first, second = (simulate(3, tmp_path) for _ in range(2))
    assert first.around.notes == second.around.notes
